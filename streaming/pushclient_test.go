package streaming

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestPushPauses(t *testing.T) {
	var p pushPauses
	lost := fmt.Errorf("%w: %w", errPush, errLate)
	about := func(want time.Duration, got time.Duration) {
		t.Helper()
		require.GreaterOrEqual(t, got, want*8/10)
		require.LessOrEqual(t, got, want*12/10)
	}
	for _, want := range []time.Duration{1, 2, 4, 8, 16, 30, 30} {
		about(want*time.Second, p.after(lost, 0))
	}
	require.Less(t, p.after(lost, 2*time.Minute), pushPauseFirst) // it had run well
	about(time.Second, p.after(&refusedError{code: http.StatusNotFound}, 0))
	about(2*time.Second, p.after(&refusedError{code: http.StatusNotFound}, 0))
	about(4*time.Second, p.after(&refusedError{code: http.StatusConflict}, 0))
	for range 5 { // a server that is away is to be found soon when it is back, however long it was away
		about(2*time.Second, p.after(errors.Join(fmt.Errorf("%w: %w: connection refused", errPush, errUnreached)), 0))
		about(2*time.Second, p.after(&refusedError{code: http.StatusBadGateway}, 0))
	}
	for _, code := range []int{http.StatusUnauthorized, http.StatusForbidden} {
		about(pushDenied, p.after(errors.Join(&refusedError{code: code}, errors.New("closing")), 0))
	}
	require.Equal(t, 8*time.Minute, p.after(&refusedError{code: http.StatusServiceUnavailable, after: 8 * time.Minute}, 0), "as the server wishes")
	different := map[time.Duration]bool{}
	for range 10 {
		different[p.after(lost, 0)] = true
	}
	require.Greater(t, len(different), 5, "many who lost the same server do not come back at once")
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"": 0, "7": 7 * time.Second, "-7": 0, "1h": 0, "7s": 0, "9999999999": pushAfter, "99999999999999999999999": 0, "Fri, 02 Jan 2026 03:05:00 GMT": 55 * time.Second,
		"Fri, 02 Jan 2026 03:00:00 GMT": 0, "Fri, 02 Jan 2099 03:00:00 GMT": pushAfter, "soon": 0,
	} {
		require.Equal(t, want, retryAfter(http.Header{"Retry-After": {text}}, now), text)
	}
}

// whipServers are two servers, of which the first does with requests what a test says.
type whipServers struct {
	to, other *httptest.Server
	do        http.HandlerFunc
	tokens    []string // Authorization as it came, with the host
	referer   string   // that the other has got
}

func newWHIPServers(t *testing.T) *whipServers {
	t.Helper()
	w := &whipServers{}
	note := func(name string, r *http.Request) {
		w.tokens = append(w.tokens, strings.TrimSpace(name+" "+r.Method+" "+r.Header.Get("Authorization")))
	}
	w.to = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { note("to", r); w.do(rw, r) }))
	w.other = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		note("other", r)
		w.referer = r.Header.Get("Referer")
		if r.URL.Path == "/back" {
			http.Redirect(rw, r, w.to.URL+"/there", http.StatusTemporaryRedirect)
			return
		}
		rw.WriteHeader(http.StatusCreated)
	}))
	t.Cleanup(w.to.Close)
	t.Cleanup(w.other.Close)
	return w
}

func (w *whipServers) client(t *testing.T) *pushClient {
	t.Helper()
	u, err := url.Parse(w.to.URL + "/whip/a?key=path-secret")
	require.NoError(t, err)
	return newPushClient(PushOptions{Bearer: "bearer-secret", Client: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}}, u)
}

// TestPushRedirects: 307 and 308 are followed, but the token stays with the scheme, host and port that it is for.
func TestPushRedirects(t *testing.T) {
	for _, c := range []struct {
		name  string
		code  int
		where func(*whipServers) string
		says  string
		came  []string
	}{
		{"on the same host", 307, func(w *whipServers) string { return w.to.URL + "/there" }, "", []string{"to POST Bearer bearer-secret", "to POST Bearer bearer-secret"}},
		{"for good", 308, func(*whipServers) string { return "/there" }, "", []string{"to POST Bearer bearer-secret", "to POST Bearer bearer-secret"}},
		{"to another port", 307, func(w *whipServers) string { return w.other.URL }, "", []string{"to POST Bearer bearer-secret", "other POST"}},
		{"to another host", 307, func(w *whipServers) string { return strings.Replace(w.other.URL, "127.0.0.1", "localhost", 1) }, "", []string{"to POST Bearer bearer-secret", "other POST"}},
		{"and back", 307, func(w *whipServers) string { return w.other.URL + "/back" }, "", []string{"to POST Bearer bearer-secret", "other POST", "to POST Bearer bearer-secret"}},
		{"by 302", 302, func(w *whipServers) string { return w.other.URL }, "307", []string{"to POST Bearer bearer-secret"}},
		{"by 301", 301, func(*whipServers) string { return "/there" }, "307", []string{"to POST Bearer bearer-secret"}},
		{"off the web", 307, func(*whipServers) string { return "ftp://127.0.0.1/" }, "away from https", []string{"to POST Bearer bearer-secret"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWHIPServers(t)
			w.do = func(rw http.ResponseWriter, r *http.Request) {
				if strings.HasPrefix(r.URL.Path, "/there") {
					rw.WriteHeader(http.StatusCreated)
					return
				}
				rw.Header().Set("Location", c.where(w))
				rw.WriteHeader(c.code)
			}
			client := w.client(t)
			r, err := client.send(t.Context(), http.MethodPost, client.to, typeSDP, "offer", "")
			require.Equal(t, c.came, w.tokens)
			require.Empty(t, w.referer, "our address may hold a key")
			if c.says != "" {
				require.ErrorIs(t, err, errPush)
				require.ErrorContains(t, err, c.says)
				require.NotContains(t, err.Error(), "secret")
				return
			}
			require.NoError(t, err)
			require.Equal(t, http.StatusCreated, r.code)
		})
	}
	w := newWHIPServers(t)
	w.do = func(rw http.ResponseWriter, r *http.Request) {
		http.Redirect(rw, r, "/again", http.StatusTemporaryRedirect)
	}
	client := w.client(t)
	_, err := client.send(t.Context(), http.MethodPost, client.to, typeSDP, "offer", "")
	require.ErrorContains(t, err, "circles")
	require.Len(t, w.tokens, 1+pushRedirects)
}

func TestSameOrigin(t *testing.T) {
	for other, want := range map[string]bool{
		"https://sfu.example/x": true, "https://SFU.example:443/": true, "http://sfu.example/": false, "http://sfu.example:443/": false,
		"https://sfu.example:8443/": false, "https://a.sfu.example/": false, "https://example/": false, "https://sfu.example.net/": false,
	} {
		u, err := url.Parse(other)
		require.NoError(t, err)
		require.Equal(t, want, sameOrigin(&url.URL{Scheme: "https", Host: "sfu.example"}, u), other)
	}
}

// TestPushSessionElsewhere: a session may lie on another host or port, which does not get the token.
func TestPushSessionElsewhere(t *testing.T) {
	w := newWHIPServers(t)
	client := w.client(t)
	at := func(from, location string) (*url.URL, error) {
		u, err := url.Parse(from)
		require.NoError(t, err)
		return received{from: u, header: http.Header{"Location": {location}}}.location()
	}
	u, err := at(w.to.URL, w.other.URL+"/session")
	require.NoError(t, err)
	_, err = client.send(t.Context(), http.MethodDelete, u, "", "", "")
	require.NoError(t, err)
	require.Equal(t, []string{"other DELETE"}, w.tokens)
	for location, want := range map[string]string{"/whip/a/1": "https://sfu.example/whip/a/1", "1": "https://sfu.example/whip/1", "https://b.example/x": "https://b.example/x"} {
		u, err = at("https://sfu.example/whip/a", location)
		require.NoError(t, err)
		require.Equal(t, want, u.String())
	}
	for _, location := range []string{"", "http://sfu.example/whip/a/1", "file:///etc/passwd", ":", "https://"} {
		_, err = at("https://sfu.example/whip/a", location)
		require.ErrorIs(t, err, errPush, location)
	}
}

// TestPushKeepsSecrets: whatever the other server says and however requests fail, neither token nor address is in an error.
func TestPushKeepsSecrets(t *testing.T) {
	w := newWHIPServers(t)
	client := w.client(t)
	w.do = func(rw http.ResponseWriter, r *http.Request) {
		rw.WriteHeader(http.StatusForbidden)
		_, _ = fmt.Fprintf(rw, "%s may not use %s", r.Header.Get("Authorization"), r.RequestURI)
	}
	r, err := client.send(t.Context(), http.MethodPost, client.to, typeSDP, "offer", "")
	require.NoError(t, err)
	require.Equal(t, "the server refuses: 403 Forbidden: Bearer … may not use …", r.refused.Error())
	require.ErrorIs(t, r.refused, errPush)
	for n := range pushWords + 20 { // the cut may come anywhere
		w.do = func(rw http.ResponseWriter, r *http.Request) {
			rw.WriteHeader(http.StatusForbidden)
			_, _ = fmt.Fprintf(rw, "%s%s %s", strings.Repeat("é", n/2), r.Header.Get("Authorization"), r.RequestURI)
		}
		r, err := client.send(t.Context(), http.MethodPost, client.to, typeSDP, "offer", "")
		require.NoError(t, err)
		require.NotContains(t, r.refused.text, "be", n)
		require.NotContains(t, r.refused.text, "/w", n)
		require.LessOrEqual(t, len(r.refused.text), pushWords)
		require.True(t, utf8.ValidString(r.refused.text))
	}
	w.to.Close()
	_, err = client.send(t.Context(), http.MethodPost, client.to, typeSDP, "offer", "")
	require.ErrorIs(t, err, errPush)
	require.NotContains(t, err.Error(), "secret")
	require.NotContains(t, err.Error(), "/whip/a")
}

// TestPushChecksCertificates: a server whose certificate nobody vouches for gets nothing.
func TestPushChecksCertificates(t *testing.T) {
	came := 0
	server := httptest.NewTLSServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { came++; rw.WriteHeader(http.StatusCreated) }))
	server.Config.ErrorLog = quietLog(slog.New(slog.DiscardHandler))
	t.Cleanup(server.Close)
	u, err := url.Parse(server.URL)
	require.NoError(t, err)
	client := newPushClient(PushOptions{Bearer: "bearer-secret"}, u)
	_, err = client.send(t.Context(), http.MethodPost, u, typeSDP, "offer", "")
	require.ErrorContains(t, err, "certificate")
	require.Zero(t, came)
	client = newPushClient(PushOptions{Bearer: "bearer-secret", Client: server.Client()}, u)
	_, err = client.send(t.Context(), http.MethodPost, u, typeSDP, "offer", "")
	require.NoError(t, err)
	require.Equal(t, 1, came)
	client.http.CloseIdleConnections()
}
