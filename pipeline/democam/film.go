package democam

// film turns the painted scene of a clip into the bytes of a frame, with the faults of a cheap camera: it trembles,
// blurs, flickers and is noisy.
type film struct {
	optics
	rng     *rng
	scratch []float32
}

func newFilm(o optics, r *rng) *film { return &film{optics: o, rng: r} }

// aim points the camera.
func (f *film) aim(c *canvas, t float64) {
	c.offset = f.direction(t)
	c.offset.x += f.jitter * f.rng.in(-1, 1)
	c.offset.y += f.jitter * f.rng.in(-1, 1)
}

// expose stores the picture, which it changes, in dst: uint8 RGB.
func (f *film) expose(c *canvas, dst []byte) {
	if f.blur > 0 {
		f.soften(c, float32(f.blur/2))
	}
	noise, flicker := float32(f.noise), float32(1+.01*f.rng.in(-1, 1))
	for i := 0; i < len(c.pix); i += 3 {
		random := f.rng.next()
		for q := range 3 {
			// The sum of two bytes has a triangular distribution with a standard deviation of .41 here.
			bytes := int(random&255) + int(random>>8&255)
			grain := float32(float32(bytes-255) * (1. / 255) * noise * 2.4)
			random >>= 16
			light := float32(c.pix[i+q]*f.gain[q]*flicker) + f.cast[q] + grain
			dst[i+q] = byte(max(0, min(255, light)) + .5)
		}
	}
}

// soften spreads a share k of each pixel to each of its neighbours, first along rows, then along columns.
func (f *film) soften(c *canvas, k float32) {
	n := c.width * 3
	if f.scratch == nil {
		f.scratch = make([]float32, len(c.pix))
	}
	keep := 1 - 2*k
	row := func(j int) []float32 { return f.scratch[j*n : (j+1)*n] }
	for j := range c.height {
		in, out := c.row(j), row(j)
		copy(out, in)
		for i := 3; i < n-3; i++ {
			out[i] = float32(in[i]*keep) + float32((in[i-3]+in[i+3])*k)
		}
	}
	for j := 1; j < c.height-1; j++ {
		above, at, below, out := row(j-1), row(j), row(j+1), c.row(j)
		for i := range out {
			out[i] = float32(at[i]*keep) + float32((above[i]+below[i])*k)
		}
	}
}
