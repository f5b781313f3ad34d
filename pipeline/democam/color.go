package democam

import "math"

// color is red, green, blue, nominally 0..255. Values outside are cut only when a frame is stored.
type color [3]float32

// scaled returns the color k times as bright.
func (c color) scaled(k float64) color {
	f := float32(k)
	return color{float32(c[0] * f), float32(c[1] * f), float32(c[2] * f)}
}

// hsv converts hue (1 is a full turn), saturation and value in 0..1.
func hsv(h, s, v float64) color {
	h = math.Mod(h, 1) * 6
	sector := math.Floor(h)
	f := h - sector
	p, q, t := v*(1-s), v*(1-s*f), v*(1-s*(1-f))
	var r, g, b float64
	switch int(sector) {
	case 0:
		r, g, b = v, t, p
	case 1:
		r, g, b = q, v, p
	case 2:
		r, g, b = p, v, t
	case 3:
		r, g, b = p, q, v
	case 4:
		r, g, b = t, p, v
	default:
		r, g, b = v, p, q
	}
	return color{float32(r * 255), float32(g * 255), float32(b * 255)}
}

// color draws any hue, with saturation and value in the given ranges.
func (r *rng) color(minS, maxS, minV, maxV float64) color {
	return hsv(r.float(), r.in(minS, maxS), r.in(minV, maxV))
}
