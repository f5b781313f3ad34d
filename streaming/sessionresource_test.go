package streaming

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming/auth"
)

// TestPatchOfASessionThatEnds: who has found it just before is told that it is gone, and not that he has done something wrong.
func TestPatchOfASessionThatEnds(t *testing.T) {
	s, err := New(Config{Listen: "127.0.0.1:0", OfferRate: 1000, Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	require.NoError(t, s.Start(t.Context()))
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	st, err := s.AddStream(StreamOptions{Name: "demo", Control: &control{status: Status{State: StateRunning}}})
	require.NoError(t, err)
	const candidates, restart = "a=end-of-candidates\r\n", "a=ice-ufrag:new1\r\na=ice-pwd:0123456789012345678901\r\n"
	try := func(body string, end func(*session)) (status int, text string) {
		o, err := parseOffer(leastOffer, toPeer, CodecVP8)
		require.NoError(t, err)
		n, _, err := newSession(t.Context(), st.sessions, o, auth.Everyone(), nil, st.log, func(log *slog.Logger) (role, error) {
			return newWatching(st.outputs[0], "", nil, log)
		})
		require.NoError(t, err)
		r := httptest.NewRequest(http.MethodPatch, "/whep/demo/"+n.id, strings.NewReader(body))
		r.Header.Set("Content-Type", typeFragment)
		r.Header.Set("If-Match", n.etag())
		end(n)
		w := httptest.NewRecorder()
		err = sessionPatch(w, r, n)
		<-n.done
		if failed, ok := errors.AsType[*reply](err); ok {
			return failed.status, failed.text
		}
		require.NoError(t, err)
		return w.Code, ""
	}
	for _, body := range []string{candidates, restart} {
		status, text := try(body, func(n *session) { n.end("test") })
		require.Equal(t, http.StatusNotFound, status, text)
		require.Contains(t, text, "POST a new offer to /whep/demo")
		for range 20 {
			status, text = try(body, func(n *session) { go n.end("test") })
			require.Contains(t, []int{http.StatusOK, http.StatusNoContent, http.StatusNotFound}, status, text)
		}
	}
}
