package democam

import "math"

// capsule draws a tapered limb from a (radius ra) to b (radius rb), darker on the side away from the light.
func (c *canvas) capsule(a, b point, ra, rb float64, k color) {
	radius := math.Max(ra, rb)
	span, ok := c.touch(math.Min(a.x, b.x)-radius, math.Min(a.y, b.y)-radius, math.Max(a.x, b.x)+radius, math.Max(a.y, b.y)+radius)
	if !ok {
		return
	}
	dx, dy := b.x-a.x, b.y-a.y
	inverse := 0.0
	if length2 := dx*dx + dy*dy; length2 > 1e-12 {
		inverse = 1 / length2
	}
	edge := .5 / c.sharpness
	for j := span.j0; j < span.j1; j++ {
		row, py := c.row(j), c.centerY(j, a.y)
		i0, i1 := c.capsuleRow(span, a.x, py, dx, dy, radius+edge)
		for i := i0; i < i1; i++ {
			px := c.centerX(i, a.x)
			t := (px*dx + py*dy) * inverse
			if t < 0 {
				t = 0
			} else if t > 1 {
				t = 1
			}
			ex, ey := px-t*dx, py-t*dy
			distance2 := ex*ex + ey*ey
			r := ra + (rb-ra)*t
			if limit := r + edge; distance2 >= limit*limit {
				continue
			}
			alpha := (r-math.Sqrt(distance2))*c.sharpness + .5
			shade := 1 - .22*(ex*.5+ey*.5)/(radius+1e-9)
			blend(pixel(row, i), k.scaled(shade), alpha)
		}
	}
}

// capsuleRow narrows a capsule's span to the pixels of one row that can be within reach of its axis, which starts at
// x = ax and runs by (dx, dy); py is the row's height over that start.
func (c *canvas) capsuleRow(span area, ax, py, dx, dy, reach float64) (i0, i1 int) {
	xa, xb := 0.0, dx // the part of the axis within reach of the row
	if math.Abs(dy) > 1e-9 {
		ta, tb := (py-reach)/dy, (py+reach)/dy
		xa, xb = dx*min(max(ta, 0), 1), dx*min(max(tb, 0), 1)
	}
	left, right := ax-c.offset.x+min(xa, xb)-reach, ax-c.offset.x+max(xa, xb)+reach
	return max(span.i0, int(left*c.scaleX)-1), min(span.i1, int(right*c.scaleX)+2)
}

// rect draws a rectangle with half sides halfW and halfH, turned by angle.
func (c *canvas) rect(center point, halfW, halfH, angle float64, k color) {
	sin, cos := math.Sincos(angle)
	ex := math.Abs(halfW*cos) + math.Abs(halfH*sin)
	ey := math.Abs(halfW*sin) + math.Abs(halfH*cos)
	span, ok := c.touch(center.x-ex, center.y-ey, center.x+ex, center.y+ey)
	if !ok {
		return
	}
	for j := span.j0; j < span.j1; j++ {
		row, py := c.row(j), c.centerY(j, center.y)
		for i := span.i0; i < span.i1; i++ {
			px := c.centerX(i, center.x)
			u, v := math.Abs(px*cos+py*sin)-halfW, math.Abs(-px*sin+py*cos)-halfH
			if alpha := .5 - math.Max(u, v)*c.sharpness; alpha > 0 {
				blend(pixel(row, i), k, alpha)
			}
		}
	}
}

// ellipse draws an ellipse with radii rx and ry.
func (c *canvas) ellipse(center point, rx, ry float64, k color) {
	c.partEllipse(center, rx, ry, 1, 1, k)
}

// partEllipse draws the part of an ellipse above center.y + cut*ry (1 keeps all), with the opacity alpha.
func (c *canvas) partEllipse(center point, rx, ry, cut, alpha float64, k color) {
	span, ok := c.touch(center.x-rx, center.y-ry, center.x+rx, center.y+ry*math.Min(1, cut))
	if !ok {
		return
	}
	for j := span.j0; j < span.j1; j++ {
		row, py := c.row(j), c.centerY(j, center.y)
		if py > cut*ry {
			continue
		}
		for i := span.i0; i < span.i1; i++ {
			px := c.centerX(i, center.x)
			d := math.Sqrt(px*px/(rx*rx) + py*py/(ry*ry))
			if inside := (1-d)*math.Min(rx, ry)*c.sharpness + .5; inside > 0 {
				blend(pixel(row, i), k, math.Min(1, inside)*alpha)
			}
		}
	}
}
