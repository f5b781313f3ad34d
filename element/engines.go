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

// Engines shares one engine among all elements that want the same Instance. An engine is opened by the first element that
// needs it and kept until Close, so that a stream that restarts does not load the model again.
type Engines struct {
	opener  func(context.Context, engine.Options) (Grounder, error) // engine.Open; tests have others
	options engine.Options                                          // the program's; what an Instance says goes before
	ctx     context.Context                                         //nolint:containedctx // the life of all engines, longer than any caller's
	cancel  context.CancelFunc

	mu     sync.Mutex
	open   map[instanceKey]*sharedEngine
	closed bool
}

// sharedEngine is an engine or the error of opening it; ready is closed when either is there.
type sharedEngine struct {
	ready  chan struct{}
	engine Grounder
	err    error
}

// Grounder is what an element needs of an engine.
type Grounder interface {
	Spec() engine.Spec
	Ground(ctx context.Context, r engine.Request) (*engine.Result, error)
	Close() error
}

// open is engine.Open. An engine that could not be opened is no Grounder at all.
func open(ctx context.Context, o engine.Options) (Grounder, error) {
	e, err := engine.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	return e, nil
}

// NewEngines makes an empty set. options apply to every engine but for what its Instance says.
func NewEngines(options engine.Options) *Engines {
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	ctx, cancel := context.WithCancel(context.Background())
	return &Engines{opener: open, options: options, ctx: ctx, cancel: cancel, open: map[instanceKey]*sharedEngine{}}
}

// Get gives the engine that elements share which name the model and nothing else.
func (e *Engines) Get(ctx context.Context, model string) (Grounder, error) {
	return e.instance(ctx, Instance{Model: model})
}

// instance gives an engine, opening it when it is the first to ask. A failed opening is tried again by the next call.
func (e *Engines) instance(ctx context.Context, i Instance) (Grounder, error) {
	options := i.options(e.options)
	key := i.key(options)
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		return nil, ErrClosed
	}
	s, ok := e.open[key]
	if !ok {
		s = &sharedEngine{ready: make(chan struct{})}
		e.open[key] = s
		go e.load(key, options, s)
	}
	e.mu.Unlock()
	select {
	case <-s.ready:
		return s.engine, s.err
	case <-ctx.Done():
		// An opening that has begun is waited for: a program that ends while ONNX Runtime builds a session can hang in its exit.
		<-s.ready
		return nil, fmt.Errorf("waiting for model %q: %w", i.Model, ctx.Err())
	}
}

// load opens an engine; the set's own context ends it, not that of the element that happened to ask first.
func (e *Engines) load(key instanceKey, o engine.Options, s *sharedEngine) {
	defer close(s.ready)
	s.engine, s.err = e.opener(e.ctx, o)
	if s.err != nil {
		e.mu.Lock()
		delete(e.open, key)
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
