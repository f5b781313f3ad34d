package report

import (
	"bytes"
	"encoding/base64"
	"html/template"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"

	"github.com/videogem/videogem/engine/gem"
	"github.com/videogem/videogem/engine/imaging"
	"github.com/videogem/videogem/pipeline/eval/manifest"
	"github.com/videogem/videogem/pipeline/eval/metric"
	"github.com/videogem/videogem/pipeline/eval/runner"
)

// The look of the gallery follows the authors' figures: a grey frame under a jet map, the box green, the parts' peaks yellow (verb),
// blue (object) and pink (action); the answer is a white cross.
const (
	pictureWidth = 360
	heatShare    = .6
)

// drawAnswer draws a sample's key frame with the heat of its answer, its boxes and points.
func drawAnswer(picture imaging.RGB, s *manifest.Sample, p runner.Parts, width, height int) (*image.RGBA, error) {
	w, h := pictureWidth, max(1, picture.H*pictureWidth/picture.W)
	canvas := imaging.ResizeBilinear(picture, w, h).Image()
	if err := lay(canvas, p.Answer.Map.Resize(h, w)); err != nil {
		return nil, err
	}
	green := color.RGBA{0, 230, 90, 255}
	for _, b := range s.Boxes {
		sx, sy := float64(w)/float64(s.Space[0]), float64(h)/float64(s.Space[1])
		frame(canvas, image.Rect(int(b[0]*sx), int(b[1]*sy), int(b[2]*sx)+1, int(b[3]*sy)+1), green)
	}
	at := func(m metric.Point) image.Point {
		return image.Pt(int((m.X+.5)*float64(w)/float64(width)), int((m.Y+.5)*float64(h)/float64(height)))
	}
	for _, mark := range []struct {
		heat *metric.Heat
		c    color.RGBA
	}{{p.Verb, color.RGBA{255, 220, 0, 255}}, {p.Object, color.RGBA{70, 140, 255, 255}}, {p.Action, color.RGBA{255, 90, 200, 255}}} {
		if mark.heat != nil && !mark.heat.Flat {
			dot(canvas, at(mark.heat.Peak), mark.c)
		}
	}
	if p.Answer.Peak != metric.NoPoint() {
		cross(canvas, at(p.Answer.Peak))
	}
	return canvas, nil
}

// lay makes the picture grey and lays heat over it.
func lay(canvas *image.RGBA, heat gem.Map) error {
	jet, err := imaging.Colormap("jet")
	if err != nil {
		return err
	}
	for i, v := range heat.Data {
		p := canvas.Pix[4*i : 4*i+3]
		grey := .299*float64(p[0]) + .587*float64(p[1]) + .114*float64(p[2])
		c := jet[int(max(0, min(1, v))*255)]
		for k := range p {
			p[k] = byte(grey*(1-heatShare) + float64(c[k])*heatShare)
		}
	}
	return nil
}

// fill paints a rectangle as far as it lies in the picture.
func fill(canvas *image.RGBA, r image.Rectangle, c color.RGBA) {
	draw.Draw(canvas, r, image.NewUniform(c), image.Point{}, draw.Src)
}

// frame draws a rectangle's edge, two pixels wide.
func frame(canvas *image.RGBA, r image.Rectangle, c color.RGBA) {
	const t = 2
	fill(canvas, image.Rect(r.Min.X, r.Min.Y, r.Max.X, r.Min.Y+t), c)
	fill(canvas, image.Rect(r.Min.X, r.Max.Y-t, r.Max.X, r.Max.Y), c)
	fill(canvas, image.Rect(r.Min.X, r.Min.Y, r.Min.X+t, r.Max.Y), c)
	fill(canvas, image.Rect(r.Max.X-t, r.Min.Y, r.Max.X, r.Max.Y), c)
}

// dot draws a small square with a dark edge.
func dot(canvas *image.RGBA, p image.Point, c color.RGBA) {
	fill(canvas, image.Rect(p.X-4, p.Y-4, p.X+5, p.Y+5), color.RGBA{0, 0, 0, 255})
	fill(canvas, image.Rect(p.X-3, p.Y-3, p.X+4, p.Y+4), c)
}

// cross draws a white cross with a dark edge.
func cross(canvas *image.RGBA, p image.Point) {
	for _, arm := range []struct {
		grow int
		c    color.RGBA
	}{{1, color.RGBA{0, 0, 0, 255}}, {0, color.RGBA{255, 255, 255, 255}}} {
		g := arm.grow
		fill(canvas, image.Rect(p.X-10-g, p.Y-1-g, p.X+11+g, p.Y+2+g), arm.c)
		fill(canvas, image.Rect(p.X-1-g, p.Y-10-g, p.X+2+g, p.Y+11+g), arm.c)
	}
}

// dataURL puts a picture into a page.
func dataURL(p image.Image) (template.URL, error) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, p, &jpeg.Options{Quality: 82}); err != nil {
		return "", err
	}
	return template.URL("data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(b.Bytes())), nil //nolint:gosec // our own picture
}
