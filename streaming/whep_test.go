package streaming_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"
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
	st, err := s.AddStream(streaming.StreamOptions{Name: name, Control: source})
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
	p.track = track
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

func TestWatch(t *testing.T) {
	s := newServer(t, streaming.Config{})
	st, _ := addStream(t, s, "demo", true)
	p := newPeer(t, webrtc.SettingEngine{}, func(pc *webrtc.PeerConnection) { // other players ask for sound, too
		_, err := pc.AddTransceiverFromKind(webrtc.RTPCodecTypeAudio, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly})
		require.NoError(t, err)
	})
	resp := p.watch(t, s, "demo")
	require.Equal(t, "application/sdp", resp.Header.Get("Content-Type"))
	require.Equal(t, "application/trickle-ice-sdpfrag", resp.Header.Get("Accept-Patch"))
	require.NotEmpty(t, p.etag)
	require.Contains(t, p.answer, "a=sendonly")
	require.Contains(t, p.answer, "127.0.0.1")
	require.Contains(t, p.answer, "a=end-of-candidates")
	require.Contains(t, p.answer, "tcptype passive")
	require.Contains(t, p.answer, "a=ice-options:trickle\r\n")
	require.Equal(t, 2, strings.Count(p.answer, "a=rtcp-mux\r\na=rtcp-mux-only\r\n"), "in each section")

	eventually(t, "packets", func() bool { return p.count() > 50 })
	require.Equal(t, 1, st.Viewers())
	p.mu.Lock()
	require.Equal(t, streaming.CodecVP8, p.track.Codec().MimeType)
	var first codecs.VP8Packet
	start, err := first.Unmarshal(p.packets[0].Payload)
	require.NoError(t, err)
	require.Equal(t, uint8(1), first.S, "the first packet begins a frame")
	require.Zero(t, start[0]&1, "and that is a key frame")
	for i := 1; i < len(p.packets); i++ {
		require.Equal(t, p.packets[i-1].SequenceNumber+1, p.packets[i].SequenceNumber)
	}
	p.mu.Unlock()

	resp, _ = call(t, http.MethodDelete, p.location, "", nil)
	require.Equal(t, http.StatusOK, resp.StatusCode)
	resp, body := call(t, http.MethodDelete, p.location, "", nil)
	require.Equal(t, http.StatusNotFound, resp.StatusCode)
	require.Contains(t, body, "POST a new offer")
	eventually(t, "the viewer left", func() bool { return st.Viewers() == 0 && streaming.Sessions(s) == 0 })
}

func TestWatchOverTCP(t *testing.T) {
	s := newServer(t, streaming.Config{})
	addStream(t, s, "demo", true)
	var settings webrtc.SettingEngine
	settings.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeTCP4})
	p := newPeer(t, settings, nil)
	p.watch(t, s, "demo")
	eventually(t, "packets", func() bool { return p.count() > 50 })
}

func TestKeyFrameRequestsOfViewersMerge(t *testing.T) {
	s := newServer(t, streaming.Config{})
	_, source := addStream(t, s, "demo", true)
	var peers []*peer
	for range 3 {
		p := newPeer(t, webrtc.SettingEngine{}, nil)
		p.watch(t, s, "demo")
		peers = append(peers, p)
	}
	for _, p := range peers {
		eventually(t, "packets", func() bool { return p.count() > 0 })
	}
	before, began := source.KeyFrameRequests(), time.Now()
	sent := 0
	for ; sent < 300 || source.KeyFrameRequests() == before; sent++ {
		p := peers[sent%3]
		var want rtcp.Packet = &rtcp.PictureLossIndication{MediaSSRC: uint32(p.track.SSRC())}
		if sent%2 == 0 {
			want = &rtcp.FullIntraRequest{MediaSSRC: uint32(p.track.SSRC()), FIR: []rtcp.FIREntry{{SSRC: uint32(p.track.SSRC()), SequenceNumber: uint8(sent)}}}
		}
		require.NoError(t, p.pc.WriteRTCP([]rtcp.Packet{want}))
		time.Sleep(time.Millisecond)
	}
	asked := source.KeyFrameRequests() - before
	most := int(time.Since(began)/(500*time.Millisecond)) + 2
	require.LessOrEqual(t, asked, most, "of %d requests", sent)
}

func TestSessionsThatDoNotConnectEnd(t *testing.T) {
	s := newServer(t, streaming.Config{})
	streaming.SetConnectTimeout(s, 50*time.Millisecond)
	addStream(t, s, "demo", true)
	p := newPeer(t, webrtc.SettingEngine{}, nil)
	resp, _ := call(t, http.MethodPost, s.URL()+"whep/demo", p.pc.PendingLocalDescription().SDP, sdpHeader)
	require.Equal(t, http.StatusCreated, resp.StatusCode)
	require.Equal(t, 1, streaming.Sessions(s))
	eventually(t, "the session ended", func() bool { return streaming.Sessions(s) == 0 })
}

func TestSessionsEndWithTheirPeer(t *testing.T) {
	s := newServer(t, streaming.Config{})
	st, _ := addStream(t, s, "demo", true)
	p := newPeer(t, webrtc.SettingEngine{}, nil)
	p.watch(t, s, "demo")
	eventually(t, "connected", func() bool { return st.Viewers() == 1 })
	require.NoError(t, p.pc.GracefulClose()) // says so by DTLS
	eventually(t, "the session ended", func() bool { return streaming.Sessions(s) == 0 })
}

func TestSessionsEndWithTheirStream(t *testing.T) {
	s := newServer(t, streaming.Config{})
	st, _ := addStream(t, s, "demo", true)
	other, _ := addStream(t, s, "other", true)
	p, q := newPeer(t, webrtc.SettingEngine{}, nil), newPeer(t, webrtc.SettingEngine{}, nil)
	p.watch(t, s, "demo")
	q.watch(t, s, "other")
	eventually(t, "connected", func() bool { return st.Viewers() == 1 && other.Viewers() == 1 })
	require.NoError(t, st.Close())
	require.Zero(t, st.Viewers())
	resp, _ := call(t, http.MethodGet, s.URL()+"api/streams/demo", "", nil)
	require.Equal(t, http.StatusNotFound, resp.StatusCode)
	require.Equal(t, 1, other.Viewers(), "the other stream goes on")
	st.WriteSample([]byte{1}, time.Second, true) // of no use, no harm
}

func TestSessionLimit(t *testing.T) {
	s := newServer(t, streaming.Config{MaxSessions: 1})
	addStream(t, s, "demo", true)
	p := newPeer(t, webrtc.SettingEngine{}, nil)
	p.watch(t, s, "demo")
	resp, body := call(t, http.MethodPost, s.URL()+"whep/demo", p.pc.CurrentLocalDescription().SDP, sdpHeader)
	require.Equal(t, http.StatusServiceUnavailable, resp.StatusCode)
	require.Equal(t, "5", resp.Header.Get("Retry-After"))
	require.Contains(t, body, "too many viewers")
}

func TestOfferRefusals(t *testing.T) {
	s := newServer(t, streaming.Config{AllowedOrigins: []string{"https://ops.example"}})
	_, waiting := addStream(t, s, "waiting", false)
	addStream(t, s, "demo", true)
	clip, err := testsource.Embedded()
	require.NoError(t, err)
	h264, err := s.AddStream(streaming.StreamOptions{Name: "h264", Codec: streaming.CodecH264, Control: testsource.New("h264", clip)})
	require.NoError(t, err)
	h264.WriteSample([]byte{0, 0, 0, 1, 0x65, 1, 2}, 0, true)
	good := newPeer(t, webrtc.SettingEngine{}, nil).pc.PendingLocalDescription().SDP
	var vp8Only []string
	for line := range strings.SplitSeq(good, "\r\n") {
		if !strings.Contains(line, "H264") {
			vp8Only = append(vp8Only, line)
		}
	}
	for _, ca := range []struct {
		name, method, path, body string
		header                   map[string]string
		status                   int
		says                     string
	}{
		{"unknown stream", "POST", "whep/nobody", good, sdpHeader, 404, "no stream"},
		{"wrong type", "POST", "whep/demo", good, map[string]string{"Content-Type": "application/json"}, 415, "application/sdp"},
		{"no type", "POST", "whep/demo", good, nil, 415, "application/sdp"},
		{"too long", "POST", "whep/demo", good + strings.Repeat("a=x\r\n", 16<<10), sdpHeader, 413, "65536"},
		{"rubbish", "POST", "whep/demo", "rubbish", sdpHeader, 400, "not SDP"},
		{"empty", "POST", "whep/demo", "", sdpHeader, 400, "bad offer"},
		{"no fingerprint", "POST", "whep/demo", strings.ReplaceAll(good, "a=fingerprint", "a=finger"), sdpHeader, 400, "bad offer"},
		{"no mid", "POST", "whep/demo", strings.ReplaceAll(good, "a=mid:", "a=middle:"), sdpHeader, 400, "bad offer"},
		{"other codecs", "POST", "whep/demo", strings.ReplaceAll(good, "VP8/90000", "VPX/90000"), sdpHeader, 406, "the stream is video/VP8"},
		{"no H.264", "POST", "whep/h264", strings.Join(vp8Only, "\r\n"), sdpHeader, 406, "H264"},
		{"not one profile", "POST", "whep/h264", strings.ReplaceAll(good, "packetization-mode=1", "packetization-mode=0"), sdpHeader, 406, "single packets"},
		{"not ready", "POST", "whep/waiting", good, sdpHeader, 409, "no picture"},
		{"read an endpoint", "PUT", "whep/demo", "", nil, 405, ""},
		{"delete an endpoint", "DELETE", "whep/demo", "", nil, 405, ""},
		{"other page", "POST", "whep/demo", good, map[string]string{"Content-Type": "application/sdp", "Origin": "https://evil.example"}, 403, "evil.example"},
		{"sandboxed page", "POST", "whep/demo", good, map[string]string{"Content-Type": "application/sdp", "Origin": "null"}, 403, "null"},
		{"preflight of another page", "OPTIONS", "whep/demo", "", map[string]string{"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}, 403, ""},
		{"session that is not", "DELETE", "whep/demo/AAAA", "", nil, 404, "has ended"},
		{"session of no stream", "PATCH", "whep/nobody/AAAA", "", nil, 404, "no stream"},
	} {
		t.Run(ca.name, func(t *testing.T) {
			resp, body := call(t, ca.method, s.URL()+ca.path, ca.body, ca.header)
			require.Equal(t, ca.status, resp.StatusCode, body)
			require.Contains(t, body, ca.says)
			require.Empty(t, resp.Header.Get("Access-Control-Allow-Origin"))
			require.Empty(t, resp.Header.Get("Location"))
			if ca.status == 409 {
				require.NotEmpty(t, resp.Header.Get("Retry-After"))
			}
		})
	}
	waiting.Edit(func(st *streaming.Status) { st.State, st.Error = streaming.StateFailed, "camera 7 does not answer" })
	_, body := call(t, "POST", s.URL()+"whep/waiting", good, sdpHeader)
	require.Contains(t, body, "camera 7 does not answer")
	require.Zero(t, streaming.Sessions(s), "what is refused leaves nothing behind")
}

func TestOptionsAndOrigins(t *testing.T) {
	s := newServer(t, streaming.Config{AllowedOrigins: []string{"https://ops.example"}})
	addStream(t, s, "demo", true)
	ops := map[string]string{"Origin": "https://ops.example"}
	own := strings.TrimSuffix(s.URL(), "/")

	resp, _ := call(t, http.MethodOptions, s.URL()+"whep/demo", "", nil)
	require.Equal(t, http.StatusNoContent, resp.StatusCode)
	require.Equal(t, "application/sdp", resp.Header.Get("Accept-Post"))
	resp, _ = call(t, http.MethodOptions, s.URL()+"whep/demo/x", "", nil)
	require.Equal(t, "application/trickle-ice-sdpfrag", resp.Header.Get("Accept-Patch"))

	preflight := map[string]string{"Origin": "https://ops.example", "Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "if-match"}
	resp, _ = call(t, http.MethodOptions, s.URL()+"whep/demo/x", "", preflight)
	require.Equal(t, http.StatusNoContent, resp.StatusCode)
	require.Equal(t, "https://ops.example", resp.Header.Get("Access-Control-Allow-Origin"))
	require.Contains(t, resp.Header.Get("Access-Control-Allow-Methods"), "PATCH")
	require.Contains(t, resp.Header.Get("Access-Control-Allow-Headers"), "If-Match")

	resp, _ = call(t, http.MethodGet, s.URL()+"api/streams", "", ops)
	require.Equal(t, "https://ops.example", resp.Header.Get("Access-Control-Allow-Origin"))
	require.Contains(t, resp.Header.Get("Access-Control-Expose-Headers"), "Location")
	require.Contains(t, resp.Header.Values("Vary"), "Origin")
	resp, _ = call(t, http.MethodGet, s.URL()+"api/streams", "", map[string]string{"Origin": "https://evil.example"})
	require.Equal(t, http.StatusOK, resp.StatusCode)
	require.Empty(t, resp.Header.Get("Access-Control-Allow-Origin"), "the browser keeps the answer from that page")

	p := newPeer(t, webrtc.SettingEngine{}, nil)
	header := map[string]string{"Content-Type": "application/sdp", "Origin": own}
	resp, body := call(t, http.MethodPost, s.URL()+"whep/demo", p.pc.PendingLocalDescription().SDP, header)
	require.Equal(t, http.StatusCreated, resp.StatusCode, body)
	require.Equal(t, "nosniff", resp.Header.Get("X-Content-Type-Options"))
	require.Contains(t, resp.Header.Get("Content-Security-Policy"), "default-src 'self'")
}

func TestTrickle(t *testing.T) {
	s := newServer(t, streaming.Config{})
	st, _ := addStream(t, s, "demo", true)
	p := newPeer(t, webrtc.SettingEngine{}, nil)
	p.watch(t, s, "demo")
	frag := func(match string) map[string]string {
		return map[string]string{"Content-Type": "application/trickle-ice-sdpfrag", "If-Match": match}
	}
	const line = "a=mid:0\r\na=candidate:1 1 udp 2130706431 127.0.0.1 9 typ host\r\n"
	for _, ca := range []struct {
		name, body string
		header     map[string]string
		status     int
		says       string
	}{
		{"candidate", "m=video 9 UDP/TLS/RTP/SAVPF 0\r\n" + line, frag(p.etag), 204, ""},
		{"name for an address", "a=candidate:1 1 udp 2130706431 9b36eaac-bb2e-49bb-bb78-21c41c499900.local 9 typ host\r\n", frag(p.etag), 204, ""},
		{"end", "a=end-of-candidates\r\n", frag(p.etag), 204, ""},
		{"wrong type", line, map[string]string{"Content-Type": "application/sdp", "If-Match": p.etag}, 415, "sdpfrag"},
		{"no tag", line, frag(""), 428, "If-Match"},
		{"old tag", line, frag(`"old"`), 412, "newest ETag"},
		{"too long", strings.Repeat(line, 1<<11), frag(p.etag), 413, "65536"},
		{"rubbish", "rubbish", frag(p.etag), 400, "bad sdpfrag"},
		{"rubbish candidate", "a=candidate:x\r\n", frag(p.etag), 400, "no candidate"},
		{"transport that nobody knows", "a=candidate:1 1 sctp 2130706431 127.0.0.1 9 typ host\r\n", frag(p.etag), 204, ""},
		{"address that nobody can resolve", "a=candidate:1 1 udp 2130706431 cam.example 9 typ host\r\n", frag(p.etag), 204, ""},
		{"one of several tags", "a=end-of-candidates\r\n", frag(`"old", ` + p.etag), 204, ""},
		{"weak tag", "a=end-of-candidates\r\n", frag("W/" + p.etag), 412, "newest ETag"},
		{"other user", "a=ice-ufrag:other\r\na=end-of-candidates\r\n", frag(p.etag), 400, "ice-ufrag"},
		{"restart without credentials", line, frag("*"), 400, "new ice-ufrag"},
		{"restart as the RFC writes it", line, frag(`"*"`), 400, "new ice-ufrag"},
		{"restart with the old credentials", "a=ice-ufrag:" + ufrag(p.pc.CurrentLocalDescription().SDP) + "\r\na=ice-pwd:0123456789012345678901\r\n", frag("*"), 400, "new ice-ufrag"},
	} {
		t.Run(ca.name, func(t *testing.T) {
			resp, body := call(t, http.MethodPatch, p.location, ca.body, ca.header)
			require.Equal(t, ca.status, resp.StatusCode, body)
			require.Contains(t, body, ca.says)
		})
	}
	eventually(t, "none of this did harm", func() bool { return st.Viewers() == 1 })
}

func TestICERestart(t *testing.T) {
	s := newServer(t, streaming.Config{})
	addStream(t, s, "demo", true)
	p := newPeer(t, webrtc.SettingEngine{}, nil)
	p.watch(t, s, "demo")
	eventually(t, "packets", func() bool { return p.count() > 20 })

	offer, err := p.pc.CreateOffer(&webrtc.OfferOptions{ICERestart: true})
	require.NoError(t, err)
	gathered := webrtc.GatheringCompletePromise(p.pc)
	require.NoError(t, p.pc.SetLocalDescription(offer))
	<-gathered
	var frag []string
	for line := range strings.SplitSeq(p.pc.PendingLocalDescription().SDP, "\r\n") {
		for _, prefix := range []string{"a=ice-ufrag:", "a=ice-pwd:", "a=candidate:", "a=mid:", "m="} {
			if strings.HasPrefix(line, prefix) {
				frag = append(frag, line+"\r\n")
			}
		}
	}
	header := map[string]string{"Content-Type": "application/trickle-ice-sdpfrag", "If-Match": "*"}
	resp, body := call(t, http.MethodPatch, p.location, strings.Join(frag, ""), header)
	require.Equal(t, http.StatusOK, resp.StatusCode, body)
	require.Equal(t, "application/trickle-ice-sdpfrag", resp.Header.Get("Content-Type"))
	require.NotEqual(t, p.etag, resp.Header.Get("ETag"))
	require.Regexp(t, `^a=group:BUNDLE 0\r\na=ice-options:trickle\r\nm=video \d+ UDP/TLS/RTP/SAVPF `, body)
	require.Contains(t, body, "a=rtcp-mux\r\na=rtcp-mux-only\r\n")

	var answer []string // the old one with the new credentials
	fresh := map[string]string{}
	for line := range strings.SplitSeq(body, "\r\n") {
		key, value, _ := strings.Cut(line, ":")
		fresh[key] = value
	}
	require.NotContains(t, p.answer, fresh["a=ice-ufrag"])
	for line := range strings.SplitSeq(p.answer, "\r\n") {
		if key, _, _ := strings.Cut(line, ":"); key == "a=ice-ufrag" || key == "a=ice-pwd" {
			line = key + ":" + fresh[key]
		}
		answer = append(answer, line)
	}
	require.NoError(t, p.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: strings.Join(answer, "\r\n")}))
	before := p.count()
	eventually(t, "packets after the restart", func() bool { return p.count() > before+50 })
	header["If-Match"] = p.etag
	resp, _ = call(t, http.MethodPatch, p.location, "a=end-of-candidates\r\n", header)
	require.Equal(t, http.StatusPreconditionFailed, resp.StatusCode, "the old tag is no longer right")
}

// TestNewCredentialsAreARestart, whatever If-Match says, if it only matches: draft-ietf-wish-whep, "ICE Restarts".
func TestNewCredentialsAreARestart(t *testing.T) {
	s := newServer(t, streaming.Config{})
	addStream(t, s, "demo", true)
	p := newPeer(t, webrtc.SettingEngine{}, nil)
	p.watch(t, s, "demo")
	patch := func(user, match string) (*http.Response, string) {
		return call(t, http.MethodPatch, p.location, "a=ice-ufrag:"+user+"\r\na=ice-pwd:0123456789012345678901\r\n",
			map[string]string{"Content-Type": "application/trickle-ice-sdpfrag", "If-Match": match})
	}
	resp, body := patch("new1", p.etag)
	require.Equal(t, http.StatusOK, resp.StatusCode, body)
	require.NotEqual(t, p.etag, resp.Header.Get("ETag"))
	require.NotContains(t, body, ufrag(p.answer))
	again, _ := patch("new1", resp.Header.Get("ETag"))
	require.Equal(t, http.StatusNoContent, again.StatusCode, "they are no longer new")
	again, _ = patch("new2", p.etag)
	require.Equal(t, http.StatusPreconditionFailed, again.StatusCode)
}

func TestAPI(t *testing.T) {
	s := newServer(t, streaming.Config{})
	_, source := addStream(t, s, "demo", true)
	addStream(t, s, "second", false)
	json1 := map[string]string{"Content-Type": "application/json"}
	broken := errors.New("the engine is on fire")
	for _, ca := range []struct {
		name, method, path, body string
		header                   map[string]string
		fail                     error
		status                   int
		says                     string
	}{
		{"page", "GET", "", "", nil, nil, 200, "<!doctype html>"},
		{"no such file", "GET", "secret.txt", "", nil, nil, 404, ""},
		{"health", "GET", "healthz", "", nil, nil, 200, "ok"},
		{"streams", "GET", "api/streams", "", nil, nil, 200, `"name":"second"`},
		{"stream", "GET", "api/streams/demo", "", nil, nil, 200, `"state":"`},
		{"unknown stream", "GET", "api/streams/x", "", nil, nil, 404, "no stream"},
		{"unknown stream's events", "GET", "api/streams/x/events", "", nil, nil, 404, "no stream"},
		{"unknown stream's prompts", "PUT", "api/streams/x/prompts", "{}", json1, nil, 404, "no stream"},
		{"not JSON", "PUT", "api/streams/demo/prompts", "prompts", json1, nil, 400, "send"},
		{"not typed", "PUT", "api/streams/demo/prompts", `{"prompts":["a"]}`, nil, nil, 415, "application/json"},
		{"too long", "PUT", "api/streams/demo/prompts", `{"prompts":["` + strings.Repeat("a", 1<<16) + `"]}`, json1, nil, 413, "65536"},
		{"empty prompt", "PUT", "api/streams/demo/prompts", `{"prompts":[" "]}`, json1, nil, 400, "a prompt is empty"},
		{"broken", "PUT", "api/streams/demo/prompts", `{"prompts":["a"]}`, json1, broken, 500, "its log says what"},
		{"other page", "PUT", "api/streams/demo/prompts", `{"prompts":["a"]}`, map[string]string{"Content-Type": "application/json", "Origin": "http://evil.example"}, nil, 403, "evil"},
		{"new prompts", "PUT", "api/streams/demo/prompts", `{"prompts":["a person waving"]}`, json1, nil, 200, "a person waving"},
	} {
		t.Run(ca.name, func(t *testing.T) {
			source.FailWith(ca.fail)
			resp, body := call(t, ca.method, s.URL()+ca.path, ca.body, ca.header)
			require.Equal(t, ca.status, resp.StatusCode, body)
			require.Contains(t, body, ca.says)
			if ca.status >= 400 && ca.says != "" {
				var e struct{ Error string }
				require.NoError(t, json.Unmarshal([]byte(body), &e))
				require.NotEmpty(t, e.Error)
			}
		})
	}
	require.Equal(t, []string{"a person waving"}, source.Prompts())
}

func TestEvents(t *testing.T) {
	s := newServer(t, streaming.Config{})
	st, source := addStream(t, s, "demo", true)
	read := func(path string) *http.Response {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL()+path, nil)
		require.NoError(t, err)
		resp, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		require.Equal(t, "text/event-stream", resp.Header.Get("Content-Type"))
		t.Cleanup(func() { _ = resp.Body.Close(); http.DefaultClient.CloseIdleConnections() })
		return resp
	}
	one, all := read("api/streams/demo/events"), read("api/events")
	require.NoError(t, source.SetPrompts(t.Context(), []string{"a person jumping"}))
	for _, resp := range []*http.Response{one, all} {
		buf := make([]byte, 64<<10)
		text := ""
		for !strings.Contains(text, "a person jumping") {
			n, err := resp.Body.Read(buf)
			require.NoError(t, err)
			text += string(buf[:n])
		}
	}
	require.NoError(t, st.Close())
	_, err := io.Copy(io.Discard, one.Body)
	require.NoError(t, err, "the events end with the stream")
}

func TestListenOnAllInterfaces(t *testing.T) {
	for _, listen := range []string{"0.0.0.0:0", ":0"} {
		s := newServer(t, streaming.Config{Listen: listen, Insecure: true})
		require.Contains(t, s.URL(), "http://127.0.0.1:")
		addStream(t, s, "demo", true)
		p := newPeer(t, webrtc.SettingEngine{}, nil)
		p.watch(t, s, "demo")
		require.Contains(t, p.answer, " 127.0.0.1 ")
		eventually(t, "packets", func() bool { return p.count() > 20 })
	}
}

// ufrag is the ICE user of a description.
func ufrag(sdp string) string {
	_, rest, _ := strings.Cut(sdp, "a=ice-ufrag:")
	user, _, _ := strings.Cut(rest, "\r\n")
	return user
}
