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
	st, err := s.AddStream(StreamOptions{Name: "demo", Control: &control{}})
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
		location := w.Header().Get("Location")
		session := home.find(location[strings.LastIndexByte(location, '/')+1:])
		w = httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(http.MethodDelete, location, nil))
		require.Equal(t, http.StatusOK, w.Code)
		<-session.done
	})
}
