package offline

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"github.com/videogem/videogem/element/gstshim"
	"github.com/videogem/videogem/element/overlay"
	"github.com/videogem/videogem/engine/gem"
	"github.com/videogem/videogem/engine/imaging"
	"github.com/videogem/videogem/pipeline/internal/wholefile"
)

// The look of drawn heat; the element's own defaults.
const (
	drawOpacity = .6
	drawFloor   = .6
)

// artist lays heat and labels on pictures of one size.
type artist struct {
	painter *overlay.Painter
	face    font.Face
	labels  []string
	w, h    int
}

func newArtist(w, h int, labels []string) (*artist, error) {
	l, err := overlay.NewLayout("RGB", w, h)
	if err != nil {
		return nil, err
	}
	parsed, err := opentype.Parse(gobold.TTF)
	if err != nil {
		return nil, fmt.Errorf("the label font: %w", err)
	}
	face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: max(10, float64(h)/30), DPI: 72})
	if err != nil {
		return nil, fmt.Errorf("the label font: %w", err)
	}
	return &artist{overlay.NewPainter(l), face, labels, w, h}, nil
}

// paint makes the texture of raw heat maps, one a label.
func (a *artist) paint(heat []gem.Map) *overlay.Texture {
	var heats []overlay.Heat
	for i, m := range heat {
		if n, ok := m.Normalize(); ok {
			heats = append(heats, overlay.Heat{Map: n, Color: overlay.PromptColor(i)})
		}
	}
	return a.painter.Paint(heats, overlay.Style{Opacity: drawOpacity, Floor: drawFloor})
}

// draw gives a copy of the picture with the texture and the labels on it.
func (a *artist) draw(p imaging.RGB, t *overlay.Texture) imaging.RGB {
	out := imaging.RGB{W: p.W, H: p.H, Pix: append([]byte(nil), p.Pix...)}
	plane := t.Planes[0]
	gstshim.Blend(out.Pix, plane.Width, plane.Add, plane.Keep, plane.Width, plane.Spans)
	canvas := out.Image()
	line := a.face.Metrics().Height.Ceil()
	for i, label := range a.labels {
		c := overlay.PromptColor(i)
		text := font.Drawer{Dst: canvas, Face: a.face, Src: image.NewUniform(color.RGBA{c.R, c.G, c.B, 255}), Dot: fixed.P(line/2, line*(i+1))}
		box := image.Rect(line/4, line*i+line/4, line*3/4+text.MeasureString(label).Ceil(), line*(i+1)+line/4)
		draw.Draw(canvas, box, image.NewUniform(color.RGBA{0, 0, 0, 170}), image.Point{}, draw.Over)
		text.DrawString(label)
	}
	return imaging.FromImage(canvas)
}

// sheet puts pictures side by side, several rows, each brought to one width.
func sheet(pictures []imaging.RGB) imaging.RGB {
	const width, columns = 320, 4
	cols := min(columns, len(pictures))
	height := 0
	small := make([]imaging.RGB, len(pictures))
	for i, p := range pictures {
		small[i] = imaging.ResizeBilinear(p, width, max(1, p.H*width/p.W))
		height = max(height, small[i].H)
	}
	rows := (len(small) + cols - 1) / cols
	out := imaging.RGB{W: cols * width, H: rows * height, Pix: make([]byte, cols*width*rows*height*3)}
	for i, p := range small {
		x, y := i%cols*width, i/cols*height
		for r := range p.H {
			copy(out.Pix[((y+r)*out.W+x)*3:], p.Pix[r*p.W*3:(r+1)*p.W*3])
		}
	}
	return out
}

// fitted brings a picture to a size, whole and in its shape, black beside it.
func fitted(p imaging.RGB, w, h int) imaging.RGB {
	if p.W == w && p.H == h {
		return p
	}
	scale := min(float64(w)/float64(p.W), float64(h)/float64(p.H))
	small := imaging.ResizeBicubic(p, max(1, min(w, int(float64(p.W)*scale+.5))), max(1, min(h, int(float64(p.H)*scale+.5))))
	out := imaging.RGB{W: w, H: h, Pix: make([]byte, w*h*3)}
	x, y := (w-small.W)/2, (h-small.H)/2
	for r := range small.H {
		copy(out.Pix[((y+r)*w+x)*3:], small.Pix[r*small.W*3:(r+1)*small.W*3])
	}
	return out
}

func writePNG(ctx context.Context, path string, p imaging.RGB) error {
	return wholefile.Write(ctx, path, func(f *wholefile.File) error { return png.Encode(f, p.Image()) })
}
