// Package imaging resizes pictures exactly as the programs do that models were trained with (Pillow's bicubic, OpenCV's
// bilinear), since a model sees a difference that people do not, and has the colour maps of heat maps.
package imaging

// RGB is a picture of 8 bits a channel, row by row, three bytes a pixel, without padding: len(Pix) == 3*W*H.
// A picture that is not so, or has no pixels, counts as empty: functions of this package give the empty RGB for it.
type RGB struct {
	W, H int
	Pix  []byte
}

// newRGB gives a black picture, empty when a side is not positive or there are more than maxPixels.
func newRGB(w, h int) RGB {
	if !fits(w, h) {
		return RGB{}
	}
	return RGB{W: w, H: h, Pix: make([]byte, 3*w*h)}
}

// maxPixels bounds a picture; it is far above any camera's and keeps all indices within an int32.
const maxPixels = 1 << 28

func fits(w, h int) bool { return w > 0 && h > 0 && w <= maxPixels/h }

func (m RGB) empty() bool { return !fits(m.W, m.H) || len(m.Pix) != 3*m.W*m.H }

func (m RGB) clone() RGB {
	out := newRGB(m.W, m.H)
	copy(out.Pix, m.Pix)
	return out
}
