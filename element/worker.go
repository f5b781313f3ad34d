package element

import (
	"context"
	"time"

	"github.com/go-gst/go-glib/pkg/glib/v2"
	"github.com/go-gst/go-gst/pkg/gst"

	"github.com/videogem/videogem/element/overlay"
	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/gem"
)

// heatFloor is the normalised heat below which nothing is drawn: most of a min-max map is background.
const heatFloor = .6

// work loads the model and grounds the newest window until ctx ends.
func (v *videogem) work(ctx context.Context, done chan<- struct{}) {
	defer close(done)
	defer v.recovered("inference", func() {})
	model := v.settings.snapshot().model
	eng, err := v.engines.Get(ctx, model)
	if err != nil {
		if ctx.Err() == nil {
			v.fail(gst.LibraryErrorQuark(), libraryErrorSettings, err)
		}
		return
	}
	spec := eng.Spec()
	v.spec.Store(&spec)
	w := inference{videogem: v, engine: eng, spec: spec}
	var current *window
	for {
		select {
		case <-ctx.Done():
			return
		case <-v.mail.wake:
		}
		if next := v.mail.take(); next != nil {
			v.mail.release(current)
			current = next
		}
		if current != nil {
			w.ground(ctx, current)
		}
	}
}

// inference is the worker's own state.
type inference struct {
	*videogem
	engine  *engine.Engine
	spec    engine.Spec
	painter *overlay.Painter
	layout  *frameLayout
	failed  bool // the last inference failed
	runs    uint64
}

// ground runs the engine on a window for the prompts of the moment, paints the heat and posts what was found. An inference
// that fails costs the heat, not the video; the next window tries again.
func (w *inference) ground(ctx context.Context, win *window) {
	s := w.settings.snapshot()
	if len(s.prompts) == 0 {
		w.show(nil, nil)
		return
	}
	result, err := w.engine.Ground(ctx, engine.Request{
		Clip:    engine.Clip{Frames: w.spec.Frames, H: w.spec.Height, W: w.spec.Width, Pix: win.pix},
		Prompts: s.prompts,
		Frames:  []int{w.spec.Frames - 1},
	})
	if err != nil {
		if ctx.Err() != nil {
			return
		}
		w.show(nil, nil)
		if !w.failed {
			w.log.Error("inference failed; video goes on without heat", "element", w.GetName(), "error", err)
		}
		w.failed = true
		w.postFailure(err)
		return
	}
	w.failed = false
	w.runs++
	w.draw(win, result, s.opacity)
	w.postResult(win, result)
}

// draw paints the result for the frames the window came from.
func (w *inference) draw(win *window, result *engine.Result, opacity float64) {
	if w.layout != win.layout {
		w.layout, w.painter = win.layout, overlay.NewPainter(win.layout.layout)
	}
	heats := make([]overlay.Heat, 0, len(result.Prompts))
	for i, g := range result.Prompts {
		if m, ok := g.Heat[0].Normalize(); ok {
			heats = append(heats, overlay.Heat{Map: m, Color: overlay.PromptColor(i)})
		}
	}
	w.show(w.painter.Paint(heats, overlay.Style{Opacity: opacity, Floor: heatFloor}), win.layout)
}

// point is the peak of a heat map in 0..1 of the frame, found at the model's input resolution as the paper does.
func (w *inference) point(m gem.Map) (x, y float64, ok bool) {
	px, py, ok := m.Resize(w.spec.Height, w.spec.Width).PlateauPeak()
	return (px + .5) / float64(w.spec.Width), (py + .5) / float64(w.spec.Height), ok
}

// fail posts an error on the bus, which ends the pipeline.
func (v *videogem) fail(domain glib.Quark, code int32, err error) {
	v.MessageError(domain, code, err.Error(), "")
}

// age is how far the newest frame is ahead of a window's newest frame.
func (v *videogem) age(win *window) time.Duration {
	return max(0, time.Duration(v.newest.Load())-win.last)
}
