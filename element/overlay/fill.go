package overlay

import "encoding/binary"

// fill interpolates the coarse texels to a plane's own resolution.
func (p *Painter) fill(dst *Plane, pl planeLayout) {
	from, to := make([]int, p.rows), make([]int, p.rows)
	for r := range p.rows {
		from[r], to[r] = p.rowSpan(r)
	}
	groups := dst.Width / pl.group
	for y := range dst.Rows {
		r0, r1, fy := sample(y, dst.Rows, p.rows)
		c0, c1 := min(from[r0], from[r1]), max(to[r0], to[r1])
		g0, g1 := 0, 0
		if c0 < c1 { // Interpolation reaches half a texel beyond the texels that carry heat. In groups, so that no group is cut.
			g0, g1 = max(0, (c0-1)*groups/p.cols), min(groups, (c1+1)*groups/p.cols+1)
		}
		row := y * dst.Width
		add, keep := dst.Add[row:row+dst.Width], dst.Keep[row:row+dst.Width]
		i0, i1 := p.ink.span(y << pl.yShift)
		s0, s1 := union(g0, g1, i0>>pl.xShift, shifted(i1, pl.xShift))
		dst.Spans[2*y], dst.Spans[2*y+1] = int32(s0*pl.group), int32(s1*pl.group)
		blank(add, keep, s0*pl.group, min(g0, s1)*pl.group)
		blank(add, keep, max(g1, s0)*pl.group, s1*pl.group)
		if g0 == g1 {
			continue
		}
		alpha, color := p.lines[0], p.lines[1]
		p.blendRows(alpha, p.alpha, r0, r1, fy)
		for _, c := range pl.components {
			p.blendRows(color, p.channels[c.channel], r0, r1, fy)
			samples := p.samples[c.xShift]
			perGroup := 1 << (pl.xShift - c.xShift)
			for x := g0 * perGroup; x < min(g1*perGroup, len(samples)); x++ {
				o, s := x*c.step+c.offset, samples[x]
				a, v := s.across(alpha), s.across(color)
				if pl.wide {
					putWide(add[o:], keep[o:], a, v)
				} else {
					put(add[o:], keep[o:], a, v)
				}
			}
		}
	}
}

// put writes a sample of alpha a (0..1) and premultiplied value v (0..255).
func put(add, keep []byte, a, v float32) {
	k := 255 - int(min(255, a*255))
	keep[0] = byte(k)
	// Never more than what keep leaves free, or the sum would wrap around.
	add[0] = byte(max(0, min(v, float32(255-k))))
}

// putWide is put for samples of 16 bits, where value v is v*256: of limited range, as P010 is, exactly.
func putWide(add, keep []byte, a, v float32) {
	lose := min(65535, a*65535)
	binary.LittleEndian.PutUint16(keep, 65535-uint16(lose))
	binary.LittleEndian.PutUint16(add, uint16(max(0, min(v*256, lose-1))))
}

// blank makes bytes [from, to) change nothing.
func blank(add, keep []byte, from, to int) {
	if from >= to {
		return
	}
	clear(add[from:to])
	for i := range keep[from:to] {
		keep[from+i] = 255
	}
}

// union is the least range that holds both; an empty range (from >= to) adds nothing.
func union(a0, a1, b0, b1 int) (from, to int) {
	switch {
	case a0 >= a1 && b0 >= b1:
		return 0, 0
	case a0 >= a1:
		return b0, b1
	case b0 >= b1:
		return a0, a1
	}
	return min(a0, b0), max(a1, b1)
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

// across interpolates a coarse row at one pixel.
func (c colSample) across(line []float32) float32 {
	return line[c.lo] + (line[c.hi]-line[c.lo])*c.f
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
