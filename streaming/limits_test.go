package streaming_test

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
)

// TestTimeouts: who sends his request a byte at a time, or does not read the answer, does not keep a connection for ever.
func TestTimeouts(t *testing.T) {
	s := newServer(t, streaming.Config{})
	h := streaming.HTTP(s)
	for what, d := range map[string]time.Duration{"header": h.ReadHeaderTimeout, "request": h.ReadTimeout, "answer": h.WriteTimeout, "idle": h.IdleTimeout} {
		require.Positive(t, d, what)
		require.LessOrEqual(t, d, 2*time.Minute, what)
	}
	streaming.SetHeaderTimeout(s, 50*time.Millisecond)
	conn, err := net.Dial("tcp", address(t, s))
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close()) }()
	_, err = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
	require.NoError(t, err)
	_, err = io.Copy(io.Discard, conn) // ends, because the server closes
	require.NoError(t, err)
}

// TestHeadersAreBounded: long headers are refused.
func TestHeadersAreBounded(t *testing.T) {
	s := newServer(t, streaming.Config{})
	for length, want := range map[int]string{40 << 10: "HTTP/1.1 431 Request Header Fields Too Large", 16 << 10: "HTTP/1.1 200 OK"} {
		conn, err := net.Dial("tcp", address(t, s))
		require.NoError(t, err)
		_, err = io.WriteString(conn, "GET /api/streams HTTP/1.1\r\nHost: localhost\r\nX-Large: "+strings.Repeat("x", length)+"\r\n\r\n")
		require.NoError(t, err)
		line, err := bufio.NewReader(conn).ReadString('\n')
		require.NoError(t, err)
		require.Equal(t, want, strings.TrimSpace(line))
		require.NoError(t, conn.Close())
	}
}

// TestEveryAnswerIsGuarded: errors of the server, of its router and of its doorkeeper have the same headers as the page.
func TestEveryAnswerIsGuarded(t *testing.T) {
	s := newServer(t, streaming.Config{Auth: newVerifier(t)})
	addStream(t, s, "a", true)
	for _, ca := range []struct {
		method, path string
		header       map[string]string
		status       int
	}{
		{"GET", "", nil, 200},
		{"GET", "nowhere", nil, 404},
		{"GET", "js/app.js", nil, 200},
		{"GET", "js/", nil, 404},
		{"GET", "api/me", nil, 401},
		{"PUT", "whep/a", nil, 405},
		{"POST", "api/streams", nil, 405},
		{"TRACE", "", nil, 405},
		{"GET", "..%2f..%2fetc/passwd", nil, 404},
		{"POST", "whep/a", map[string]string{"Origin": "https://evil.example"}, 403},
		{"GET", "api/streams", map[string]string{"Host": "evil.example"}, 403},
		{"POST", "whep/a", bearer("a-view"), 415},
		{"GET", "api/streams/none", bearer("a-view"), 404},
		{"PUT", "api/streams/a/prompts", bearer("a-view"), 403},
	} {
		t.Run(ca.method+" /"+ca.path+fmt.Sprint(" ", ca.status), func(t *testing.T) {
			r, err := http.NewRequestWithContext(t.Context(), ca.method, s.URL()+ca.path, http.NoBody)
			require.NoError(t, err)
			for k, v := range ca.header {
				r.Header.Set(k, v)
			}
			r.Host = ca.header["Host"]
			r.Close = true
			resp, err := http.DefaultTransport.RoundTrip(r)
			require.NoError(t, err)
			require.NoError(t, resp.Body.Close())
			require.Equal(t, ca.status, resp.StatusCode)
			csp := resp.Header.Get("Content-Security-Policy")
			for _, directive := range []string{"default-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'self'", "object-src 'none'"} {
				require.Contains(t, csp, directive)
			}
			require.NotContains(t, csp, "unsafe")
			for name, want := range map[string]string{
				"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin",
				"Cross-Origin-Resource-Policy": "same-origin", "Permissions-Policy": "camera=(self), display-capture=(self), microphone=(), geolocation=()",
			} {
				require.Equal(t, want, resp.Header.Get(name), name)
			}
			if ca.status != http.StatusNotFound { // net/http takes it away there
				require.NotEmpty(t, resp.Header.Get("Cache-Control"))
			}
			require.Empty(t, resp.Header.Get("Access-Control-Allow-Origin"))
			require.Empty(t, resp.Header.Get("Server"))
		})
	}
}

// TestGetOfEndpoints: draft-ietf-wish-whep wants a success without content, and nothing is told by it.
func TestGetOfEndpoints(t *testing.T) {
	s := newServer(t, streaming.Config{Auth: newVerifier(t)})
	addStream(t, s, "a", true)
	for _, path := range []string{"whep/a", "whep/none", "whep/a/session", "whip/a", "whip/a/session"} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			resp, body := call(t, method, s.URL()+path, "", nil)
			require.Equal(t, http.StatusNoContent, resp.StatusCode, path)
			require.Empty(t, body)
		}
	}
	for _, method := range []string{http.MethodPost, http.MethodPut} {
		resp, _ := call(t, method, s.URL()+"whep/a/session", "", bearer("root"))
		require.Equal(t, http.StatusMethodNotAllowed, resp.StatusCode)
		require.Equal(t, "DELETE, GET, HEAD, OPTIONS, PATCH", resp.Header.Get("Allow"))
	}
}

// TestPreflights: what a page of an allowed origin may send and read, also from the internet to a server at home.
func TestPreflights(t *testing.T) {
	s := newServer(t, streaming.Config{AllowedOrigins: []string{"https://ops.example"}, Auth: newVerifier(t)})
	ask := map[string]string{"Origin": "https://ops.example", "Access-Control-Request-Method": "POST", "Access-Control-Request-Private-Network": "true"}
	trickle := "application/trickle-ice-sdpfrag"
	for path, c := range map[string]struct{ post, patch, allow string }{ // RFC 9725 section 4.2 has Accept-Post of endpoints
		"whep/a": {"application/sdp", trickle, "GET, HEAD, OPTIONS, POST"}, "whip/a": {"application/sdp", trickle, "GET, HEAD, OPTIONS, POST"},
		"whip/a/x": {"", trickle, "DELETE, GET, HEAD, OPTIONS, PATCH"}, "api/streams": {},
	} {
		resp, _ := call(t, http.MethodOptions, s.URL()+path, "", ask)
		require.Equal(t, http.StatusNoContent, resp.StatusCode)
		require.Equal(t, "https://ops.example", resp.Header.Get("Access-Control-Allow-Origin"))
		require.Empty(t, resp.Header.Get("Access-Control-Allow-Credentials"), "cookies are for our own page")
		require.Equal(t, "true", resp.Header.Get("Access-Control-Allow-Private-Network"))
		require.Equal(t, c.post, resp.Header.Get("Accept-Post"), path)
		require.Equal(t, c.patch, resp.Header.Get("Accept-Patch"), path)
		require.Equal(t, c.allow, resp.Header.Get("Allow"), path)
		require.Empty(t, resp.Header.Values("Link"), "preflights have no token, and get no ICE servers")
		for _, name := range []string{"Authorization", "Content-Type", "If-Match"} {
			require.Contains(t, resp.Header.Get("Access-Control-Allow-Headers"), name)
		}
	}
	resp, _ := call(t, http.MethodOptions, s.URL()+"whep/a", "", map[string]string{"Origin": "https://ops.example"})
	for _, name := range []string{"Location", "ETag", "Link", "Accept-Patch", "Accept-Post", "Retry-After"} {
		require.Contains(t, resp.Header.Get("Access-Control-Expose-Headers"), name)
	}
	ask["Origin"] = "https://evil.example"
	resp, _ = call(t, http.MethodOptions, s.URL()+"whep/a", "", ask)
	require.Equal(t, http.StatusForbidden, resp.StatusCode)
	require.Empty(t, resp.Header.Get("Access-Control-Allow-Private-Network"))
}

// TestCookiesAreForOurOwnPage: the cookie of a login is of no use to other pages, not even to one of another port of the same machine,
// which browsers send it to.
func TestCookiesAreForOurOwnPage(t *testing.T) {
	s := newServer(t, streaming.Config{Auth: newVerifier(t), AllowedOrigins: []string{"https://ops.example"}})
	addStream(t, s, "a", true)
	_, frames := addIngest(t, s, "a")
	resp, _ := call(t, http.MethodPost, s.URL()+"api/login", "", bearer("a-publish"))
	require.Equal(t, http.StatusOK, resp.StatusCode)
	c := resp.Cookies()[0]
	require.True(t, c.HttpOnly)
	require.Equal(t, http.SameSiteStrictMode, c.SameSite)
	require.Equal(t, "/", c.Path)
	require.Empty(t, c.Domain)
	require.False(t, c.Secure, "the page is http")
	cookie := c.Name + "=" + c.Value
	sdp := newSendingPeer(t).PendingLocalDescription().SDP
	own := strings.TrimSuffix(s.URL(), "/")
	for origin, want := range map[string]int{
		"https://evil.example": 403, "null": 403, "http://127.0.0.1:1": 403, "http://localhost": 403, strings.Replace(own, "127.0.0.1", "localhost", 1): 403,
		own + ".evil.example": 403, own: 201,
	} {
		for _, request := range []struct{ method, path, contentType, body string }{
			{"POST", "whip/a", "application/sdp", sdp}, {"DELETE", "api/login", "", ""}, {"POST", "api/login", "", ""},
		} {
			got, body := call(t, request.method, s.URL()+request.path, request.body, map[string]string{"Cookie": cookie, "Origin": origin, "Content-Type": request.contentType})
			if want == 403 {
				require.Equal(t, want, got.StatusCode, origin+" "+body)
				require.Empty(t, got.Cookies())
				continue
			}
			require.Less(t, got.StatusCode, 300, body)
		}
	}
	require.Zero(t, frames.count())
	// A page of an allowed origin uses a token of its own: its browser neither sends the cookie nor lets it read an answer that had one.
	resp, _ = call(t, http.MethodGet, s.URL()+"api/me", "", map[string]string{"Cookie": cookie, "Origin": "https://ops.example"})
	require.Empty(t, resp.Header.Get("Access-Control-Allow-Credentials"))
}

// TestLoginOverTLS: the cookie is not sent without encryption, and pages come over HTTP/2.
func TestLoginOverTLS(t *testing.T) {
	cert, key := certificate(t, "cam.example")
	folder := t.TempDir()
	certFile, keyFile := filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	require.NoError(t, os.WriteFile(certFile, cert, 0o600))
	require.NoError(t, os.WriteFile(keyFile, key, 0o600))
	s := newServer(t, streaming.Config{Auth: newVerifier(t), TLS: &streaming.TLS{CertFile: certFile, KeyFile: keyFile}})
	addStream(t, s, "a", true)
	client := trusting(t, cert, "cam.example")
	transport, ok := client.Transport.(*http.Transport)
	require.True(t, ok)
	transport.ForceAttemptHTTP2 = true
	do := func(method, path string) *http.Response {
		r, err := http.NewRequestWithContext(t.Context(), method, s.URL()+path, http.NoBody)
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer a-view")
		resp, err := client.Do(r)
		require.NoError(t, err)
		t.Cleanup(func() { _ = resp.Body.Close() })
		require.Equal(t, "HTTP/2.0", resp.Proto)
		require.Equal(t, http.StatusOK, resp.StatusCode)
		return resp
	}
	require.True(t, do(http.MethodPost, "api/login").Cookies()[0].Secure)
	lines := bufio.NewScanner(do(http.MethodGet, "api/events").Body)
	require.True(t, lines.Scan(), "events come over HTTP/2 as well")
	require.Equal(t, "event: streams", lines.Text())
	_, err := tls.Dial("tcp", address(t, s), &tls.Config{MaxVersion: tls.VersionTLS11, InsecureSkipVerify: true}) //nolint:gosec // this is what must fail
	require.Error(t, err, "old TLS is refused")
}

// TestWrongTokensLockOutNobodyElse: who guesses is told to wait; who has shown a good token from the same address goes on.
func TestWrongTokensLockOutNobodyElse(t *testing.T) {
	s := newServer(t, streaming.Config{Auth: newVerifier(t)})
	resp, _ := call(t, http.MethodGet, s.URL()+"api/me", "", bearer("a-view"))
	require.Equal(t, http.StatusOK, resp.StatusCode)
	for range 30 {
		resp, _ = call(t, http.MethodPost, s.URL()+"api/login", "", bearer("guess"))
	}
	require.Equal(t, http.StatusTooManyRequests, resp.StatusCode)
	require.NotEmpty(t, resp.Header.Get("Retry-After"))
	require.Empty(t, resp.Cookies())
	resp, _ = call(t, http.MethodGet, s.URL()+"api/me", "", bearer("root"))
	require.Equal(t, http.StatusTooManyRequests, resp.StatusCode, "guessing would tell, otherwise")
	resp, _ = call(t, http.MethodGet, s.URL()+"api/me", "", bearer("a-view"))
	require.Equal(t, http.StatusOK, resp.StatusCode)
}

// TestTooManyEventStreams: they have an end, and places come back.
func TestTooManyEventStreams(t *testing.T) {
	s := newServer(t, streaming.Config{MaxSessions: 1})
	var open []*http.Response
	for i := range 3 {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL()+"api/events", http.NoBody)
		require.NoError(t, err)
		r.Close = true
		resp, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		open = append(open, resp)
		if i < 2 {
			require.Equal(t, http.StatusOK, resp.StatusCode)
			continue
		}
		require.Equal(t, http.StatusServiceUnavailable, resp.StatusCode)
		require.NotEmpty(t, resp.Header.Get("Retry-After"))
	}
	for _, resp := range open {
		require.NoError(t, resp.Body.Close())
	}
	eventually(t, "a place is free", func() bool {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL()+"api/events", http.NoBody)
		require.NoError(t, err)
		r.Close = true
		resp, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		return resp.StatusCode == http.StatusOK
	})
}

// TestCandidatesAreBounded: each has this machine knock at an address of the peer's choice.
func TestCandidatesAreBounded(t *testing.T) {
	s := newServer(t, streaming.Config{})
	addStream(t, s, "a", true)
	p := newPeer(t, webrtc.SettingEngine{}, nil)
	const line = "a=candidate:1 1 udp 2130706431 192.0.2.1 %d typ host\r\n"
	var many strings.Builder
	for port := range 129 {
		fmt.Fprintf(&many, line, 1000+port)
	}
	resp, body := call(t, http.MethodPost, s.URL()+"whep/a", p.pc.PendingLocalDescription().SDP+many.String(), sdpHeader)
	require.Equal(t, http.StatusBadRequest, resp.StatusCode)
	require.Contains(t, body, "128 candidates")
	resp, body = call(t, http.MethodPost, s.URL()+"whep/a", p.pc.PendingLocalDescription().SDP+strings.Repeat("m=audio 0 RTP/AVP 0\r\n", 32), sdpHeader)
	require.Equal(t, http.StatusBadRequest, resp.StatusCode)
	require.Contains(t, body, "32 media sections")

	p.watch(t, s, "a")
	for part := range 3 {
		many.Reset()
		for port := range 40 {
			fmt.Fprintf(&many, line, 2000+100*part+port)
		}
		resp, _ = call(t, http.MethodPatch, p.location, many.String(), map[string]string{"Content-Type": "application/trickle-ice-sdpfrag", "If-Match": p.etag})
		require.Equal(t, http.StatusNoContent, resp.StatusCode)
	}
	require.Equal(t, 64, streaming.Trickled(s, "a"))
}

// TestChangesAreRated: who floods sessions with late candidates, or guesses at their ids, is told to wait.
func TestChangesAreRated(t *testing.T) {
	s := newServer(t, streaming.Config{OfferRate: .1})
	addStream(t, s, "a", true)
	p := newPeer(t, webrtc.SettingEngine{}, nil)
	p.watch(t, s, "a")
	changes := []func() *http.Response{
		func() *http.Response {
			resp, _ := call(t, http.MethodPatch, p.location, "a=end-of-candidates\r\n", map[string]string{"Content-Type": "application/trickle-ice-sdpfrag", "If-Match": p.etag})
			return resp
		},
		func() *http.Response {
			resp, _ := call(t, http.MethodDelete, s.URL()+"whep/a/guess", "", nil)
			return resp
		},
	}
	for i := range 10 {
		resp := changes[i%2]()
		require.Equal(t, []int{http.StatusNoContent, http.StatusNotFound}[i%2], resp.StatusCode, i)
	}
	eventually(t, "it is enough", func() bool {
		resp := changes[0]()
		return resp.StatusCode == http.StatusTooManyRequests && resp.Header.Get("Retry-After") != ""
	})
}

// TestRestartsAreRated: an ICE restart costs as much as an offer.
func TestRestartsAreRated(t *testing.T) {
	s := newServer(t, streaming.Config{OfferRate: .2})
	addStream(t, s, "a", true)
	p := newPeer(t, webrtc.SettingEngine{}, nil)
	p.watch(t, s, "a")
	last := 0
	for i := range 3 { // the same credentials again are no restart
		resp, _ := call(t, http.MethodPatch, p.location, fmt.Sprintf("a=ice-ufrag:new%d\r\n", i)+"a=ice-pwd:0123456789012345678901\r\n",
			map[string]string{"Content-Type": "application/trickle-ice-sdpfrag", "If-Match": "*"})
		last = resp.StatusCode
		if last == http.StatusTooManyRequests {
			require.NotEmpty(t, resp.Header.Get("Retry-After"))
			break
		}
	}
	require.Equal(t, http.StatusTooManyRequests, last)
}
