package engine

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/engine/gem"
)

const passTime = 100 * time.Millisecond

// ground is for goroutines beside the test's own.
func ground(t *testing.T, e *Engine, r Request) *Result {
	t.Helper()
	got, err := e.Ground(context.Background(), r)
	if !assert.NoError(t, err) {
		return &Result{Prompts: make([]Grounding, len(r.Prompts))}
	}
	return got
}

// TestEqualShares has callers who come back at once and callers who take their time: each gets the same number of answers.
func TestEqualShares(t *testing.T) {
	for name, ca := range map[string]struct {
		size, perCaller int // answers in ten seconds
	}{"one by one": {1, 25}, "in pairs": {2, 50}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := fake(t, &fakeTower{takes: passTime}, Options{BatchSize: ca.size})
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				defer cancel()
				var answers [4]int
				var wg sync.WaitGroup
				for i, pause := range []time.Duration{0, 0, 5 * time.Millisecond, 90 * time.Millisecond} {
					wg.Go(func() {
						for {
							if _, err := e.Ground(ctx, dot(byte(i), "a")); err != nil {
								return
							}
							answers[i]++
							time.Sleep(pause)
						}
					})
				}
				wg.Wait()
				for i, n := range answers {
					require.InDelta(t, ca.perCaller, n, 1, "caller %d of %v", i, answers)
				}
			})
		})
	}
}

// TestThoseWhoCameMeanwhileGoTogether: a batch never waits when there is no timeout, and fills while the tower is busy.
func TestThoseWhoCameMeanwhileGoTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeTower{takes: passTime}
		e := fake(t, f, Options{BatchSize: 3})
		var answers [5]*Result
		var wg sync.WaitGroup
		for i := range 5 {
			wg.Go(func() {
				answers[i] = ground(t, e, dot(byte(i), "a"))
			})
			time.Sleep(time.Millisecond)
		}
		wg.Wait()
		for i, r := range answers {
			require.InDelta(t, float32(i), r.Prompts[0].Score, 0, "everybody gets his own answer")
			require.Equal(t, []int{1, 3, 3, 3, 1}[i], r.Batch)
			passes := []time.Duration{0, 1, 1, 1, 2}[i]
			require.Equal(t, passes*passTime-time.Duration(i)*time.Millisecond, r.Queued)
			require.Equal(t, passTime, r.Took)
		}
		require.Equal(t, [][]byte{{0}, {1, 2, 3}, {4}}, f.seen())
		s := e.Stats()
		require.Equal(t, Stats{Grounds: 5, Runs: 3, Batched: 3, Queued: 5*passTime - 10*time.Millisecond}, s)
	})
}

func TestBatchTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeTower{takes: passTime}
		e := fake(t, f, Options{BatchSize: 2, BatchTimeout: 30 * time.Millisecond})
		began := time.Now()
		r, err := e.Ground(t.Context(), dot(1, "a"))
		require.NoError(t, err)
		require.Equal(t, 30*time.Millisecond, r.Queued, "alone, it waits for mates until the timeout")
		var wg sync.WaitGroup
		for i := range 2 {
			time.Sleep(10 * time.Millisecond)
			wg.Go(func() {
				r := ground(t, e, dot(byte(2+i), "a"))
				assert.Equal(t, time.Duration(1-i)*10*time.Millisecond, r.Queued, "a full batch goes at once")
			})
		}
		wg.Wait()
		require.Equal(t, [][]byte{{1}, {2, 3}}, f.seen())
		require.Equal(t, 250*time.Millisecond, time.Since(began))
	})
}

// TestUnlikeAsksGoApart: what would have to be padded a lot waits for the next pass, in which it is the first.
func TestUnlikeAsksGoApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeTower{takes: passTime}
		e := fake(t, f, Options{BatchSize: 4})
		allFrames := dot(2, "a")
		allFrames.Frames = nil
		many := dot(3)
		for range 100 {
			many.Prompts = append(many.Prompts, "b")
		}
		var wg sync.WaitGroup
		for _, r := range []Request{dot(0, "a"), dot(1, "a"), allFrames, many, dot(4, "a", "b", "c")} {
			wg.Go(func() {
				assert.Len(t, ground(t, e, r).Prompts, len(r.Prompts))
			})
			time.Sleep(time.Millisecond)
		}
		wg.Wait()
		require.Equal(t, [][]byte{{0}, {1, 4}, {2}, {3}}, f.seen())
	})
}

func TestACallerWhoGivesUpWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeTower{takes: passTime}
		e := fake(t, f, Options{})
		go func() { _, _ = e.Ground(context.Background(), dot(1, "a")) }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), passTime/2)
		defer cancel()
		_, err := e.Ground(ctx, dot(2, "a"))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		_, err = e.Ground(t.Context(), dot(3, "a"))
		require.NoError(t, err)
		require.Equal(t, [][]byte{{1}, {3}}, f.seen())
	})
}

// TestACallerWhoGivesUpWhileRunning goes when his pass has ended and may write over his clip then; his mate gets his answer.
func TestACallerWhoGivesUpWhileRunning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeTower{takes: passTime}
		e := fake(t, f, Options{BatchSize: 2, BatchTimeout: time.Second})
		mate := make(chan *Result, 1)
		go func() {
			mate <- ground(t, e, dot(1, "a"))
		}()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), passTime/2)
		defer cancel()
		began := time.Now()
		r := dot(2, "a")
		_, err := e.Ground(ctx, r)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, passTime, time.Since(began))
		clear(r.Clip.Pix)
		require.Equal(t, 2, (<-mate).Batch)
		require.Equal(t, [][]byte{{1, 2}}, f.seen())
	})
}

// TestAClipIsTheCallersAgain: callers who give up at any moment write over their clips at once. The race detector is the judge.
func TestAClipIsTheCallersAgain(t *testing.T) {
	e := fake(t, &fakeTower{takes: time.Millisecond / 5}, Options{BatchSize: 2})
	const side = 256 // large enough that the copy takes its time
	e.spec.Height, e.spec.Width = side, side
	var wg sync.WaitGroup
	for caller := range 2 {
		wg.Go(func() {
			r := dot(1, "a")
			r.Clip.H, r.Clip.W, r.Clip.Pix = side, side, make([]byte, 2*side*side*3)
			for i := range 100 {
				ctx, cancel := context.WithCancel(context.Background())
				go func() {
					for range 10 * (3*i + caller) % 300 {
						runtime.Gosched()
					}
					cancel()
				}()
				_, _ = e.Ground(ctx, r)
				for p := range r.Clip.Pix {
					r.Clip.Pix[p] = byte(i) // clear would be hidden from the race detector
				}
				<-ctx.Done()
			}
		})
	}
	wg.Wait()
	require.NotZero(t, e.Stats().Grounds)
}

// TestOneBadClip: its mates get their answers all the same.
func TestOneBadClip(t *testing.T) {
	for name, value := range map[string]byte{"error": poison, "panic": explosive} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := fake(t, &fakeTower{takes: passTime}, Options{BatchSize: 3, BatchTimeout: time.Second})
				var wg sync.WaitGroup
				for _, pixel := range []byte{1, value, 3} {
					wg.Go(func() {
						r, err := e.Ground(context.Background(), dot(pixel, "a"))
						if pixel == value {
							assert.ErrorContains(t, err, map[string]string{"error": "poisoned clip", "panic": "boom"}[name])
						} else if assert.NoError(t, err) {
							assert.InDelta(t, float32(pixel), r.Prompts[0].Score, 0)
							assert.Equal(t, 1, r.Batch)
						}
					})
				}
				wg.Wait()
				s := e.Stats()
				require.Equal(t, [3]uint64{2, 4, 0}, [3]uint64{s.Grounds, s.Runs, s.Batched})
			})
		})
	}
}

// TestCloseWaits: for the pass that goes on, not for those that have not begun.
func TestCloseWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeTower{takes: passTime}
		e := fake(t, f, Options{})
		errs := make(chan error, 2)
		for i := range 2 {
			go func() {
				_, err := e.Ground(context.Background(), dot(byte(i), "a"))
				errs <- err
			}()
			synctest.Wait()
		}
		began := time.Now()
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() {
				if err := e.Close(); err != nil {
					t.Error(err)
				}
				assert.Equal(t, passTime, time.Since(began), "whoever closes, waits")
			})
		}
		require.ErrorIs(t, <-errs, ErrClosed)
		require.Zero(t, time.Since(began))
		require.NoError(t, <-errs)
		wg.Wait()
		_, err := e.Ground(t.Context(), dot(1, "a"))
		require.ErrorIs(t, err, ErrClosed)
		require.Equal(t, [][]byte{{0}}, f.seen())
	})
}

// TestCloseWaitsForTexts: for callers who are not in the queue yet.
func TestCloseWaitsForTexts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeTower{}
		e := fake(t, f, Options{})
		slow := &embedded{ready: make(chan struct{}), vector: []float32{1}}
		e.text.known["slow"] = slow
		var wg sync.WaitGroup
		wg.Go(func() {
			_, err := e.Embed(context.Background(), []string{"slow"})
			assert.NoError(t, err)
		})
		synctest.Wait()
		wg.Go(func() { assert.NoError(t, e.Close()) })
		synctest.Wait()
		require.False(t, f.isClosed(), "someone is still in")
		close(slow.ready)
		wg.Wait()
		require.True(t, f.isClosed())
	})
}

// TestThreadsLeaveRoom: passes with few threads share the cores.
func TestThreadsLeaveRoom(t *testing.T) {
	cores := runtime.GOMAXPROCS(0)
	for threads, most := range map[int]int{0: 1, 1: cores, cores: 1, cores + 1: 1} {
		synctest.Test(t, func(t *testing.T) {
			f := &fakeTower{takes: passTime}
			e := fake(t, f, Options{Threads: threads})
			var wg sync.WaitGroup
			for range 2 * cores {
				wg.Go(func() { ground(t, e, dot(1, "a")) })
			}
			wg.Wait()
			require.Equal(t, most, f.most, "%d threads", threads)
		})
	}
}

func TestNoWeightings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeTower{}
		e := fake(t, f, Options{})
		all, err := e.GroundAll(t.Context(), dot(1, "a"), nil)
		require.NoError(t, err)
		require.Empty(t, all)
		all, err = e.GroundAll(t.Context(), dot(1), []gem.Weights{gem.None, gem.Static})
		require.NoError(t, err)
		require.Len(t, all, 2, "no prompts: empty answers")
		require.Empty(t, f.seen())
	})
}
