package streaming

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFailuresTellNoSession: the log of what went wrong here says where, but not the id of a session, with which one may end it.
func TestFailuresTellNoSession(t *testing.T) {
	var log bytes.Buffer
	s, err := New(Config{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	require.NoError(t, err)
	mux := http.NewServeMux()
	mux.HandleFunc("PATCH /whep/{stream}/{session}", s.handle(func(http.ResponseWriter, *http.Request) error { return errors.New("the engine is on fire") }))
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest(http.MethodPatch, "/whep/gate/SECRET", http.NoBody))
	require.Equal(t, http.StatusInternalServerError, w.Code)
	require.NotContains(t, w.Body.String(), "fire")
	for _, want := range []string{"PATCH /whep/{stream}/{session}", "gate", "on fire"} {
		require.Contains(t, log.String(), want)
	}
	require.NotContains(t, log.String(), "SECRET")
}
