package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/videogem/videogem/engine/gem"
)

// Request asks where prompts happen in a clip.
type Request struct {
	Clip    Clip
	Prompts []string     // used word for word
	Frames  []int        // the frames whose heat is wanted; nil: all. Only these are worked out.
	Weights *gem.Weights // nil: the model's own
}

// Ground runs the towers. Calls from several goroutines are served in the order in which they came, with Options.BatchSize several in
// one pass; their answers do not depend on that beyond rounding. When ctx ends, Ground returns, but a pass that has begun is
// waited for. Errors wrap ErrClipShape, ErrFrames, ErrEmptyPrompt, ErrLongPrompt or ErrClosed, or are ctx's.
func (e *Engine) Ground(ctx context.Context, r Request) (*Result, error) {
	if r.Weights == nil {
		r.Weights = &e.spec.Weights
	}
	all, err := e.GroundAll(ctx, r, []gem.Weights{*r.Weights})
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// GroundAll is Ground under several weightings, for comparing them: the clip goes through the image tower once. There is one Result for
// each scope and weighting, weightings of the first scope first; with Options.MoreScopes empty one for each weighting. Request.Weights
// is not looked at.
func (e *Engine) GroundAll(ctx context.Context, r Request, weightings []gem.Weights) ([]*Result, error) {
	if err := e.check(&r); err != nil {
		return nil, err
	}
	if err := e.enter(); err != nil {
		return nil, err
	}
	defer e.leave()
	began := time.Now()
	texts, err := e.text.lookUp(ctx, r.Prompts)
	if err != nil {
		return nil, err
	}
	texted := time.Since(began)
	a := newAsk(r, texts, weightings)
	if a.rows() > 0 {
		if err := e.line.do(ctx, a); err != nil {
			return nil, err
		}
	}
	var all []*Result
	for s := range e.scopes {
		for w := range weightings {
			result := e.result(r, a, s, w)
			result.Took += texted
			all = append(all, result)
		}
	}
	return all, nil
}

// check validates a request and fills in its defaults.
func (e *Engine) check(r *Request) error {
	s, c := e.spec, r.Clip
	if c.Frames != s.Frames || c.H != s.Height || c.W != s.Width || c.pixels(e.float) != c.Frames*c.H*c.W*3 {
		return fmt.Errorf("%w: %d frames of %dx%d in %d values; %s takes %d frames of %dx%d, 3 values a pixel",
			ErrClipShape, c.Frames, c.H, c.W, c.pixels(e.float), s.Name, s.Frames, s.Height, s.Width)
	}
	if r.Frames == nil {
		for i := range s.Frames {
			r.Frames = append(r.Frames, i)
		}
	}
	for _, f := range r.Frames {
		if f < 0 || f >= s.Frames {
			return fmt.Errorf("%w: frame %d of %d", ErrFrames, f, s.Frames)
		}
	}
	if len(r.Frames) == 0 {
		return fmt.Errorf("%w: none wanted", ErrFrames)
	}
	return checkPrompts(r.Prompts)
}

// result cuts an ask's outputs up by prompt and frame, for one scope and weighting.
func (e *Engine) result(r Request, a *ask, scope, weighting int) *Result {
	result := &Result{Scope: e.scopes[scope], Prompts: make([]Grounding, len(r.Prompts)), Queued: a.queued, Took: a.took, Batch: a.batch}
	if a.rows() == 0 {
		return result
	}
	score, weights := a.out[1].Float32(), a.out[2].Float32()
	heat := part(a.out[0].Float32(), len(e.scopes), scope)
	result.Embedding = a.out[3].Float32()
	rows, h, w := len(score), e.spec.GridH, e.spec.GridW
	for i, p := range r.Prompts {
		row := weighting*len(r.Prompts) + i
		g := Grounding{Prompt: p, Score: score[row], Truncated: a.texts[i].truncated}
		copy(g.Weights[:], weights[row*gem.Layers:])
		maps := part(heat, rows, row)
		for f := range r.Frames {
			g.Heat = append(g.Heat, gem.Map{H: h, W: w, Data: part(maps, len(r.Frames), f)})
		}
		result.Prompts[i] = g
	}
	return result
}
