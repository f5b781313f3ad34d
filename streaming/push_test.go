package streaming

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/transport/v5/vnet"
	"github.com/stretchr/testify/require"
)

// direct hands requests to a server without a network, and counts them by method.
type direct struct {
	handler http.Handler
	cut     *atomic.Bool

	mu    sync.Mutex
	count map[string]int
}

// RoundTrip implements http.RoundTripper.
func (d *direct) RoundTrip(r *http.Request) (*http.Response, error) {
	d.mu.Lock()
	d.count[r.Method]++
	handler := d.handler
	d.mu.Unlock()
	if d.cut.Load() {
		return nil, errors.New("no route to host")
	}
	if trace := httptrace.ContextClientTrace(r.Context()); trace != nil {
		trace.GotConn(httptrace.GotConnInfo{})
		if trace.WroteRequest != nil {
			trace.WroteRequest(httptrace.WroteRequestInfo{})
		}
	}
	w := httptest.NewRecorder()
	in := r.Clone(r.Context())
	in.RequestURI, in.RemoteAddr = r.URL.RequestURI(), "10.0.0.1:1"
	handler.ServeHTTP(w, in)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	resp := w.Result()
	resp.Request = r
	return resp, nil
}

func (d *direct) counts() (post, patch int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.count[http.MethodPost], d.count[http.MethodPatch]
}

// TestPushSurvivesItsNetwork: a short cut is mended by an ICE restart of the same session, a long one by a new session.
func TestPushSurvivesItsNetwork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t, 10*time.Millisecond)
		var cut atomic.Bool
		w.router.AddChunkFilter(func(vnet.Chunk) bool { return !cut.Load() })
		to := w.serve(t, "10.0.0.100")
		var mu sync.Mutex
		frames, live := 0, []bool(nil)
		_, err := to.AddIngest(IngestOptions{
			Name:    "a",
			OnFrame: func(IngestFrame) { mu.Lock(); frames++; mu.Unlock() },
			OnLive:  func(now bool) { mu.Lock(); live = append(live, now); mu.Unlock() },
		})
		require.NoError(t, err)
		came := func() (int, []bool) {
			mu.Lock()
			defer mu.Unlock()
			return frames, slices.Clone(live)
		}
		handler, err := to.handler()
		require.NoError(t, err)
		other := &direct{handler: handler, cut: &cut, count: map[string]int{}}
		st, err := w.server.AddStream(StreamOptions{Name: "demo", Control: &control{}})
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		var pushing sync.WaitGroup
		pushing.Go(func() {
			require.NoError(t, st.Push(ctx, PushOptions{URL: "http://10.0.0.100/whip/a", Client: &http.Client{Transport: other}}))
		})
		defer pushing.Wait()
		defer cancel()
		number := 0
		play := func(d time.Duration) {
			for until := time.Now().Add(d); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
				number++
				st.WriteSample(numbered(number, 100, true), 50*time.Millisecond, true)
			}
		}
		play(3 * time.Second)
		before, states := came()
		require.Greater(t, before, 20)
		require.Equal(t, []bool{true}, states)

		cut.Store(true)
		play(iceDisconnected + 2*time.Second)
		cut.Store(false)
		play(5 * time.Second)
		after, states := came()
		require.Greater(t, after, before+40)
		require.Equal(t, []bool{true}, states, "the same session")
		post, patch := other.counts()
		require.Equal(t, 1, post)
		require.Positive(t, patch, "ICE was restarted")

		cut.Store(true)
		play(time.Minute)
		cut.Store(false)
		play(pushPauseMost + connectTimeout + 10*time.Second)
		last, states := came()
		require.Greater(t, last, after+40)
		require.Equal(t, []bool{true, false, true}, states)
		post, _ = other.counts()
		require.GreaterOrEqual(t, post, 2)
		require.LessOrEqual(t, post, 10, "with growing pauses")
	})
}

// TestPushIsBackSoon: a server that was away has the stream within 5 s of its return, however long it was away, and however long it takes to
// say that it knows no session of ours.
func TestPushIsBackSoon(t *testing.T) {
	for name, patch := range map[string]http.HandlerFunc{
		"says at once that it has forgotten us": nil,
		"takes long to say so": func(w http.ResponseWriter, r *http.Request) { // LiveKit 1.9
			select {
			case <-time.After(3 * time.Second):
				http.Error(w, "no response from servers", http.StatusInternalServerError)
			case <-r.Context().Done():
			}
		},
	} {
		for _, away := range []time.Duration{time.Second, 3 * time.Second, 12 * time.Second, 17 * time.Second, time.Minute, 10 * time.Minute} {
			t.Run(name+" after "+away.String(), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { backSoon(t, patch, away) })
			})
		}
	}
}

func backSoon(t *testing.T, patch http.HandlerFunc, away time.Duration) {
	t.Helper()
	w := newWire(t, 10*time.Millisecond)
	var cut, killed atomic.Bool
	w.router.AddChunkFilter(func(c vnet.Chunk) bool {
		const dead = "10.0.0.100:"
		return !killed.Load() || !strings.HasPrefix(c.SourceAddr().String(), dead) && !strings.HasPrefix(c.DestinationAddr().String(), dead)
	})
	var frames atomic.Int64
	start := func(address string) http.Handler {
		s := w.serve(t, address)
		_, err := s.AddIngest(IngestOptions{Name: "a", OnFrame: func(IngestFrame) { frames.Add(1) }})
		require.NoError(t, err)
		handler, err := s.handler()
		require.NoError(t, err)
		return handler
	}
	other := &direct{handler: start("10.0.0.100"), cut: &cut, count: map[string]int{}}
	st, err := w.server.AddStream(StreamOptions{Name: "demo", Control: &control{}})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		require.NoError(t, st.Push(ctx, PushOptions{URL: "http://10.0.0.100/whip/a", Client: &http.Client{Transport: other}}))
	})
	running.Go(func() {
		for number := 0; ctx.Err() == nil; time.Sleep(100 * time.Millisecond) {
			number++
			st.WriteSample(numbered(number, 100, true), 100*time.Millisecond, true)
		}
	})
	defer running.Wait()
	defer cancel()
	time.Sleep(15 * time.Second)
	require.Greater(t, frames.Load(), int64(50))

	cut.Store(true)
	killed.Store(true)
	again := start("10.0.0.101") // what was killed and started again knows nothing
	time.Sleep(away)
	other.mu.Lock()
	other.handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPatch && patch != nil {
			patch(rw, r)
			return
		}
		again.ServeHTTP(rw, r)
	})
	other.mu.Unlock()
	frames.Store(0)
	cut.Store(false)
	back := time.Now()
	for frames.Load() == 0 && time.Since(back) < time.Minute {
		time.Sleep(10 * time.Millisecond)
	}
	t.Log("frames again after", time.Since(back))
	require.Less(t, time.Since(back), 5*time.Second)
}
