package streaming

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestOurOwnOrigin: with TLS a page that came unencrypted is not our own, whatever its host: anybody on the way can have made it.
func TestOurOwnOrigin(t *testing.T) {
	for _, ca := range []struct {
		origin  string
		tls     bool
		allowed bool
	}{
		{"http://cam.example", false, true},
		{"https://cam.example", false, true}, // by a proxy in front
		{"https://cam.example", true, true},
		{"http://cam.example", true, false},
		{"https://cam.example:8443", true, false},
		{"https://other.example", true, false},
		{"null", true, false},
		{"", true, true},
	} {
		s, err := New(Config{Logger: slog.New(slog.DiscardHandler)})
		require.NoError(t, err)
		if ca.tls {
			s.config.TLS = &TLS{}
		}
		asked := false
		r := httptest.NewRequest(http.MethodPut, "/api/streams/a/prompts", http.NoBody)
		r.Host = "cam.example"
		if ca.origin != "" {
			r.Header.Set("Origin", ca.origin)
		}
		w := httptest.NewRecorder()
		s.guard(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true })).ServeHTTP(w, r)
		require.Equal(t, ca.allowed, asked, ca)
		require.Equal(t, !ca.allowed, w.Code == http.StatusForbidden, ca)
	}
}
