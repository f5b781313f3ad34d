package gem

import "math"

// Peak is the hottest pixel, the first in raster order among equals: OpenCV's minMaxLoc, the rule of the paper's pointing
// game. ok is false for a constant map, which has no peak.
func (m Map) Peak() (x, y int, ok bool) {
	least, greatest := m.Range()
	if !(greatest > least) || math.IsInf(float64(greatest), 0) {
		return 0, 0, false
	}
	for i, v := range m.Data {
		if v == greatest {
			return i % m.W, i / m.W, true
		}
	}
	return 0, 0, false
}

// PlateauPeak is the centre of the plateau that holds the first of the hottest pixels: for live use, where the corner of a
// flat top is a poor answer. In pixels, whole for an odd plateau. ok is false for a constant map.
func (m Map) PlateauPeak() (x, y float64, ok bool) {
	px, py, ok := m.Peak()
	if !ok {
		return 0, 0, false
	}
	top := m.At(py, px)
	r := m.component(px, py, func(v float32) bool { return v == top })
	return float64(r.x0+r.x1) / 2, float64(r.y0+r.y1) / 2, true
}

// Centre is the centre of mass of the hottest place and its eight neighbours, x and y in 0..1 of the map, each weighing what it is above the
// coldest of them: for live use, on the model's own patches. A patch is wide, and what is looked for seldom lies in the middle of one; the
// map's edge does not draw the point to it. ok is false for a constant map.
func (m Map) Centre() (x, y float64, ok bool) {
	px, py, ok := m.Peak()
	if !ok {
		return 0, 0, false
	}
	x0, x1, y0, y1 := max(px-1, 0), min(px+1, m.W-1), max(py-1, 0), min(py+1, m.H-1)
	coldest := m.At(py, px)
	for v := y0; v <= y1; v++ {
		for u := x0; u <= x1; u++ {
			coldest = min(coldest, m.At(v, u))
		}
	}
	var sum, sx, sy float64
	for v := y0; v <= y1; v++ {
		for u := x0; u <= x1; u++ {
			mass := float64(m.At(v, u) - coldest)
			sum, sx, sy = sum+mass, sx+mass*float64(u), sy+mass*float64(v)
		}
	}
	if sum == 0 { // on a plateau
		sum, sx, sy = 1, float64(px), float64(py)
	}
	return (sx/sum + .5) / float64(m.W), (sy/sum + .5) / float64(m.H), true
}

// Box is the bounding box of the region around the peak whose values are at least threshold: pixels [x0,x1) x [y0,y1). ok is
// false for a constant map or when the peak itself is below.
func (m Map) Box(threshold float32) (x0, y0, x1, y1 int, ok bool) {
	px, py, ok := m.Peak()
	if !ok || m.At(py, px) < threshold {
		return 0, 0, 0, 0, false
	}
	r := m.component(px, py, func(v float32) bool { return v >= threshold })
	return r.x0, r.y0, r.x1 + 1, r.y1 + 1, true
}

// extent is a bounding box, edges inclusive.
type extent struct{ x0, y0, x1, y1 int }

// component is the extent of the pixels that hang together with (x, y), four-connected, among those that belong.
func (m Map) component(x, y int, belongs func(float32) bool) extent {
	e := extent{x, y, x, y}
	seen := make([]bool, len(m.Data))
	stack := []int{y*m.W + x}
	seen[stack[0]] = true
	for len(stack) > 0 {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		cx, cy := i%m.W, i/m.W
		e.x0, e.x1, e.y0, e.y1 = min(e.x0, cx), max(e.x1, cx), min(e.y0, cy), max(e.y1, cy)
		for _, d := range [...][2]int{{-1, 0}, {1, 0}, {0, -1}, {0, 1}} {
			nx, ny := cx+d[0], cy+d[1]
			if nx < 0 || ny < 0 || nx >= m.W || ny >= m.H {
				continue
			}
			if j := ny*m.W + nx; !seen[j] && belongs(m.Data[j]) {
				seen[j] = true
				stack = append(stack, j)
			}
		}
	}
	return e
}
