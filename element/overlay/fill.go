package overlay

// fill interpolates the coarse texels to a plane's own resolution.
func (p *Painter) fill(dst *Plane, pl planeLayout, xs []colSample) {
	w := len(xs)
	from, to := make([]int, p.rows), make([]int, p.rows)
	for r := range p.rows {
		from[r], to[r] = p.rowSpan(r)
	}
	line := make([]float32, p.cols)
	for y := range dst.Rows {
		r0, r1, fy := sample(y, dst.Rows, p.rows)
		c0, c1 := min(from[r0], from[r1]), max(to[r0], to[r1])
		if c0 >= c1 {
			dst.Spans[2*y], dst.Spans[2*y+1] = 0, 0
			continue
		}
		// Interpolation reaches half a texel beyond the texels that carry heat.
		x0, x1 := max(0, (c0-1)*w/p.cols), min(w, (c1+1)*w/p.cols+1)
		dst.Spans[2*y], dst.Spans[2*y+1] = int32(x0*pl.step), int32(x1*pl.step)
		row := y * dst.Width
		add, keep := dst.Add[row:row+dst.Width], dst.Keep[row:row+dst.Width]
		p.blendRows(line, p.alpha, r0, r1, fy)
		for x := x0; x < x1; x++ {
			a := xs[x].across(line)
			k := byte(255 - min(255, a*255))
			for i := range pl.step {
				keep[x*pl.step+i] = k
			}
		}
		if pl.step == 4 { // the frame's own alpha stays
			for x := x0; x < x1; x++ {
				keep[x*4+3], add[x*4+3] = 255, 0
			}
		}
		for _, c := range pl.components {
			p.blendRows(line, p.channels[c.channel], r0, r1, fy)
			for x := x0; x < x1; x++ {
				o := x*pl.step + c.offset
				// Never more than what keep leaves free, or the sum would wrap around.
				add[o] = byte(max(0, min(xs[x].across(line), float32(255-int(keep[o])))))
			}
		}
	}
}

// blendRows interpolates between two coarse rows.
func (p *Painter) blendRows(line, src []float32, r0, r1 int, f float32) {
	a, b := src[r0*p.cols:(r0+1)*p.cols], src[r1*p.cols:(r1+1)*p.cols]
	for i := range line {
		line[i] = a[i] + (b[i]-a[i])*f
	}
}

// rowSpan is the half-open range of texels with heat in a coarse row.
func (p *Painter) rowSpan(r int) (from, to int) {
	row := p.alpha[r*p.cols : (r+1)*p.cols]
	from, to = p.cols, 0
	for i, a := range row {
		if a > 0 {
			from, to = min(from, i), i+1
		}
	}
	return from, to
}

// colSample is where a pixel of a row lies between two coarse texels.
type colSample struct {
	lo, hi int32
	f      float32
}

// colSamples is sample for every pixel of a row, worked out once.
func colSamples(n, m int) []colSample {
	s := make([]colSample, n)
	for i := range s {
		lo, hi, f := sample(i, n, m)
		s[i] = colSample{int32(lo), int32(hi), f}
	}
	return s
}

// sample maps pixel i of n to two of m texels and the fraction between them (pixel centres, edges clamped).
func sample(i, n, m int) (lo, hi int, f float32) {
	u := (float32(i)+.5)*float32(m)/float32(n) - .5
	if u <= 0 {
		return 0, 0, 0
	}
	lo = int(u)
	if lo >= m-1 {
		return m - 1, m - 1, 0
	}
	return lo, lo + 1, u - float32(lo)
}

// across interpolates a coarse row at one pixel.
func (c colSample) across(line []float32) float32 {
	return line[c.lo] + (line[c.hi]-line[c.lo])*c.f
}
