package overlay

import "github.com/videogem/videogem/engine/gem"

// smooth brings a heat map to rows x cols with Catmull-Rom's cubic (half-pixel centres, edges clamped, values kept in 0..1).
// For the eye alone: bilinear interpolation of so coarse a map shows its patches as diamonds.
func smooth(m gem.Map, rows, cols int) []float32 {
	out := make([]float32, rows*cols)
	if m.H == 0 || m.W == 0 {
		return out
	}
	across := make([]cubic, cols)
	for x := range across {
		across[x] = newCubic(x, cols, m.W)
	}
	line := make([]float32, m.W)
	for y := range rows {
		c := newCubic(y, rows, m.H)
		for x := range line {
			line[x] = 0
			for i, f := range c.factor {
				line[x] += f * m.Data[c.at[i]*m.W+x]
			}
		}
		for x, c := range across {
			var v float32
			for i, f := range c.factor {
				v += f * line[c.at[i]]
			}
			out[y*cols+x] = min(max(v, 0), 1)
		}
	}
	return out
}

// cubic is how an output sample is made of four input samples.
type cubic struct {
	at     [4]int
	factor [4]float32
}

// newCubic is for output sample i of n from m input samples.
func newCubic(i, n, m int) cubic {
	u := (float32(i)+.5)*float32(m)/float32(n) + .5 // shifted by one to stay positive
	lo := int(u)
	t := u - float32(lo)
	c := cubic{factor: [4]float32{
		((-.5*t+1)*t - .5) * t,
		(1.5*t-2.5)*t*t + 1,
		((-1.5*t+2)*t + .5) * t,
		(.5*t - .5) * t * t,
	}}
	for k := range c.at {
		c.at[k] = min(max(lo-2+k, 0), m-1)
	}
	return c
}
