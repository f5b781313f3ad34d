package streaming_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/internal/testsource"
)

// taker takes an ingest's frames.
type taker struct {
	mu     sync.Mutex
	frames []streaming.IngestFrame
	live   []bool
}

func (k *taker) take(f streaming.IngestFrame) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.frames = append(k.frames, f)
}

func (k *taker) count() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.frames)
}

func (k *taker) states() []bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return append([]bool(nil), k.live...)
}

func addIngest(t *testing.T, s *streaming.Server, name string) (*streaming.Ingest, *taker) {
	t.Helper()
	k := &taker{}
	i, err := s.AddIngest(streaming.IngestOptions{Name: name, OnFrame: k.take, OnLive: func(live bool) {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.live = append(k.live, live)
	}})
	require.NoError(t, err)
	return i, k
}

// push lets a stream be pushed until the test, or the function that is returned, ends it.
func push(t *testing.T, st *streaming.Stream, o streaming.PushOptions) (stop func()) {
	t.Helper()
	o.Client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { require.NoError(t, st.Push(ctx, o)) })
	stop = func() { cancel(); wg.Wait() }
	t.Cleanup(stop)
	return stop
}

// TestPushAndIngest sends a stream from one server to another, which gets every frame as it was.
func TestPushAndIngest(t *testing.T) {
	from, to := newServer(t, streaming.Config{}), newServer(t, streaming.Config{Auth: newVerifier(t)})
	ingest, frames := addIngest(t, to, "a")
	st, source := addStream(t, from, "demo", true)
	stop := push(t, st, streaming.PushOptions{URL: to.URL() + "whip/a", Bearer: "a-publish"})
	eventually(t, "frames", func() bool { return frames.count() > 30 })
	require.Equal(t, []bool{true}, frames.states())

	clip, err := testsource.Embedded()
	require.NoError(t, err)
	known := map[string]bool{}
	for _, f := range clip.Frames {
		known[string(f.Data)] = f.Key
	}
	frames.mu.Lock()
	require.True(t, frames.frames[0].Key)
	for i, f := range frames.frames {
		key, ok := known[string(f.Data)]
		require.True(t, ok, "frame %d is one of the clip's", i)
		require.Equal(t, key, f.Key)
		require.Equal(t, streaming.CodecVP8, f.Codec)
		if i > 0 {
			require.Greater(t, f.PTS, frames.frames[i-1].PTS)
		}
	}
	frames.mu.Unlock()

	before := source.KeyFrameRequests()
	eventually(t, "a key frame asked for through the ingest", func() bool {
		ingest.RequestKeyFrame()
		return source.KeyFrameRequests() > before
	})
	resp, body := call(t, http.MethodPost, to.URL()+"whip/a", newSendingPeer(t).PendingLocalDescription().SDP, bearer("root", "Content-Type", "application/sdp"))
	require.Equal(t, http.StatusConflict, resp.StatusCode, body)
	require.Contains(t, body, "somebody else")

	stop()
	eventually(t, "the session ended", func() bool { return streaming.Sessions(to) == 0 })
	require.Equal(t, []bool{true, false}, frames.states())
	require.Zero(t, st.Viewers())
}

func TestPushRestartsICE(t *testing.T) {
	from, to := newServer(t, streaming.Config{}), newServer(t, streaming.Config{})
	_, frames := addIngest(t, to, "a")
	st, _ := addStream(t, from, "demo", true)
	restart, stop := streaming.RunPush(t.Context(), st, to.URL()+"whip/a")
	eventually(t, "frames", func() bool { return frames.count() > 10 })
	for range 2 {
		require.NoError(t, restart(t.Context()))
		before := frames.count()
		eventually(t, "frames after the restart", func() bool { return frames.count() > before+20 })
	}
	require.Equal(t, []bool{true}, frames.states(), "the session stayed")
	require.ErrorIs(t, stop(), context.Canceled)
}

// TestPushUsesICEServers: an offer has candidates of the STUN and TURN servers that the other server tells of, and does not wait for those
// that do not answer.
func TestPushUsesICEServers(t *testing.T) {
	relay := newServer(t, streaming.Config{TURN: &streaming.TURN{Listen: "127.0.0.1:0"}})
	addStream(t, relay, "demo", true)
	resp, _ := call(t, http.MethodOptions, relay.URL()+"whep/demo", "", nil)
	silent, err := net.ListenPacket("udp4", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, silent.Close()) }()
	for name, c := range map[string]struct {
		links []string
		want  string
	}{
		"a relay":     {resp.Header.Values("Link"), "typ relay"},
		"one is deaf": {append([]string{"<stun:" + silent.LocalAddr().String() + `>; rel="ice-server"`}, resp.Header.Values("Link")...), "typ relay"},
		"none":        {nil, "typ host"},
	} {
		t.Run(name, func(t *testing.T) {
			offers := make(chan string, 10)
			other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				if r.Method == http.MethodOptions {
					w.Header()["Link"] = c.links
					return
				}
				offers <- string(body)
				w.WriteHeader(http.StatusServiceUnavailable)
			}))
			defer other.Close()
			st, _ := addStream(t, newServer(t, streaming.Config{}), "demo", true)
			stop := push(t, st, streaming.PushOptions{URL: other.URL})
			require.Contains(t, <-offers, c.want)
			stop()
		})
	}
}

// lines takes a log.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lines) contains(text string) bool { return l.count(text) > 0 }

func (l *lines) count(text string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.text.String(), text)
}

// distinct is how many different texts the first group of an expression has matched.
func (l *lines) distinct(r *regexp.Regexp) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	found := map[string]bool{}
	for _, m := range r.FindAllStringSubmatch(l.text.String(), -1) {
		found[m[1]] = true
	}
	return len(found)
}

func TestPushTriesAgain(t *testing.T) {
	var log lines
	from := newServer(t, streaming.Config{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	st, _ := addStream(t, from, "demo", true)
	to := newServer(t, streaming.Config{})
	push(t, st, streaming.PushOptions{URL: to.URL() + "whip/late"})
	eventually(t, "the push was refused", func() bool { return log.contains("404") })
	_, frames := addIngest(t, to, "late")
	eventually(t, "frames", func() bool { return frames.count() > 5 })
}

// TestPushIsDenied: a refused token is told plainly, and its words are in no log. That the server is then left alone is pushPauses' part.
func TestPushIsDenied(t *testing.T) {
	var log lines
	from := newServer(t, streaming.Config{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	st, _ := addStream(t, from, "demo", true)
	to := newServer(t, streaming.Config{Auth: newVerifier(t)})
	addIngest(t, to, "a")
	for _, bearer := range []string{"made-up", "a-view"} {
		push(t, st, streaming.PushOptions{URL: to.URL() + "whip/a?key=of-the-stream", Bearer: bearer})
	}
	eventually(t, "401 and 403 are told", func() bool {
		return log.contains("401 Unauthorized") && log.contains("403 Forbidden") && log.contains("give a good one")
	})
	for _, secret := range []string{"made-up", "a-view", "of-the-stream"} {
		require.False(t, log.contains(secret), secret)
	}
}

func TestBadPushAndIngest(t *testing.T) {
	s := newServer(t, streaming.Config{})
	st, _ := addStream(t, s, "demo", false)
	for _, o := range []streaming.PushOptions{{}, {URL: "rtsp://x/y?secret"}, {URL: "https://x y/secret"}, {URL: "http://127.0.0.1/", Overlay: streaming.OverlayNone}, {URL: "http://127.0.0.1/", Overlay: "rubbish"}} {
		err := st.Push(t.Context(), o)
		require.ErrorIs(t, err, streaming.ErrConfig)
		require.NotContains(t, err.Error(), "secret")
	}
	for _, o := range []streaming.IngestOptions{{}, {Name: "a"}, {Name: "a/b", OnFrame: func(streaming.IngestFrame) {}}} {
		_, err := s.AddIngest(o)
		require.ErrorIs(t, err, streaming.ErrConfig)
	}
	i, _ := addIngest(t, s, "a")
	_, err := s.AddIngest(streaming.IngestOptions{Name: "a", OnFrame: func(streaming.IngestFrame) {}})
	require.ErrorIs(t, err, streaming.ErrConfig)
	i.Close()
	_, _ = addIngest(t, s, "a")
}
