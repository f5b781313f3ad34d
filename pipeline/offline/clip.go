// Package offline grounds prompts in recorded video, pictures and arrays, and writes what it found: JSON, raw heat, and pictures or
// video with the heat on them.
package offline

import (
	"context"
	"fmt"
	"time"

	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/imaging"
	"github.com/videogem/videogem/engine/model"
)

// clip is one clip on its way through the engine.
type clip struct {
	input engine.Clip
	time  float64       // seconds of its key frame in the input
	start time.Duration // of its first frame, in a video
	key   imaging.RGB   // the key frame at the input's own size; empty for preprocessed arrays
	fit   fit           // how the input's pixels became the model's
}

// clips gives clip after clip; io.EOF ends them.
type clips interface {
	next(ctx context.Context) (clip, error)
	close()
}

// fit maps the model's pixels back to the input's: source = (pixel+0.5)*scale + offset - 0.5.
type fit struct {
	scaleX, scaleY   float64
	offsetX, offsetY float64
	width, height    int // of the source
}

// source maps a point.
func (f fit) source(x, y int) [2]int {
	sx := int((float64(x)+.5)*f.scaleX + f.offsetX)
	sy := int((float64(y)+.5)*f.scaleY + f.offsetY)
	return [2]int{max(0, min(sx, f.width-1)), max(0, min(sy, f.height-1))}
}

// fitter brings pictures to a model's size by the model's own rule.
type fitter struct {
	width, height int
	rule          model.Resize
}

func newFitter(s engine.Spec) fitter { return fitter{s.Width, s.Height, s.Resize} }

// picture resizes one picture.
func (f fitter) picture(p imaging.RGB) (imaging.RGB, fit) {
	whole := fit{float64(p.W) / float64(f.width), float64(p.H) / float64(f.height), 0, 0, p.W, p.H}
	switch {
	case p.W == f.width && p.H == f.height:
		return p, whole
	case f.rule == model.BicubicStretch:
		return imaging.ResizeBicubic(p, f.width, f.height), whole
	case f.rule == model.BicubicCrop:
		scale := max(float64(f.width)/float64(p.W), float64(f.height)/float64(p.H))
		w, h := max(f.width, int(float64(p.W)*scale)), max(f.height, int(float64(p.H)*scale))
		sx, sy := float64(p.W)/float64(w), float64(p.H)/float64(h)
		return imaging.CenterCrop(imaging.ResizeBicubic(p, w, h), f.width, f.height),
			fit{sx, sy, float64(w-f.width) / 2 * sx, float64(h-f.height) / 2 * sy, p.W, p.H}
	default:
		return imaging.ResizeBilinear(p, f.width, f.height), whole
	}
}

// clip makes a clip of pictures; missing ones at the end repeat the last.
func (f fitter) clip(pictures []imaging.RGB, frames int, at float64) (clip, error) {
	if len(pictures) == 0 {
		return clip{}, fmt.Errorf("%w: no picture", ErrInput)
	}
	c := clip{time: at, input: engine.Clip{Frames: frames, H: f.height, W: f.width}}
	for i := range frames {
		p := pictures[min(i, len(pictures)-1)]
		small, how := f.picture(p)
		c.input.Pix = append(c.input.Pix, small.Pix...)
		if i == frames/2 {
			c.key, c.fit = p, how
		}
	}
	return c, nil
}
