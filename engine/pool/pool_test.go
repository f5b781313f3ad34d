package pool_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/gem"
	"github.com/videogem/videogem/engine/pool"
)

// fake is an engine that was opened.
type fake struct {
	options engine.Options
	closed  int
}

func (f *fake) Spec() engine.Spec { return engine.Spec{Name: f.options.Model} }
func (f *fake) Close() error      { f.closed++; return nil }
func (f *fake) Ground(context.Context, engine.Request) (*engine.Result, error) {
	return &engine.Result{}, nil
}

var errNoModel = errors.New("no such model")

// opener opens fakes, which takes a second of the bubble's time.
type opener struct {
	mu     sync.Mutex
	opened []*fake
	fails  bool
}

func (o *opener) open(_ context.Context, options engine.Options) (pool.Engine, error) {
	time.Sleep(time.Second)
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.fails {
		return nil, errNoModel
	}
	f := &fake{options: options}
	o.opened = append(o.opened, f)
	return f, nil
}

func TestWhoSharesAnEngine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		seven, other := 7, 6
		plain := engine.Options{Model: "demo", Device: "cpu", Precision: "fp32", Threads: 1, Depth: &seven}
		with := func(change func(*engine.Options)) engine.Options {
			o := plain
			change(&o)
			return o
		}
		for name, ca := range map[string]struct {
			other engine.Options
			id    string
			same  bool
		}{
			"same options":    {other: plain, same: true},
			"other batches":   {other: with(func(o *engine.Options) { o.BatchSize, o.BatchTimeout = 8, time.Second }), same: true},
			"other log":       {other: with(func(o *engine.Options) { o.Logger = slog.New(slog.DiscardHandler) }), same: true},
			"same depth":      {other: with(func(o *engine.Options) { d := 7; o.Depth = &d }), same: true},
			"an id":           {other: plain, id: "one"},
			"other model":     {other: with(func(o *engine.Options) { o.Model = "clip" })},
			"other device":    {other: with(func(o *engine.Options) { o.Device = "cuda:0" })},
			"other precision": {other: with(func(o *engine.Options) { o.Precision = "int8" })},
			"other threads":   {other: with(func(o *engine.Options) { o.Threads = 2 })},
			"other scope":     {other: with(func(o *engine.Options) { o.Scope = gem.Frame })},
			"more scopes":     {other: with(func(o *engine.Options) { o.MoreScopes = []gem.Scope{gem.Frame} })},
			"other depth":     {other: with(func(o *engine.Options) { o.Depth = &other })},
			"model's depth":   {other: with(func(o *engine.Options) { o.Depth = nil })},
			"other size":      {other: with(func(o *engine.Options) { o.Height = 448 })},
			"floats":          {other: with(func(o *engine.Options) { o.Float = true })},
			"other library":   {other: with(func(o *engine.Options) { o.Library = "/lib/other.so" })},
			"other cache":     {other: with(func(o *engine.Options) { o.Cache = "/cache" })},
		} {
			var made opener
			p := pool.New(made.open)
			first, _, err := p.Get(t.Context(), "", plain)
			require.NoError(t, err)
			second, _, err := p.Get(t.Context(), ca.id, ca.other)
			require.NoError(t, err)
			require.Equal(t, ca.same, first == second, name)
			require.NoError(t, p.Close())
		}
		var made opener
		p := pool.New(made.open)
		first, _, err := p.Get(t.Context(), "one", plain)
		require.NoError(t, err)
		second, _, err := p.Get(t.Context(), "one", with(func(o *engine.Options) { o.Model = "clip" }))
		require.NoError(t, err)
		require.Same(t, first, second, "an id is enough")
		demo, _, err := p.Get(t.Context(), "", engine.Options{Model: "demo"})
		require.NoError(t, err)
		unnamed, _, err := p.Get(t.Context(), "", engine.Options{})
		require.NoError(t, err)
		require.Same(t, demo, unnamed, "no model is the demo model")
		require.NoError(t, p.Close())
	})
}

func TestAnEngineIsOpenedOnceAndFreedWithItsLastUse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var made opener
		p := pool.New(made.open)
		const users = 5
		releases := make(chan func() error, users)
		for range users {
			go func() {
				_, release, err := p.Get(t.Context(), "", engine.Options{Model: "demo"})
				if err == nil {
					releases <- release
				}
			}()
		}
		var all []func() error
		for range users {
			all = append(all, <-releases)
		}
		require.Len(t, made.opened, 1)
		for _, release := range all[1:] {
			require.NoError(t, release())
			require.NoError(t, release(), "a second call does nothing")
		}
		require.Zero(t, made.opened[0].closed)
		require.NoError(t, all[0]())
		require.Equal(t, 1, made.opened[0].closed)

		_, release, err := p.Get(t.Context(), "", engine.Options{Model: "demo"})
		require.NoError(t, err)
		require.Len(t, made.opened, 2, "opened anew")
		require.NoError(t, p.Close())
		require.NoError(t, release())
		require.Equal(t, 1, made.opened[1].closed, "closed once, by the pool")
		_, _, err = p.Get(t.Context(), "", engine.Options{Model: "demo"})
		require.ErrorIs(t, err, pool.ErrClosed)
	})
}

func TestWhoDoesNotWaitLeavesNothingOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var made opener
		p := pool.New(made.open)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, _, err := p.Get(ctx, "", engine.Options{Model: "demo"})
		require.ErrorIs(t, err, context.Canceled)
		require.Equal(t, 1, made.opened[0].closed)
		require.NoError(t, p.Close())
	})
}

func TestAFailedOpeningIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		made := opener{fails: true}
		p := pool.New(made.open)
		_, _, err := p.Get(t.Context(), "", engine.Options{Model: "demo"})
		require.ErrorIs(t, err, errNoModel)
		made.fails = false
		_, release, err := p.Get(t.Context(), "", engine.Options{Model: "demo"})
		require.NoError(t, err)
		require.NoError(t, release())
		require.NoError(t, p.Close())
	})
}
