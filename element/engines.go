package element

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"github.com/videogem/videogem/engine"
)

// ErrClosed means that the shared engines were closed while an element still asked for one.
var ErrClosed = errors.New("engines are closed")

// Engines shares one engine among all elements that name the same model. An engine is opened by the first element that
// needs it and kept until Close, so that a stream that restarts does not load the model again.
type Engines struct {
	options engine.Options  // Model is set per engine
	ctx     context.Context //nolint:containedctx // the life of all engines, longer than any caller's
	cancel  context.CancelFunc

	mu     sync.Mutex
	open   map[string]*sharedEngine // by model name
	closed bool
}

// sharedEngine is an engine or the error of opening it; ready is closed when either is there.
type sharedEngine struct {
	ready  chan struct{}
	engine *engine.Engine
	err    error
}

// NewEngines makes an empty set. options apply to every engine but for its Model.
func NewEngines(options engine.Options) *Engines {
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	ctx, cancel := context.WithCancel(context.Background())
	return &Engines{options: options, ctx: ctx, cancel: cancel, open: map[string]*sharedEngine{}}
}

// Get gives the engine of a model, opening it when it is the first to ask. A failed opening is tried again by the next Get.
func (e *Engines) Get(ctx context.Context, model string) (*engine.Engine, error) {
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		return nil, ErrClosed
	}
	s, ok := e.open[model]
	if !ok {
		s = &sharedEngine{ready: make(chan struct{})}
		e.open[model] = s
		go e.load(model, s)
	}
	e.mu.Unlock()
	select {
	case <-s.ready:
		return s.engine, s.err
	case <-ctx.Done():
		return nil, fmt.Errorf("waiting for model %q: %w", model, ctx.Err())
	}
}

// load opens an engine; the set's own context ends it, not that of the element that happened to ask first.
func (e *Engines) load(model string, s *sharedEngine) {
	defer close(s.ready)
	o := e.options
	o.Model = model
	s.engine, s.err = engine.Open(e.ctx, o)
	if s.err != nil {
		e.mu.Lock()
		delete(e.open, model)
		e.mu.Unlock()
	}
}

// Close closes every engine and waits for those that are still opening. No element may be running.
func (e *Engines) Close() error {
	e.mu.Lock()
	e.closed = true
	open := make([]*sharedEngine, 0, len(e.open))
	for _, s := range e.open {
		open = append(open, s)
	}
	e.mu.Unlock()
	e.cancel()
	var errs []error
	for _, s := range open {
		<-s.ready
		if s.engine != nil {
			errs = append(errs, s.engine.Close())
		}
	}
	return errors.Join(errs...)
}
