package element

import (
	"context"

	"github.com/go-gst/go-gst/pkg/gst"

	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/pool"
	"github.com/videogem/videogem/engine/presence"
)

// inference is the worker's own state.
type inference struct {
	*videogem
	engine    pool.Engine
	spec      engine.Spec
	smoother  smoother
	judges    map[string]*presence.Judge // by prompt
	presenter presenter
	found     *finding // of the newest window
	asked     values   // the settings it was asked with
	shown     uint64   // version of the settings it was shown with
}

// work takes the model from the pool and grounds the newest window until ctx ends.
func (v *videogem) work(ctx context.Context, id string, o engine.Options, done chan<- struct{}) {
	defer close(done)
	defer v.recovered("inference", func() { v.setState(stateFailed) })
	eng, release, err := v.engines.Get(ctx, id, o)
	if err != nil {
		if ctx.Err() == nil {
			v.setState(stateFailed)
			v.fail(gst.LibraryErrorQuark(), libraryErrorSettings, err)
		}
		return
	}
	defer func() {
		if err := release(); err != nil {
			v.log.Error("closing the model", "element", v.GetName(), "error", err)
		}
	}()
	spec := eng.Spec()
	v.spec.Store(&spec)
	for _, what := range spec.Assumed {
		v.warn(gst.LibraryErrorQuark(), libraryErrorSettings, "model "+o.Model+": "+what)
	}
	v.setState(stateRunning)
	close(v.loaded)
	w := inference{videogem: v, engine: eng, spec: spec}
	var current *window
	for {
		select {
		case <-ctx.Done():
			return
		case <-v.mail.wake:
		}
		next := v.mail.take()
		if next != nil {
			v.mail.release(current)
			current = next
		}
		if current != nil {
			w.look(ctx, current, next != nil)
		}
	}
}

// look does what has become necessary: a new window is grounded, the one at hand again when the question has changed, and shown again
// when the way to show it has.
func (w *inference) look(ctx context.Context, win *window, fresh bool) {
	s, version := w.settings.snapshot()
	switch {
	case fresh, w.mode == modeLive && !s.asksTheSame(&w.asked):
		w.ground(ctx, win, &s)
	case version == w.shown:
		return
	}
	w.shown = version
	if w.mode == modeLive {
		w.show(&s, win.layout)
	}
}

// ground runs the engine on a window. An inference that fails costs the heat, not the video; the next window tries again.
func (w *inference) ground(ctx context.Context, win *window, s *values) {
	w.asked, w.found = *s, nil
	defer func() {
		w.latest.Store(w.found)
		if w.mode == modeAligned {
			w.aligned.answers.answer(win.pts, win.round, w.found)
		}
	}()
	prompts := s.asked()
	if len(prompts) == 0 {
		return
	}
	result, err := w.engine.Ground(ctx, engine.Request{
		Clip:    engine.Clip{Frames: w.spec.Frames, H: w.spec.Height, W: w.spec.Width, Pix: win.pix},
		Prompts: prompts,
		Frames:  []int{win.wanted},
		Weights: s.weights.weights,
	})
	if err != nil {
		if ctx.Err() == nil {
			w.failed(err, s)
		}
		return
	}
	w.setState(stateRunning)
	inferences := w.tally.done(result.Took, result.Queued)
	heats := w.smoother.smooth(result, win.pts, s.smoothing)
	w.found = newFinding(win, result, heats, len(s.prompts))
	w.judge(w.found, result, s)
	w.latest.Store(w.found) // whoever is told may ask for the heat
	if f := w.listener.Load(); f != nil {
		(*f)()
	}
	w.tell(w.found, s, inferences)
}

// judge says which prompts are seen. In aligned mode a clip lies round its frame and shows what was before and what comes: there the line
// alone decides.
func (w *inference) judge(f *finding, r *engine.Result, s *values) {
	line, ok := s.line(w.spec.Threshold)
	f.judged = ok
	next := make(map[string]*presence.Judge, len(r.Prompts))
	for i, g := range r.Prompts {
		p := f.prompt(i)
		if w.mode == modeAligned {
			p.seen = ok && p.score >= line
			continue
		}
		j := w.judges[g.Prompt]
		if j == nil {
			j = &presence.Judge{}
		}
		next[g.Prompt] = j
		if ok {
			_, peak := g.Heat[0].Range()
			p.seen = j.Step(f.pts, presence.Evidence{Score: p.score, Peak: float64(peak)}, line)
		}
	}
	w.judges = next
}

// failed notes a failed inference, in the log the first of several in a row.
func (w *inference) failed(err error, s *values) {
	if state(w.state.Load()) != stateDegraded {
		w.log.Error("inference failed; video goes on without heat", "element", w.GetName(), "error", err)
	}
	w.setState(stateDegraded)
	w.tally.failed()
	if s.messages {
		w.tellFailure(err)
	}
}

// show makes what was found ready for the streaming thread.
func (w *inference) show(s *values, l *frameLayout) {
	next, err := w.presenter.present(w.found, s, l)
	if err != nil {
		w.failed(err, s)
	}
	w.drawn.show(next)
}
