package gem

import "math"

// Map is one frame's heat: H rows of W values, raster order. Raw maps hold cosines (-1..1), normalised ones 0..1.
type Map struct {
	H, W int
	Data []float32
}

// At is the value in row y, column x.
func (m Map) At(y, x int) float32 { return m.Data[y*m.W+x] }

// Resize interpolates bilinearly with half-pixel centres and clamped edges: PyTorch's F.interpolate(mode="bilinear",
// align_corners=False), which the authors' code uses on its way to the input's resolution.
func (m Map) Resize(h, w int) Map {
	out := Map{H: h, W: w, Data: make([]float32, h*w)}
	if m.H == 0 || m.W == 0 {
		return out
	}
	cols := make([]tap, w)
	for x := range cols {
		cols[x] = newTap(x, w, m.W)
	}
	for y := range h {
		r := newTap(y, h, m.H)
		top, bottom := m.Data[r.lo*m.W:(r.lo+1)*m.W], m.Data[r.hi*m.W:(r.hi+1)*m.W]
		row := out.Data[y*w : (y+1)*w]
		for x, c := range cols {
			a := top[c.lo]*(1-c.f) + top[c.hi]*c.f
			b := bottom[c.lo]*(1-c.f) + bottom[c.hi]*c.f
			row[x] = a*(1-r.f) + b*r.f
		}
	}
	return out
}

// tap is where an output pixel lies between two input pixels.
type tap struct {
	lo, hi int
	f      float32
}

func newTap(i, n, m int) tap {
	u := (float32(i)+.5)*float32(m)/float32(n) - .5
	if u < 0 {
		u = 0
	}
	lo := min(int(u), m-1)
	return tap{lo, min(lo+1, m-1), u - float32(lo)}
}

// Range is the least and the greatest value. A map without values has 0, 0.
func (m Map) Range() (least, greatest float32) {
	if len(m.Data) == 0 {
		return 0, 0
	}
	least, greatest = m.Data[0], m.Data[0]
	for _, v := range m.Data[1:] {
		least, greatest = min(least, v), max(greatest, v)
	}
	return least, greatest
}

// Normalize stretches the map to 0..1. A constant map, or one that holds NaN, says nothing about where: it gives zeros and
// false.
func (m Map) Normalize() (Map, bool) {
	out := Map{H: m.H, W: m.W, Data: make([]float32, len(m.Data))}
	least, greatest := m.Range()
	span := greatest - least
	if !(span > 0) || math.IsInf(float64(span), 0) {
		return out, false
	}
	for i, v := range m.Data {
		out.Data[i] = (v - least) / span
	}
	return out, true
}
