package overlay

import (
	"fmt"
	"image"
	"image/color"
	"math"

	"golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// writer makes pictures of short texts in one size.
type writer struct {
	face   font.Face
	aspect float64 // of the frame's pixels
	border int     // pixels around the letters, for their dark edge
}

// newWriter makes a writer with letters of the given size in pixels' heights.
func newWriter(size, aspect float64) (*writer, error) {
	parsed, err := opentype.Parse(gobold.TTF)
	if err != nil {
		return nil, fmt.Errorf("the label font: %w", err)
	}
	face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingVertical})
	if err != nil {
		return nil, fmt.Errorf("the label font: %w", err)
	}
	return &writer{face: face, aspect: aspect, border: int(math.Ceil(size / 9))}, nil
}

// written is a text as two pictures of equal size: the letters' coverage, and that of the edge around and under them.
type written struct{ letters, edge *image.Alpha }

func (w written) size() image.Point { return w.letters.Rect.Size() }

// write makes the picture of a text that is at most width pixels wide; a longer one ends in an ellipsis.
func (w *writer) write(text string, width int) written {
	text = w.fit(text, int(float64(width)*w.aspect)-2*w.border)
	m := w.face.Metrics()
	letters := image.NewAlpha(image.Rect(0, 0, font.MeasureString(w.face, text).Ceil()+2*w.border, (m.Ascent+m.Descent).Ceil()+2*w.border))
	d := font.Drawer{Dst: letters, Src: image.NewUniform(color.Alpha{255}), Face: w.face, Dot: fixed.P(w.border, w.border+m.Ascent.Ceil())}
	d.DrawString(text)
	return written{letters: w.squeeze(letters), edge: w.squeeze(widen(letters, w.border))}
}

// fit shortens a text to a width in unsqueezed pixels.
func (w *writer) fit(text string, width int) string {
	if font.MeasureString(w.face, text).Ceil() <= width {
		return text
	}
	runes := []rune(text)
	for len(runes) > 0 && font.MeasureString(w.face, string(runes)+"…").Ceil() > width {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}

// squeeze makes up for pixels that are not square.
func (w *writer) squeeze(m *image.Alpha) *image.Alpha {
	if w.aspect == 1 {
		return m
	}
	out := image.NewAlpha(image.Rect(0, 0, max(1, int(float64(m.Rect.Dx())/w.aspect+.5)), m.Rect.Dy()))
	draw.BiLinear.Scale(out, out.Rect, m, m.Rect, draw.Src, nil)
	return out
}

// widen spreads a picture by a round brush of the given radius.
func widen(m *image.Alpha, radius int) *image.Alpha {
	out := image.NewAlpha(m.Rect)
	for dy := -radius; dy <= radius; dy++ {
		for dx := -radius; dx <= radius; dx++ {
			brush := math.Min(1, float64(radius)+.5-hypot(float64(dx), float64(dy)))
			if brush <= 0 {
				continue
			}
			spread(out, m, dx, dy, uint32(brush*256))
		}
	}
	return out
}

// spread takes the greater of dst and src shifted by (dx, dy) and dimmed to brush/256.
func spread(dst, src *image.Alpha, dx, dy int, brush uint32) {
	r := dst.Rect.Intersect(dst.Rect.Add(image.Pt(dx, dy)))
	for y := r.Min.Y; y < r.Max.Y; y++ {
		to := dst.Pix[y*dst.Stride+r.Min.X : y*dst.Stride+r.Max.X]
		from := src.Pix[(y-dy)*src.Stride+r.Min.X-dx:]
		for x := range to {
			to[x] = max(to[x], uint8(uint32(from[x])*brush>>8))
		}
	}
}
