package engine_test

import (
	"context"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/gem"
)

// rounding is what a pass with others may change: another order of the same sums.
const rounding = 1e-5

// unlike are four requests that have little in common: clips, prompts and how many, frames, weightings.
func unlike(e *engine.Engine) []engine.Request {
	return []engine.Request{
		{Clip: noise(e, 1), Prompts: []string{"a person waving"}, Frames: []int{7, 0}},
		{Clip: noise(e, 2), Prompts: []string{"a person running", "a person waving", "a dog"}, Frames: []int{4, 5}, Weights: &gem.None},
		{Clip: noise(e, 3), Prompts: []string{"a ball", "a person juggling"}, Frames: []int{3, 3}, Weights: &gem.Static},
		{Clip: noise(e, 3), Prompts: []string{"a person waving"}, Frames: []int{1, 2}, Weights: &gem.Dynamic},
	}
}

// TestTogetherEqualsAlone has four callers with unlike requests share one pass, in every scope.
func TestTogetherEqualsAlone(t *testing.T) {
	for _, scope := range []gem.Scope{gem.Joint, gem.Frame, gem.Official4} {
		t.Run(string(scope), func(t *testing.T) {
			e := open(t, engine.Options{Scope: scope, BatchSize: 4, BatchTimeout: time.Minute})
			single := open(t, engine.Options{Scope: scope})
			var answers [4]*engine.Result
			var wg sync.WaitGroup
			for i, r := range unlike(e) {
				wg.Go(func() {
					got, err := e.Ground(context.Background(), r)
					if err != nil || got.Batch != 4 {
						t.Errorf("not one pass of four: %v %v", got, err)
						return
					}
					answers[i] = got
				})
			}
			wg.Wait()
			for i, got := range answers {
				require.NotNil(t, got)
				want, err := single.Ground(t.Context(), unlike(e)[i])
				require.NoError(t, err)
				requireSame(t, want, got)
			}
			require.Equal(t, engine.Stats{Grounds: 4, Runs: 1, Batched: 4, Queued: e.Stats().Queued, TextRuns: 5}, e.Stats())
		})
	}
}

// requireSame compares answers but for their times.
func requireSame(t *testing.T, want, got *engine.Result) {
	t.Helper()
	require.Len(t, got.Prompts, len(want.Prompts))
	require.InDeltaSlice(t, want.Embedding, got.Embedding, 10*rounding) // up to ten times as large as a cosine
	for i, w := range want.Prompts {
		g := got.Prompts[i]
		require.Equal(t, w.Prompt, g.Prompt)
		require.InDelta(t, w.Score, g.Score, rounding)
		require.InDeltaSlice(t, w.Weights[:], g.Weights[:], rounding)
		require.Len(t, g.Heat, len(w.Heat))
		for f := range w.Heat {
			require.InDeltaSlice(t, w.Heat[f].Data, g.Heat[f].Data, rounding)
		}
	}
}

// TestAllWeightingsAndScopes compares one pass with a pass for each.
func TestAllWeightingsAndScopes(t *testing.T) {
	scopes := []gem.Scope{gem.Official4, gem.Joint, gem.Official1, gem.Frame, gem.Official2, gem.Official3}
	weightings := []gem.Weights{gem.None, gem.Static, gem.Dynamic, gem.VideoGEM, gem.VideoGEM.LeaveOneOut(2)}
	e := open(t, engine.Options{Scope: scopes[0], MoreScopes: scopes[1:]})
	r := engine.Request{Clip: noise(e, 4), Prompts: []string{"a person waving", "a dog"}, Frames: []int{7, 2}}
	all, err := e.GroundAll(t.Context(), r, weightings)
	require.NoError(t, err)
	require.Len(t, all, len(scopes)*len(weightings))
	require.Equal(t, uint64(1), e.Stats().Runs)
	for s, scope := range scopes {
		one := open(t, engine.Options{Scope: scope})
		for w := range weightings {
			r.Weights = &weightings[w]
			want, err := one.Ground(t.Context(), r)
			require.NoError(t, err)
			got := all[s*len(weightings)+w]
			require.Equal(t, scope, got.Scope)
			requireSame(t, want, got)
		}
	}
	r.Weights = nil
	first, err := e.Ground(t.Context(), r)
	require.NoError(t, err)
	requireSame(t, all[3], first)
}

// TestINT8GoesAlone: its numbers' range is measured over a batch.
func TestINT8GoesAlone(t *testing.T) {
	e := open(t, engine.Options{Precision: "int8", Device: "cpu", BatchSize: 4})
	var wg sync.WaitGroup
	for _, r := range unlike(e) {
		wg.Go(func() {
			got, err := e.Ground(context.Background(), r)
			if err != nil || got.Batch != 1 {
				t.Errorf("not alone: %v %v", got, err)
			}
		})
	}
	wg.Wait()
}

// cpuTime is what this process has used: on a machine with other work it says more than the clock.
func cpuTime(tb testing.TB) time.Duration {
	tb.Helper()
	var u syscall.Rusage
	require.NoError(tb, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkStreams is what several live streams get out of one engine together.
func BenchmarkStreams(b *testing.B) {
	for _, ca := range []struct {
		name           string
		streams, batch int
		threads        int
	}{{"1", 1, 1, 2}, {"4 one by one", 4, 1, 2}, {"4 in batches", 4, 4, 2}, {"4 one by one, a thread each", 4, 1, 1}} {
		b.Run(ca.name, func(b *testing.B) {
			e := open(b, engine.Options{Threads: ca.threads, BatchSize: ca.batch})
			r := engine.Request{Clip: noise(e, 1), Prompts: []string{"a person waving", "a person running"}, Frames: []int{7}}
			_, err := e.Ground(b.Context(), r)
			require.NoError(b, err)
			before := cpuTime(b)
			for b.Loop() {
				var wg sync.WaitGroup
				for range ca.streams {
					wg.Go(func() {
						if _, err := e.Ground(context.Background(), r); err != nil {
							b.Error(err)
						}
					})
				}
				wg.Wait()
			}
			b.ReportMetric(float64(b.N*ca.streams)/b.Elapsed().Seconds(), "clips/s")
			b.ReportMetric((cpuTime(b)-before).Seconds()*1e3/float64(b.N*ca.streams), "cpu-ms/clip")
		})
	}
}
