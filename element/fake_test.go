package element_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/gem"
	"github.com/videogem/videogem/engine/pool"
)

// fake is an engine that answers when and as the test wants: its heat is hottest where the clip's brightest frame says.
type fake struct {
	spec    engine.Spec
	answers chan struct{}                               // a token lets one inference go on; nil: all go on
	err     atomic.Pointer[error]                       // what inferences end with
	panics  atomic.Bool                                 // the next inference panics
	seen    func(clip engine.Clip, wanted int) (at int) // where the heat is: a column of the map
	running atomic.Int32
}

var fakes = struct {
	sync.Mutex
	byModel map[string]*fake
}{byModel: map[string]*fake{}}

// newFake makes an engine for the model of that name: clips of 4 frames of 8x8 over 0.4 s, maps of 4x4.
func newFake(name string) *fake {
	f := &fake{spec: engine.Spec{Name: name, Frames: 4, Height: 8, Width: 8, GridH: 4, GridW: 4, ClipDuration: 400 * time.Millisecond}}
	fakes.Lock()
	defer fakes.Unlock()
	fakes.byModel[name] = f
	return f
}

func openFake(ctx context.Context, o engine.Options) (pool.Engine, error) {
	if !strings.HasPrefix(o.Model, "fake-") {
		return pool.Open(ctx, o)
	}
	fakes.Lock()
	defer fakes.Unlock()
	return fakes.byModel[o.Model], nil
}

func (f *fake) Spec() engine.Spec { return f.spec }

func (f *fake) Close() error { return nil }

func (f *fake) Ground(ctx context.Context, r engine.Request) (*engine.Result, error) {
	f.running.Add(1)
	defer f.running.Add(-1)
	if f.answers != nil {
		select {
		case <-f.answers:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if f.panics.Swap(false) {
		panic("fake engine")
	}
	if err := f.err.Load(); err != nil {
		return nil, *err
	}
	at := 0
	if f.seen != nil {
		at = f.seen(r.Clip, r.Frames[0])
	}
	result := &engine.Result{Took: time.Millisecond}
	for _, p := range r.Prompts {
		m := gem.Map{H: 4, W: 4, Data: make([]float32, 16)}
		m.Data[at] = 1
		result.Prompts = append(result.Prompts, engine.Grounding{Prompt: p, Score: .25, Heat: []gem.Map{m}})
	}
	return result, nil
}

var errFake = errors.New("fake engine fails")
