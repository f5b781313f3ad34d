package imaging

import (
	"image"
	"image/draw"
)

// FromImage is a picture of Go's own as RGB; what is transparent becomes black.
func FromImage(m image.Image) RGB {
	canvas, ok := m.(*image.RGBA)
	if !ok {
		canvas = image.NewRGBA(m.Bounds())
		draw.Draw(canvas, canvas.Rect, m, canvas.Rect.Min, draw.Src)
	}
	p := newRGB(canvas.Rect.Dx(), canvas.Rect.Dy())
	for y := range p.H {
		row := canvas.Pix[y*canvas.Stride:]
		for x := range p.W {
			copy(p.Pix[3*(y*p.W+x):][:3], row[4*x:])
		}
	}
	return p
}

// Image is the picture as Go's image packages have it.
func (m RGB) Image() *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, m.W, m.H))
	for i := range m.W * m.H {
		copy(out.Pix[4*i:], m.Pix[3*i:3*i+3])
		out.Pix[4*i+3] = 255
	}
	return out
}
