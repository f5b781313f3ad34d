package streaming

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzOffer posts viewers' offers to a stream. Whatever comes, the answer has a status that WHEP knows, and an accepted session ends
// when it is deleted.
func FuzzOffer(f *testing.F) {
	s := fuzzServer(f)
	st, err := s.AddStream(StreamOptions{Name: "demo", Control: &control{status: Status{State: StateRunning}}})
	require.NoError(f, err)
	st.WriteSample([]byte{0}, 0, true)
	fuzzOffers(f, s, st.sessions, "/whep/demo", toPeer)
}

// FuzzPublish does the same with publishers' offers.
func FuzzPublish(f *testing.F) {
	s := fuzzServer(f)
	i, err := s.AddIngest(IngestOptions{Name: "demo", OnFrame: func(IngestFrame) {}})
	require.NoError(f, err)
	fuzzOffers(f, s, i.sessions, "/whip/demo", fromPeer)
}

func fuzzServer(f *testing.F) *Server {
	f.Helper()
	s, err := New(Config{Listen: "127.0.0.1:0", OfferRate: 1e6, Logger: slog.New(slog.DiscardHandler)})
	require.NoError(f, err)
	require.NoError(f, s.Start(f.Context()))
	f.Cleanup(func() { require.NoError(f, s.Close()) })
	return s
}

func fuzzOffers(f *testing.F, s *Server, home *sessions, path string, way direction) {
	f.Helper()
	handler, err := s.handler()
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, body string) {
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
		r.Header.Set("Content-Type", typeSDP)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		allowed := []int{http.StatusCreated, http.StatusBadRequest, http.StatusNotAcceptable, http.StatusRequestEntityTooLarge}
		require.True(t, slices.Contains(allowed, w.Code), "%d %s", w.Code, w.Body)
		if w.Code != http.StatusCreated {
			return
		}
		require.NoError(t, checkAnswer(w.Body.String(), way))
		candidates := 0
		for line := range strings.Lines(body) {
			if strings.HasPrefix(strings.TrimLeft(line, "\r"), "a=candidate:") {
				candidates++
			}
		}
		require.LessOrEqual(t, candidates, offerCandidates)
		location := w.Header().Get("Location")
		session := home.find(location[strings.LastIndexByte(location, '/')+1:])
		w = httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(http.MethodDelete, location, nil))
		require.Equal(t, http.StatusOK, w.Code)
		<-session.done
	})
}

// FuzzPatch trickles into a session, and restarts its ICE. Whatever comes, the answer has a status that WHEP knows, and the session is still
// there for its holder.
func FuzzPatch(f *testing.F) {
	s := fuzzServer(f)
	st, err := s.AddStream(StreamOptions{Name: "demo", Control: &control{status: Status{State: StateRunning}}})
	require.NoError(f, err)
	st.WriteSample([]byte{0}, 0, true)
	handler, err := s.handler()
	require.NoError(f, err)
	ask := func(method, path, contentType, match, body string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		r.Header.Set("Content-Type", contentType)
		r.Header.Set("If-Match", match)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		return w
	}
	f.Fuzz(func(t *testing.T, any bool, body string) {
		w := ask(http.MethodPost, "/whep/demo", typeSDP, "", leastOffer)
		require.Equal(t, http.StatusCreated, w.Code, w.Body)
		location, match := w.Header().Get("Location"), w.Header().Get("ETag")
		if any {
			match = "*"
		}
		session := st.sessions.find(location[strings.LastIndexByte(location, '/')+1:])
		w = ask(http.MethodPatch, location, typeFragment, match, body)
		allowed := []int{http.StatusOK, http.StatusNoContent, http.StatusBadRequest, http.StatusRequestEntityTooLarge}
		require.True(t, slices.Contains(allowed, w.Code), "%d %s", w.Code, w.Body)
		if w.Code == http.StatusOK {
			answer, err := parseFragment(w.Body.String())
			require.NoError(t, err)
			require.NotEmpty(t, answer.pwd)
		}
		require.Equal(t, http.StatusOK, ask(http.MethodDelete, location, "", "", "").Code)
		<-session.done
	})
}

// leastOffer is a viewer's offer.
const leastOffer = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n" +
	"m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n" +
	"a=fingerprint:sha-256 " + "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n" +
	"a=setup:actpass\r\na=mid:0\r\na=recvonly\r\na=rtcp-mux\r\na=rtpmap:96 VP8/90000\r\n"
