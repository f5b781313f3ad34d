package overlay

import "math"

// lineWidth is how wide lines are, in units: 3 on 1080 rows, never finer than what is seen.
func (p *Painter) lineWidth() float32 {
	return min(max(float32(min(p.ink.width(), float64(p.layout.Height)))/360, 1.25), 6)
}

// pen is for lines of one prompt; below the usual opacity they fade.
func (p *Painter) pen(c Color, s Style) pen {
	w := p.lineWidth()
	return pen{color: c, half: w / 2, outline: max(.75, w*.4), alpha: float32(math.Min(1, s.Opacity/.6))}
}

// draw draws the lines of one prompt: what the style asks for and what is known.
func (p *Painter) draw(heat []float32, h Heat, s Style) {
	n := p.pen(h.Color, s)
	if s.Kind&KindContour != 0 {
		p.contours(heat, n, s)
	}
	if s.Kind&KindBox != 0 && h.Box != nil {
		p.box(*h.Box, n)
	}
	if s.Kind&KindPoint != 0 && h.Point != nil {
		p.point(*h.Point, n)
	}
}

// box draws a box with round corners.
func (p *Painter) box(b Box, n pen) {
	w, h := p.ink.width(), float64(p.layout.Height)
	edge := n.reach()
	inset := float64(n.half + n.outline) // a box of the whole frame is seen, too
	x0, x1 := clampPair(b.X0*w, b.X1*w, inset, w-inset)
	y0, y1 := clampPair(b.Y0*h, b.Y1*h, inset, h-inset)
	r := math.Min(float64(n.half)*6, math.Min(x1-x0, y1-y0)/2)
	distance := func(x, y float64) float64 {
		qx := math.Abs(x-(x0+x1)/2) - (x1-x0)/2 + r
		qy := math.Abs(y-(y0+y1)/2) - (y1-y0)/2 + r
		return math.Abs(hypot(max(qx, 0), max(qy, 0)) + min(max(qx, qy), 0) - r)
	}
	band := edge + r
	p.ink.trace(x0-edge, y0-edge, x1+edge, y0+band, distance)
	p.ink.trace(x0-edge, y1-band, x1+edge, y1+edge, distance)
	p.ink.trace(x0-edge, y0+band, x0+band, y1-band, distance)
	p.ink.trace(x1-band, y0+band, x1+edge, y1-band, distance)
	p.ink.stroke(n)
}

// clampPair keeps two ends in order and within a range.
func clampPair(a, b, least, most float64) (lo, hi float64) {
	least, most = math.Min(least, most), math.Max(least, most)
	lo = math.Min(math.Max(math.Min(a, b), least), most)
	hi = math.Min(math.Max(math.Max(a, b), least), most)
	return lo, hi
}

// point draws a ring with a dot in it.
func (p *Painter) point(at Point, n pen) {
	cx, cy := at.X*p.ink.width(), at.Y*float64(p.layout.Height)
	r := p.ring()
	reach := r + n.reach()
	p.ink.trace(cx-reach, cy-reach, cx+reach, cy+reach, func(x, y float64) float64 { return math.Abs(hypot(x-cx, y-cy) - r) })
	p.ink.stroke(n)
	dot := float64(n.half) * .7
	p.ink.trace(cx-reach, cy-reach, cx+reach, cy+reach, func(x, y float64) float64 { return hypot(x-cx, y-cy) - dot })
	p.ink.stroke(n)
}

// ring is the radius of a point's ring.
func (p *Painter) ring() float64 { return float64(p.lineWidth()) * 3.6 }

// contours draws lines of equal heat: the outermost at the floor, and two finer ones within.
func (p *Painter) contours(heat []float32, n pen, s Style) {
	for i, t := range [...]float64{.02, .45, .8} {
		level := float32(s.Floor + t*(1-s.Floor))
		line := n
		if p.colors != nil {
			rgb := p.colors[int((.3+.7*t)*255)] // the coldest colours of most maps are next to black
			line.color = Color{rgb[0], rgb[1], rgb[2]}
		}
		if i > 0 {
			line.half *= .6
			line.outline *= .6
			line.alpha *= .85
		}
		p.contour(heat, level, line)
	}
}

// contour draws one line of equal heat, cell by cell between the texels' centres (marching squares). The cells at the frame's
// edges go beyond it, so that the lines do.
func (p *Painter) contour(heat []float32, level float32, n pen) {
	value := func(r, c int) float32 {
		return heat[min(max(r, 0), p.rows-1)*p.cols+min(max(c, 0), p.cols-1)]
	}
	sx, sy := p.ink.width()/float64(p.cols), float64(p.layout.Height)/float64(p.rows)
	for r := -1; r < p.rows; r++ {
		for c := -1; c < p.cols; c++ {
			corners := [4]float32{value(r, c), value(r, c+1), value(r+1, c+1), value(r+1, c)}
			if min(corners[0], corners[1], corners[2], corners[3]) >= level || max(corners[0], corners[1], corners[2], corners[3]) < level {
				continue // as most cells
			}
			ends, count := crossings(corners, level)
			if count == 4 && (corners[0]+corners[1]+corners[2]+corners[3])/4 < level != (corners[0] < level) {
				ends[1], ends[3] = ends[3], ends[1] // a saddle: the centre tells which corners hang together
			}
			for i := 0; i+1 < count; i += 2 {
				p.segment((float64(c)+.5+ends[i][0])*sx, (float64(r)+.5+ends[i][1])*sy,
					(float64(c)+.5+ends[i+1][0])*sx, (float64(r)+.5+ends[i+1][1])*sy, n.reach())
			}
		}
	}
	p.ink.stroke(n)
}

// crossings are the places where the level crosses the edges of a cell whose corners are given clockwise from the upper left:
// none, two or four, in 0..1 of the cell.
func crossings(corners [4]float32, level float32) (at [4][2]float64, count int) {
	starts := [4][4]float64{{0, 0, 1, 0}, {1, 0, 0, 1}, {1, 1, -1, 0}, {0, 1, 0, -1}} // x, y, dx, dy
	for i, a := range corners {
		b := corners[(i+1)%4]
		if a < level != (b < level) {
			f := float64((level - a) / (b - a))
			e := starts[i]
			at[count] = [2]float64{e[0] + e[2]*f, e[1] + e[3]*f}
			count++
		}
	}
	return at, count
}

// segment traces a straight line.
func (p *Painter) segment(x0, y0, x1, y1, reach float64) {
	dx, dy := x1-x0, y1-y0
	perLength2 := 1 / math.Max(dx*dx+dy*dy, 1e-9)
	p.ink.trace(math.Min(x0, x1)-reach, math.Min(y0, y1)-reach, math.Max(x0, x1)+reach, math.Max(y0, y1)+reach, func(x, y float64) float64 {
		t := min(max(((x-x0)*dx+(y-y0)*dy)*perLength2, 0), 1)
		return hypot(x-x0-t*dx, y-y0-t*dy)
	})
}

// hypot is math.Hypot without its care for numbers that no picture has, several times as fast.
func hypot(x, y float64) float64 { return math.Sqrt(x*x + y*y) }
