package streaming

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
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
	d.mu.Unlock()
	if d.cut.Load() {
		return nil, errors.New("no route to host")
	}
	w := httptest.NewRecorder()
	in := r.Clone(r.Context())
	in.RequestURI, in.RemoteAddr = r.URL.RequestURI(), "10.0.0.1:1"
	d.handler.ServeHTTP(w, in)
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
