// Package pool shares engines: all that ask for the same one get it, it is opened once, and freed when the last has given it back.
package pool

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/videogem/videogem/engine"
)

// ErrClosed means that an engine was asked for after the pool was closed.
var ErrClosed = errors.New("the pool of engines is closed")

// Engine is what the users of a pool need of an engine; see engine.Engine.
type Engine interface {
	Spec() engine.Spec
	Ground(ctx context.Context, r engine.Request) (*engine.Result, error)
	Close() error
}

// Opener makes an engine. ctx ends with the pool.
type Opener func(ctx context.Context, o engine.Options) (Engine, error)

// Open is engine.Open. An engine that could not be opened is no Engine at all.
func Open(ctx context.Context, o engine.Options) (Engine, error) {
	e, err := engine.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	return e, nil
}

// Pool holds the engines that are in use. Its methods may be called from several goroutines.
type Pool struct {
	opener Opener
	ctx    context.Context //nolint:containedctx // the life of all engines, longer than any caller's
	cancel context.CancelFunc

	mu     sync.Mutex // guards what follows and every entry's uses; a leaf, not held while an engine is opened or closed
	open   map[key]*entry
	closed bool
}

// entry is an engine or the error of opening it; ready is closed when either is there.
type entry struct {
	ready  chan struct{}
	engine Engine
	err    error
	uses   int
	close  func() error // closes the engine, once
}

// New makes an empty pool.
func New(open Opener) *Pool {
	ctx, cancel := context.WithCancel(context.Background())
	return &Pool{opener: open, ctx: ctx, cancel: cancel, open: map[key]*entry{}}
}

// Get gives the engine with these options, and opens it for the first who asks. An id stands for an engine of its own: who names one
// shares with those that name the same, whatever else they ask for. release gives the engine back, once however often it is called, and
// frees it with the last use; it returns the error of that. An opening that failed is tried again by the next call. Errors are the
// opener's, or wrap ErrClosed or ctx's.
func (p *Pool) Get(ctx context.Context, id string, o engine.Options) (e Engine, release func() error, err error) {
	k := keyOf(id, o)
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil, nil, ErrClosed
	}
	en, ok := p.open[k]
	if !ok {
		en = &entry{ready: make(chan struct{})}
		p.open[k] = en
		go p.load(k, en, o)
	}
	en.uses++
	p.mu.Unlock()
	// An opening that has begun is waited for, whatever ctx says: a program that ends while ONNX Runtime builds a session can hang in its exit.
	<-en.ready
	if en.err != nil {
		return nil, nil, en.err
	}
	release = sync.OnceValue(func() error { return p.release(k, en) })
	if err := ctx.Err(); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("waiting for model %q: %w", o.Model, err), release())
	}
	return en.engine, release, nil
}

// load opens an engine; the pool's own context ends it, not that of the caller that happened to ask first.
func (p *Pool) load(k key, en *entry, o engine.Options) {
	defer close(en.ready)
	if en.engine, en.err = p.opener(p.ctx, o); en.err != nil {
		p.mu.Lock()
		delete(p.open, k)
		p.mu.Unlock()
		return
	}
	en.close = sync.OnceValue(en.engine.Close)
}

// release counts a use less. Whoever asks for the engine while the last use's release frees it gets one of its own.
func (p *Pool) release(k key, en *entry) error {
	p.mu.Lock()
	en.uses--
	last := en.uses == 0
	if last && p.open[k] == en {
		delete(p.open, k)
	}
	p.mu.Unlock()
	if last {
		return en.close()
	}
	return nil
}

// Close closes every engine that is still in use, and waits for those that are still opening; none can be had afterwards.
func (p *Pool) Close() error {
	p.mu.Lock()
	p.closed = true
	open := make([]*entry, 0, len(p.open))
	for _, en := range p.open {
		open = append(open, en)
	}
	p.mu.Unlock()
	p.cancel()
	var errs []error
	for _, en := range open {
		<-en.ready
		if en.engine != nil {
			errs = append(errs, en.close())
		}
	}
	return errors.Join(errs...)
}
