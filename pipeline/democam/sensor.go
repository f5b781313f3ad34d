package democam

// grainRows is how many rows' worth of noise a sensor keeps; each row of a frame begins somewhere else in it.
const grainRows = 61

// sensor turns a camera's painted scene into bytes. Unlike film it neither trembles nor flickers, which spares viewers'
// eyes and video encoders, and it takes its noise from a table.
type sensor struct {
	gain  color
	grain []float32 // noise, color cast and rounding; entry i belongs to channel i%3
	rng   *rng
}

func newSensor(o *optics, width int, r *rng) *sensor {
	s := &sensor{gain: o.gain, grain: make([]float32, grainRows*width*3), rng: r}
	for i := range s.grain {
		triangular := r.float() + r.float() - 1 // standard deviation .41
		s.grain[i] = float32(triangular*2.4*cameraNoise) + o.cast[i%3] + .5
	}
	return s
}

// expose stores the picture in dst: uint8 RGB.
func (s *sensor) expose(c *canvas, dst []byte) {
	n := c.width * 3
	starts := uint64(len(s.grain)-n)/3 + 1
	for j := range min(c.height, len(dst)/n) {
		start := int(s.rng.next()%starts) * 3
		s.exposeRow(c.row(j), s.grain[start:start+n], dst[j*n:(j+1)*n])
	}
}

// skip leaves a picture of so many rows out.
func (s *sensor) skip(rows int) { s.rng.skip(uint64(rows)) }

func (s *sensor) exposeRow(row, grain []float32, dst []byte) {
	g0, g1, g2 := s.gain[0], s.gain[1], s.gain[2]
	for len(row) >= 3 && len(grain) >= 3 && len(dst) >= 3 {
		dst[0] = level(float32(row[0]*g0) + grain[0])
		dst[1] = level(float32(row[1]*g1) + grain[1])
		dst[2] = level(float32(row[2]*g2) + grain[2])
		row, grain, dst = row[3:], grain[3:], dst[3:]
	}
}

// level cuts a brightness, to which .5 was added, to a byte.
func level(v float32) byte {
	n := int32(v)
	if uint32(n) <= 255 {
		return byte(n)
	}
	if n < 0 {
		return 0
	}
	return 255
}
