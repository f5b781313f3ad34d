package streaming_test

import (
	"bufio"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/pion/webrtc/v4"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/auth"
	"github.com/videogem/videogem/streaming/streamtest"
)

var jwtSecret = []byte("0123456789abcdef0123456789abcdef")

// newVerifier knows a token for every right on stream "a", such as "a-view", one that may do all, "root", and JWTs.
func newVerifier(t *testing.T) *auth.Verifier {
	t.Helper()
	c := auth.Config{Logger: slog.New(slog.DiscardHandler), JWT: &auth.JWT{Secret: jwtSecret}}
	for _, r := range []auth.Right{auth.View, auth.Prompt, auth.Publish, auth.Admin} {
		name := "a-" + string(r)
		c.Tokens = append(c.Tokens, auth.Token{Name: name, Hash: auth.Hash(name), Grants: []auth.Grant{{Stream: "a", Rights: []auth.Right{r}}}})
	}
	c.Tokens = append(c.Tokens, auth.Token{Name: "root", Hash: auth.Hash("root"), Grants: []auth.Grant{{Stream: "*", Rights: []auth.Right{auth.Admin}}}})
	v, err := auth.New(t.Context(), c)
	require.NoError(t, err)
	return v
}

func bearer(token string, more ...string) map[string]string {
	h := map[string]string{"Authorization": "Bearer " + token}
	for i := 0; i < len(more); i += 2 {
		h[more[i]] = more[i+1]
	}
	if token == "" {
		delete(h, "Authorization")
	}
	return h
}

// signedToken is a JWT that may watch stream "a" for a while.
func signedToken(t *testing.T, life time.Duration) string {
	t.Helper()
	text, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"sub": "anna", "exp": time.Now().Add(life).Unix(), "videogem": []any{map[string]any{"stream": "a", "rights": []string{"view"}}},
	}).SignedString(jwtSecret)
	require.NoError(t, err)
	return text
}

func TestListsAndEventsNameOnlyWhatMayBeSeen(t *testing.T) {
	s := newServer(t, streaming.Config{Auth: newVerifier(t)})
	addStream(t, s, "a", true)
	addStream(t, s, "b", true)
	names := func(b []byte) (n []string) {
		var l struct{ Streams []struct{ Name string } }
		require.NoError(t, json.Unmarshal(b, &l))
		for _, st := range l.Streams {
			n = append(n, st.Name)
		}
		return n
	}
	for token, want := range map[string][]string{"a-view": {"a"}, "a-prompt": {"a"}, "a-publish": nil, "a-admin": {"a"}, "root": {"a", "b"}} {
		resp, body := call(t, http.MethodGet, s.URL()+"api/streams", "", bearer(token))
		require.Equal(t, http.StatusOK, resp.StatusCode)
		require.Equal(t, want, names([]byte(body)), token)

		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL()+"api/events", http.NoBody)
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer "+token)
		r.Close = true
		events, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		lines := bufio.NewScanner(events.Body)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				require.Equal(t, want, names([]byte(data)), token)
				break
			}
		}
		require.NoError(t, events.Body.Close())
	}
	for _, path := range []string{"api/streams", "api/events", "api/me"} {
		resp, _ := call(t, http.MethodGet, s.URL()+path, "", nil)
		require.Equal(t, http.StatusUnauthorized, resp.StatusCode, path)
	}
	resp, _ := call(t, http.MethodGet, s.URL(), "", nil)
	require.Equal(t, http.StatusOK, resp.StatusCode, "the page itself is no secret: it asks for the token")
}

func TestSessionsBelongToTheirBearer(t *testing.T) {
	s := newServer(t, streaming.Config{Auth: newVerifier(t)})
	addStream(t, s, "a", true)
	offer := newPeer(t, webrtc.SettingEngine{}, nil).pc.PendingLocalDescription().SDP
	resp, body := call(t, http.MethodPost, s.URL()+"whep/a", offer, bearer("a-view", "Content-Type", "application/sdp"))
	require.Equal(t, http.StatusCreated, resp.StatusCode, body)
	session := strings.TrimSuffix(s.URL(), "/") + resp.Header.Get("Location")
	require.Len(t, session[strings.LastIndexByte(session, '/')+1:], 26, "26 characters of base 32: 130 bits")
	for _, token := range []string{"a-prompt", "root"} {
		resp, _ = call(t, http.MethodDelete, session, "", bearer(token))
		require.Equal(t, http.StatusNotFound, resp.StatusCode)
		resp, _ = call(t, http.MethodPatch, session, "a=end-of-candidates\r\n", bearer(token, "Content-Type", "application/trickle-ice-sdpfrag", "If-Match", "*"))
		require.Equal(t, http.StatusNotFound, resp.StatusCode)
	}
	resp, _ = call(t, http.MethodDelete, session, "", bearer("a-view"))
	require.Equal(t, http.StatusOK, resp.StatusCode)
}

func TestSessionsEndWithTheirToken(t *testing.T) {
	s := newServer(t, streaming.Config{Auth: newVerifier(t)})
	addStream(t, s, "a", true)
	offer := newPeer(t, webrtc.SettingEngine{}, nil).pc.PendingLocalDescription().SDP
	// The leeway for clocks that differ is 30 s: a token that ran out 28 s ago is good for 2 s more at most.
	token := signedToken(t, -28*time.Second)
	resp, body := call(t, http.MethodPost, s.URL()+"whep/a", offer, bearer(token, "Content-Type", "application/sdp"))
	require.Equal(t, http.StatusCreated, resp.StatusCode, body)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL()+"api/events", http.NoBody)
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+token)
	r.Close = true
	events, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer func() { require.NoError(t, events.Body.Close()) }()
	_, err = io.Copy(io.Discard, events.Body)
	require.NoError(t, err, "events end with the token")
	eventually(t, "the session ended", func() bool { return streaming.Sessions(s) == 0 })
}

func TestLogin(t *testing.T) {
	s := newServer(t, streaming.Config{Auth: newVerifier(t)})
	addStream(t, s, "a", true)
	resp, body := call(t, http.MethodPost, s.URL()+"api/login", "", bearer("a-prompt"))
	require.Equal(t, http.StatusOK, resp.StatusCode)
	require.JSONEq(t, `{"tokens":true,"id":"token:a-prompt","grants":[{"stream":"a","rights":["prompt"]}]}`, body)
	require.Len(t, resp.Cookies(), 1)
	c := resp.Cookies()[0]
	require.True(t, c.HttpOnly)
	require.Equal(t, http.SameSiteStrictMode, c.SameSite)
	cookie := map[string]string{"Cookie": c.Name + "=" + c.Value}
	resp, _ = call(t, http.MethodGet, s.URL()+"api/streams/a", "", cookie)
	require.Equal(t, http.StatusOK, resp.StatusCode)
	cookie["Origin"] = "https://evil.example"
	cookie["Content-Type"] = "application/json"
	resp, _ = call(t, http.MethodPut, s.URL()+"api/streams/a/prompts", `{"prompts":["x"]}`, cookie)
	require.Equal(t, http.StatusForbidden, resp.StatusCode)
	resp, _ = call(t, http.MethodDelete, s.URL()+"api/login", "", nil)
	require.Equal(t, http.StatusNoContent, resp.StatusCode)
	require.True(t, resp.Cookies()[0].Expires.Before(time.Now()))

	open := newServer(t, streaming.Config{})
	resp, body = call(t, http.MethodGet, open.URL()+"api/me", "", nil)
	require.Equal(t, http.StatusOK, resp.StatusCode)
	require.JSONEq(t, `{"tokens":false,"grants":[{"stream":"*","rights":["admin"]}]}`, body)
}

// TestLongTokensDoNotLogIn: a JWT may be longer than any cookie. It is good for requests with a header.
func TestLongTokensDoNotLogIn(t *testing.T) {
	long, short := strings.Repeat("x", 4050), strings.Repeat("y", 3900)
	var tokens []auth.Token
	for _, text := range []string{long, short} {
		tokens = append(tokens, auth.Token{Name: text[:1], Hash: auth.Hash(text), Grants: []auth.Grant{{Stream: "*", Rights: []auth.Right{auth.View}}}})
	}
	verifier, err := auth.New(t.Context(), auth.Config{Tokens: tokens})
	require.NoError(t, err)
	s := newServer(t, streaming.Config{Auth: verifier})
	resp, body := call(t, http.MethodPost, s.URL()+"api/login", "", bearer(long))
	require.Equal(t, http.StatusBadRequest, resp.StatusCode)
	require.Contains(t, body, "4096 bytes")
	require.Empty(t, resp.Cookies())
	resp, _ = call(t, http.MethodGet, s.URL()+"api/me", "", bearer(long))
	require.Equal(t, http.StatusOK, resp.StatusCode)
	resp, _ = call(t, http.MethodPost, s.URL()+"api/login", "", bearer(short))
	require.Equal(t, http.StatusOK, resp.StatusCode)
	require.LessOrEqual(t, len(resp.Header.Get("Set-Cookie")), 4096)
}

func TestTooManyWrongTokens(t *testing.T) {
	s := newServer(t, streaming.Config{Auth: newVerifier(t)})
	last := 0
	for range 30 {
		resp, _ := call(t, http.MethodGet, s.URL()+"api/me", "", bearer("wrong"))
		last = resp.StatusCode
		if last == http.StatusTooManyRequests {
			require.NotEmpty(t, resp.Header.Get("Retry-After"))
			break
		}
		require.Equal(t, http.StatusUnauthorized, last)
	}
	require.Equal(t, http.StatusTooManyRequests, last)
}

func TestTooManyOffers(t *testing.T) {
	s := newServer(t, streaming.Config{OfferRate: .2})
	addStream(t, s, "a", true)
	for i := range 3 {
		resp, body := call(t, http.MethodPost, s.URL()+"whep/a", "rubbish", sdpHeader)
		if i < 2 {
			require.Equal(t, http.StatusBadRequest, resp.StatusCode, body)
			continue
		}
		require.Equal(t, http.StatusTooManyRequests, resp.StatusCode, body)
		require.NotEmpty(t, resp.Header.Get("Retry-After"))
	}
}

func TestAccept(t *testing.T) {
	s := newServer(t, streaming.Config{})
	addStream(t, s, "a", true)
	for accept, status := range map[string]int{
		"application/sdp": 400, "*/*": 400, "text/html, application/*;q=0.1": 400, "text/html": 406, "application/sdp;q=0": 406, "nonsense/": 406,
		"application/sdp;q=0, */*": 406, "*/*, application/sdp;q=0": 406, "application/*;q=0, */*;q=0.5": 406, "*/*;q=0, application/*": 400, "*/*;q=0, application/sdp;q=0.1": 400,
	} {
		resp, body := call(t, http.MethodPost, s.URL()+"whep/a", "rubbish", map[string]string{"Content-Type": "application/sdp", "Accept": accept})
		require.Equal(t, status, resp.StatusCode, accept+" "+body)
	}
}

func TestOpenAddressesNeedTokens(t *testing.T) {
	for listen, ok := range map[string]bool{
		"": true, "localhost:0": true, "127.0.0.1:0": true, "127.1.2.3:0": true, "[::1]:0": true,
		":0": false, "0.0.0.0:0": false, "[::]:0": false, "192.0.2.1:0": false, "cam.example:0": false,
	} {
		_, err := streaming.New(streaming.Config{Listen: listen})
		require.Equal(t, ok, err == nil, listen)
		if !ok {
			require.ErrorIs(t, err, streaming.ErrConfig)
		}
		_, err = streaming.New(streaming.Config{Listen: listen, Insecure: true})
		require.NoError(t, err)
		_, err = streaming.New(streaming.Config{Listen: listen, Auth: newVerifier(t)})
		require.NoError(t, err)
	}
}

// TestNothingIsHeardOfOtherStreams: what happens to stream b changes nothing in the events of those who may see a.
func TestNothingIsHeardOfOtherStreams(t *testing.T) {
	s := newServer(t, streaming.Config{Auth: newVerifier(t)})
	a, b := addAsking(t, s, "a"), addAsking(t, s, "b")
	events := func(path, token string) *bufio.Scanner {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL()+path, http.NoBody)
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer "+token)
		r.Close = true
		resp, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, resp.StatusCode)
		t.Cleanup(func() { _ = resp.Body.Close() })
		lines := bufio.NewScanner(resp.Body)
		lines.Buffer(nil, 1<<20)
		return lines
	}
	until := func(lines *bufio.Scanner, text string) (all string) {
		for lines.Scan() {
			if all += lines.Text() + "\n"; strings.Contains(lines.Text(), text) {
				return all
			}
		}
		require.Fail(t, "the events ended", all)
		return ""
	}
	mine, one, everybody := events("api/events", "a-view"), events("api/streams/a/events", "a-view"), events("api/events", "root")
	require.NoError(t, b.SetPrompts(t.Context(), []string{"seen in b"}))
	until(everybody, "seen in b")
	require.NoError(t, a.SetPrompts(t.Context(), []string{"seen in a"}))
	for _, lines := range []*bufio.Scanner{mine, one} {
		require.NotContains(t, until(lines, "seen in a"), "in b")
	}
	// Changes by who may not reach b, over everything that takes them, and b is as it was.
	for _, token := range []string{"a-admin", "a-prompt", "wrong", ""} {
		streaming.ForgetFailures(s)
		resp, _ := call(t, http.MethodPut, s.URL()+"api/streams/b/prompts", `{"prompts":["changed"]}`, bearer(token, "Content-Type", "application/json"))
		require.GreaterOrEqual(t, resp.StatusCode, 401)
	}
	require.Equal(t, []string{"seen in b"}, b.Prompts())
	require.Equal(t, []string{"seen in a"}, a.Prompts())
}

// TestLogsKeepSecrets: neither tokens nor what stands for them is in the log, not even in that for developers.
func TestLogsKeepSecrets(t *testing.T) {
	var log lines
	s := newServer(t, streaming.Config{
		Auth: newVerifier(t), Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})), TURN: &streaming.TURN{Listen: "127.0.0.1:0"},
	})
	addAsking(t, s, "a")
	signed := signedToken(t, time.Hour)
	secrets := []string{"made-up-token", signed, signed[:len(signed)-3] + "xyz", "Bearer", streaming.TURNSecret(s)}
	for _, token := range secrets[:3] {
		call(t, http.MethodGet, s.URL()+"api/me", "", bearer(token))
		call(t, http.MethodGet, s.URL()+"api/me", "", map[string]string{"Cookie": "videogem_token=" + token})
	}
	p := newPeer(t, webrtc.SettingEngine{}, nil)
	resp, body := call(t, http.MethodPost, s.URL()+"whep/a", p.pc.PendingLocalDescription().SDP, bearer("a-view", "Content-Type", "application/sdp"))
	require.Equal(t, http.StatusCreated, resp.StatusCode, body)
	require.NoError(t, streamtest.Answer(p.pc, body))
	eventually(t, "packets", func() bool { return p.count() > 10 })
	_, id, _ := strings.Cut(resp.Header.Get("Location"), "/whep/a/")
	secrets = append(secrets, id, id[:8], "a-view")
	for _, link := range resp.Header.Values("Link") {
		secrets = append(secrets, iceLink.FindStringSubmatch(link)[3])
	}
	resp, _ = call(t, http.MethodDelete, s.URL()+"whep/a/"+id, "", bearer("a-view"))
	require.Equal(t, http.StatusOK, resp.StatusCode)
	require.True(t, log.contains("session ended"))
	require.True(t, log.contains("token refused"))
	for _, secret := range secrets {
		require.False(t, log.contains(secret), secret)
	}
}
