package overlay

// matrix makes channels from RGB. Coefficients: ITU-R BT.601-7, BT.709-6 and BT.2020-2 (non-constant luminance).
type matrix struct {
	kr, kb                  float32
	yScale, yOffset, cScale float32
}

func newMatrix(l Layout) matrix {
	m := matrix{kr: .299, kb: .114, yScale: 219. / 255, yOffset: 16, cScale: 224. / 255}
	switch {
	case l.BT709:
		m.kr, m.kb = .2126, .0722
	case l.BT2020:
		m.kr, m.kb = .2627, .0593
	}
	if l.FullRange {
		m.yScale, m.yOffset, m.cScale = 1, 0, 1
	}
	return m
}

// value is one channel of a premultiplied colour (0..255) of alpha a (0..1). The matrix is linear, so it may be applied to
// premultiplied values as long as the offsets (16 and 128) are premultiplied too.
func (m matrix) value(c channel, rgb [3]float32, a float32) float32 {
	r, g, b := rgb[0], rgb[1], rgb[2]
	switch c {
	case chR:
		return r
	case chG:
		return g
	case chB:
		return b
	}
	y := m.kr*r + (1-m.kr-m.kb)*g + m.kb*b
	switch c {
	case chU:
		return (b-y)/(2*(1-m.kb))*m.cScale + 128*a
	case chV:
		return (r-y)/(2*(1-m.kr))*m.cScale + 128*a
	default:
		return y*m.yScale + m.yOffset*a
	}
}
