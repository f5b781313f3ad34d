package streaming_test

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp/codecs"
	"github.com/pion/webrtc/v4"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/internal/testsource"
)

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
	st.Close()
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

// TestOptionsSayWhatThereIs: OPTIONS and 405 name the same methods, and OPTIONS that candidates may come late, a preflight too.
func TestOptionsSayWhatThereIs(t *testing.T) {
	s := newServer(t, streaming.Config{AllowedOrigins: []string{"https://ops.example"}})
	addStream(t, s, "demo", true)
	addIngest(t, s, "demo")
	for _, path := range []string{"whep/demo", "whip/demo", "whep/demo/x", "whip/demo/x"} {
		wrong, _ := call(t, "REPORT", s.URL()+path, "", nil)
		require.Equal(t, http.StatusMethodNotAllowed, wrong.StatusCode)
		for _, header := range []map[string]string{nil, {"Origin": "https://ops.example", "Access-Control-Request-Method": "PATCH"}} {
			resp, _ := call(t, http.MethodOptions, s.URL()+path, "", header)
			require.Equal(t, http.StatusNoContent, resp.StatusCode)
			require.Equal(t, wrong.Header.Get("Allow"), resp.Header.Get("Allow"), path)
			require.Equal(t, "application/trickle-ice-sdpfrag", resp.Header.Get("Accept-Patch"))
			if !strings.HasSuffix(path, "/x") {
				require.Equal(t, "application/sdp", resp.Header.Get("Accept-Post"))
			}
		}
		for method := range strings.SplitSeq(wrong.Header.Get("Allow"), ", ") {
			resp, _ := call(t, method, s.URL()+path, "", nil)
			require.NotEqual(t, http.StatusMethodNotAllowed, resp.StatusCode, method)
		}
	}
}

// TestAnyOrigin: with tokens all pages may be let in; what counts is the token that a page knows, never the cookie of our own page.
func TestAnyOrigin(t *testing.T) {
	_, err := streaming.New(streaming.Config{AllowedOrigins: []string{"*"}})
	require.ErrorIs(t, err, streaming.ErrConfig)
	require.ErrorContains(t, err, "tokens")
	s := newServer(t, streaming.Config{Auth: newVerifier(t), AllowedOrigins: []string{"*", "https://ops.example"}})
	addStream(t, s, "a", true)
	addStream(t, s, "b", true)
	for _, ca := range []struct {
		origin, allow string
		header        map[string]string
		status        int
	}{
		{"https://any.example", "*", bearer("a-view"), 200},
		{"null", "*", bearer("a-view"), 200},
		{"https://any.example", "*", map[string]string{"Cookie": "videogem_token=a-view"}, 401},
		{"https://ops.example", "https://ops.example", map[string]string{"Cookie": "videogem_token=a-view"}, 200},
		{strings.TrimSuffix(s.URL(), "/"), "", map[string]string{"Cookie": "videogem_token=a-view"}, 200},
		{"https://any.example", "*", nil, 401},
	} {
		header := map[string]string{"Origin": ca.origin}
		maps.Copy(header, ca.header)
		resp, body := call(t, http.MethodGet, s.URL()+"api/streams/a", "", header)
		require.Equal(t, ca.status, resp.StatusCode, "%s %v %s", ca.origin, ca.header, body)
		require.Equal(t, ca.allow, resp.Header.Get("Access-Control-Allow-Origin"), ca.origin)
		require.Empty(t, resp.Header.Get("Access-Control-Allow-Credentials"))
	}
	resp, _ := call(t, http.MethodOptions, s.URL()+"whep/a", "", map[string]string{"Origin": "https://any.example", "Access-Control-Request-Method": "POST"})
	require.Equal(t, http.StatusNoContent, resp.StatusCode)
	require.Equal(t, "*", resp.Header.Get("Access-Control-Allow-Origin"))
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
	st.Close()
	_, err := io.Copy(io.Discard, one.Body)
	require.NoError(t, err, "the events end with the stream")
}
