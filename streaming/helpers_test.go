package streaming_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/internal/testsource"
	"github.com/videogem/videogem/streaming/streamtest"
)

// newServer starts a server on a free port.
func newServer(t *testing.T, c streaming.Config) *streaming.Server {
	t.Helper()
	if c.Listen == "" {
		c.Listen = "127.0.0.1:0"
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	s, err := streaming.New(c)
	require.NoError(t, err)
	require.NoError(t, s.Start(t.Context()))
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// addStream adds a stream; one that plays does so until the test ends.
func addStream(t *testing.T, s *streaming.Server, name string, plays bool) (*streaming.Stream, *testsource.Source) {
	t.Helper()
	clip, err := testsource.Embedded()
	require.NoError(t, err)
	return addClip(t, s, name, clip, plays)
}

func addClip(t *testing.T, s *streaming.Server, name string, clip *testsource.Clip, plays bool) (*streaming.Stream, *testsource.Source) {
	t.Helper()
	source := testsource.New(name, clip)
	st, err := s.AddStream(streaming.StreamOptions{Name: name, Codec: clip.Codec, Control: source})
	require.NoError(t, err)
	if plays {
		play(t, source, st, clip)
	}
	return st, source
}

func running(s *streaming.Status) { s.State = streaming.StateRunning }

// play lets a source play until the test ends. There is a picture when it returns.
func play(t *testing.T, source *testsource.Source, st *streaming.Stream, clip *testsource.Clip) {
	t.Helper()
	source.Edit(running)
	st.WriteSample(clip.Frames[0].Data, clip.Duration, true)
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { source.Play(ctx, st) })
	t.Cleanup(func() { cancel(); wg.Wait() })
}

// address is the server's host and port.
func address(t *testing.T, s *streaming.Server) string {
	t.Helper()
	u, err := url.Parse(s.URL())
	require.NoError(t, err)
	return u.Host
}

// call does one request without keeping the connection.
func call(t *testing.T, method, to, body string, header map[string]string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, to, strings.NewReader(body))
	require.NoError(t, err)
	for k, v := range header {
		r.Header.Set(k, v)
	}
	r.Close = true
	resp, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer func() { require.NoError(t, resp.Body.Close()) }()
	b, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp, string(b)
}

// tryCall is call where nothing may listen yet: nil when nothing does.
func tryCall(method, to, body string, header map[string]string) (*http.Response, string) {
	r, err := http.NewRequest(method, to, strings.NewReader(body)) //nolint:noctx // short
	if err != nil {
		return nil, ""
	}
	for k, v := range header {
		r.Header.Set(k, v)
	}
	r.Close = true
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, ""
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, ""
	}
	return resp, string(b)
}

// eventually waits for what happens on other goroutines.
func eventually(t *testing.T, what string, f func() bool) {
	t.Helper()
	require.Eventually(t, f, 20*time.Second, 5*time.Millisecond, what)
}

var sdpHeader = map[string]string{"Content-Type": "application/sdp"}

// peer is a WHEP client.
type peer struct {
	pc       *webrtc.PeerConnection
	location string
	etag     string
	answer   string

	mu      sync.Mutex
	track   *webrtc.TrackRemote
	packets []*rtp.Packet
	hold    chan struct{} // not nil: packets are left unread until it is closed
}

// newPeer makes a client that has its offer ready. setup may change the connection before.
func newPeer(t *testing.T, settings webrtc.SettingEngine, setup func(*webrtc.PeerConnection)) *peer {
	t.Helper()
	settings.SetIncludeLoopbackCandidate(true)
	p := &peer{}
	var err error
	p.pc, err = streamtest.NewViewer(webrtc.NewAPI(webrtc.WithSettingEngine(settings)), webrtc.Configuration{}, streamtest.EachPacket(p.take))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.pc.GracefulClose()) })
	if setup != nil {
		setup(p.pc)
	}
	_, err = streamtest.Offer(p.pc)
	require.NoError(t, err)
	return p
}

func (p *peer) take(track *webrtc.TrackRemote, packet *rtp.Packet) {
	p.mu.Lock()
	if p.track == nil { // from the first packet on it may be read
		p.track = track
	}
	p.packets = append(p.packets, packet)
	hold := p.hold
	p.mu.Unlock()
	if hold != nil {
		<-hold
	}
}

// watch posts the offer, without candidates, and takes the answer.
func (p *peer) watch(t *testing.T, s *streaming.Server, name string) *http.Response {
	t.Helper()
	resp, body := call(t, http.MethodPost, s.URL()+"whep/"+name, p.pc.PendingLocalDescription().SDP, sdpHeader)
	require.Equal(t, http.StatusCreated, resp.StatusCode, body)
	p.location = strings.TrimSuffix(s.URL(), "/") + resp.Header.Get("Location")
	p.etag = resp.Header.Get("ETag")
	p.answer = body
	require.NoError(t, streamtest.Answer(p.pc, body))
	return resp
}

func (p *peer) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.packets)
}

// ufrag is the ICE user of a description.
func ufrag(sdp string) string {
	_, rest, _ := strings.Cut(sdp, "a=ice-ufrag:")
	user, _, _ := strings.Cut(rest, "\r\n")
	return user
}
