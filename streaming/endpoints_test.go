package streaming_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/pion/webrtc/v4"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/auth"
)

// endpoint is an address of the server, and who may use it.
type endpoint struct {
	pattern, query, contentType, body string
	// open endpoints say the same to everybody; known ones to everybody with a token; the others ask for right on the stream in the path.
	open, known bool
	right       auth.Right
	status      int // for who may
}

// endpoints are all of them.
func endpoints(t *testing.T) []endpoint {
	t.Helper()
	watch := newPeer(t, webrtc.SettingEngine{}, nil).pc.PendingLocalDescription().SDP
	send := newSendingPeer(t).PendingLocalDescription().SDP
	const sdp, frag, end = "application/sdp", "application/trickle-ice-sdpfrag", "a=end-of-candidates\r\n"
	return []endpoint{
		{pattern: "POST /whep/{stream}", contentType: sdp, body: watch, right: auth.View, status: 201},
		{pattern: "PATCH /whep/{stream}/{session}", contentType: frag, body: end, right: auth.View, status: 404},
		{pattern: "DELETE /whep/{stream}/{session}", right: auth.View, status: 404},
		{pattern: "POST /whip/{stream}", contentType: sdp, body: send, right: auth.Publish, status: 201},
		{pattern: "PATCH /whip/{stream}/{session}", contentType: frag, body: end, right: auth.Publish, status: 404},
		{pattern: "DELETE /whip/{stream}/{session}", right: auth.Publish, status: 404},
		{pattern: "GET /api/streams/{stream}", right: auth.View, status: 200},
		{pattern: "GET /api/streams/{stream}/events", right: auth.View, status: 200},
		{pattern: "GET /api/streams/{stream}/decompose", query: "?prompt=a+person+waving", right: auth.View, status: 200},
		{pattern: "PUT /api/streams/{stream}/prompts", contentType: "application/json", body: `{"prompts":["x"]}`, right: auth.Prompt, status: 200},

		{pattern: "GET /api/streams", known: true, status: 200},
		{pattern: "GET /api/events", known: true, status: 200},
		{pattern: "GET /api/me", known: true, status: 200},
		{pattern: "POST /api/login", known: true, status: 200},

		// These tell nothing about streams: they are the same for names that there are not.
		{pattern: "GET /whep/{stream}", open: true, status: 204},
		{pattern: "GET /whep/{stream}/{session}", open: true, status: 204},
		{pattern: "GET /whip/{stream}", open: true, status: 204},
		{pattern: "GET /whip/{stream}/{session}", open: true, status: 204},
		{pattern: "OPTIONS /whep/{stream}/{session}", open: true, status: 204},
		{pattern: "OPTIONS /whip/{stream}/{session}", open: true, status: 204},
		{pattern: "DELETE /api/login", open: true, status: 204},
		{pattern: "GET /healthz", open: true, status: 200},
		{pattern: "GET /", open: true, status: 200},
		// These are so without a token; what a token adds (ICE servers) is TestICEServersAreTold's.
		{pattern: "OPTIONS /whep/{stream}", known: true, status: 204},
		{pattern: "OPTIONS /whip/{stream}", known: true, status: 204},
	}
}

// statusFor is what a token for stream a gets at an endpoint of a stream.
func (e endpoint) statusFor(token, stream string) int {
	includes := map[auth.Right][]auth.Right{
		auth.View: {auth.View}, auth.Prompt: {auth.Prompt, auth.View}, auth.Publish: {auth.Publish},
		auth.Admin: {auth.View, auth.Prompt, auth.Publish, auth.Admin},
	}
	_, right, _ := strings.Cut(token, "-")
	held := includes[auth.Right(right)]
	switch {
	case e.open:
		return e.status
	case token == "" && strings.HasPrefix(e.pattern, "OPTIONS"):
		return http.StatusNoContent
	case token == "" || token == "wrong":
		return http.StatusUnauthorized
	case e.known:
		return e.status
	case stream == "nobody" || token != "root" && stream != "a":
		return http.StatusNotFound
	case token == "root" || slices.Contains(held, e.right):
		return e.status
	case slices.Contains(held, auth.View):
		return http.StatusForbidden
	default:
		return http.StatusNotFound
	}
}

// TestEveryEndpointRightAndStream: who holds a token for stream a never sees, hears of or changes stream b. An address that is not in
// endpoints fails it.
func TestEveryEndpointRightAndStream(t *testing.T) {
	s := newServer(t, streaming.Config{Auth: newVerifier(t), OfferRate: 1000})
	for _, name := range []string{"a", "b"} {
		addAsking(t, s, name)
		_, err := s.AddIngest(streaming.IngestOptions{Name: name, OnFrame: func(streaming.IngestFrame) {}})
		require.NoError(t, err)
	}
	var listed []string
	all := endpoints(t)
	for _, e := range all {
		listed = append(listed, e.pattern)
	}
	require.ElementsMatch(t, streaming.Routes(s), listed, "say of each address who may use it")
	for _, e := range all {
		for _, token := range []string{"", "wrong", "a-view", "a-prompt", "a-publish", "a-admin", "root"} {
			for _, stream := range []string{"a", "b", "nobody"} {
				t.Run(fmt.Sprintf("%s of %s with %q", e.pattern, stream, token), func(t *testing.T) { e.try(t, s, token, stream) })
			}
		}
	}
}

// try asks with a token, and compares.
func (e endpoint) try(t *testing.T, s *streaming.Server, token, stream string) {
	t.Helper()
	method, path, _ := strings.Cut(e.pattern, " ")
	at := func(stream string) string {
		return strings.TrimSuffix(s.URL(), "/") + strings.NewReplacer("{stream}", stream, "{session}", "nobody").Replace(path) + e.query
	}
	want := e.statusFor(token, stream)
	streaming.ForgetFailures(s)
	r, err := http.NewRequestWithContext(t.Context(), method, at(stream), strings.NewReader(e.body))
	require.NoError(t, err)
	for k, v := range bearer(token, "Content-Type", e.contentType) {
		r.Header.Set(k, v)
	}
	r.Close = true
	resp, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer func() { require.NoError(t, resp.Body.Close()) }()
	require.Equal(t, want, resp.StatusCode)
	for _, header := range []string{"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Permissions-Policy", "Cross-Origin-Resource-Policy"} {
		require.NotEmpty(t, resp.Header.Get(header), header)
	}
	switch {
	case want == http.StatusUnauthorized:
		require.Contains(t, resp.Header.Get("WWW-Authenticate"), "Bearer")
	case stream == "b" && (want == http.StatusNotFound || want == http.StatusNoContent) && token != "root":
		_, like := call(t, method, at("nobody"), e.body, bearer(token, "Content-Type", e.contentType))
		text, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.Equal(t, like, strings.ReplaceAll(string(text), `"b\"`, `"nobody\"`), "b is like a stream that is not there")
	}
	if location := resp.Header.Get("Location"); location != "" {
		end, _ := call(t, http.MethodDelete, strings.TrimSuffix(s.URL(), "/")+location, "", bearer(token))
		require.Equal(t, http.StatusOK, end.StatusCode)
		eventually(t, "the session ended", func() bool { return streaming.Sessions(s) == 0 })
	}
}

// TestSessionsAreOfTheirStream: the session of a stream cannot be reached by the path of another, whatever the token allows there.
func TestSessionsAreOfTheirStream(t *testing.T) {
	s := newServer(t, streaming.Config{Auth: newVerifier(t)})
	addAsking(t, s, "a")
	addAsking(t, s, "b")
	_, err := s.AddIngest(streaming.IngestOptions{Name: "a", OnFrame: func(streaming.IngestFrame) {}})
	require.NoError(t, err)
	offer := newPeer(t, webrtc.SettingEngine{}, nil).pc.PendingLocalDescription().SDP
	resp, body := call(t, http.MethodPost, s.URL()+"whep/a", offer, bearer("root", "Content-Type", "application/sdp"))
	require.Equal(t, http.StatusCreated, resp.StatusCode, body)
	id := strings.TrimPrefix(resp.Header.Get("Location"), "/whep/a/")
	require.Regexp(t, `^"[A-Z2-7]{8}-0"$`, resp.Header.Get("ETag"))
	for i := range len(id) - 4 {
		require.NotContains(t, resp.Header.Get("ETag"), id[i:i+4], "nothing tells about the id")
	}
	for _, path := range []string{"whep/b/", "whip/a/"} {
		resp, _ = call(t, http.MethodDelete, s.URL()+path+id, "", bearer("root"))
		require.Equal(t, http.StatusNotFound, resp.StatusCode)
	}
	require.Equal(t, 1, streaming.Sessions(s))
	resp, _ = call(t, http.MethodDelete, s.URL()+"whep/a/"+id, "", bearer("root"))
	require.Equal(t, http.StatusOK, resp.StatusCode)
}
