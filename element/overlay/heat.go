package overlay

import "math"

// collect adds one prompt's colour to every texel, weighted by the square of its alpha: the hotter prompt prevails.
func (p *Painter) collect(heat []float32, c Color, s Style) {
	span := math.Max(1e-6, 1-s.Floor)
	for i, v := range heat {
		t := (float64(v) - s.Floor) / span
		if t <= 0 {
			continue
		}
		t = math.Min(t, 1)
		a := float32(s.Opacity * t * (2 - t)) // rises fast, flat at the top
		p.alpha[i] = max(p.alpha[i], a)
		p.shares[i] += a * a
		for ch, lit := range p.lit(t, c) {
			p.channels[chR+channel(ch)][i] += lit * a * a
		}
	}
}

// lit is the colour of heat t (0..1 above the floor): the colour map's, or the prompt's own with a peak that shines.
func (p *Painter) lit(t float64, c Color) [3]float32 {
	if p.colors != nil {
		rgb := p.colors[int(t*255+.5)]
		return [3]float32{float32(rgb[0]), float32(rgb[1]), float32(rgb[2])}
	}
	glow := float32(.35 * t * t * t)
	var rgb [3]float32
	for i, v := range [...]uint8{c.R, c.G, c.B} {
		rgb[i] = float32(v) + (255-float32(v))*glow
	}
	return rgb
}

// mix turns the collected colours into premultiplied ones.
func (p *Painter) mix() {
	for i, share := range p.shares {
		if share == 0 {
			continue
		}
		f := p.alpha[i] / share
		for c := chR; c <= chB; c++ {
			p.channels[c][i] *= f
		}
	}
}

// toYUV derives the premultiplied Y, U and V of every texel.
func (p *Painter) toYUV() {
	for i, a := range p.alpha {
		if a > 0 {
			rgb := [3]float32{p.channels[chR][i], p.channels[chG][i], p.channels[chB][i]}
			for c := chY; c <= chV; c++ {
				p.channels[c][i] = p.matrix.value(c, rgb, a)
			}
		}
	}
}
