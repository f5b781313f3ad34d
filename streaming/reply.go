package streaming

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
)

// maxBody bounds SDP, fragments and prompts.
const maxBody = 64 << 10

// reply is a failed request: the status and, for the reader, what to do.
type reply struct {
	status int
	text   string
}

// Error implements error.
func (r *reply) Error() string { return r.text }

func failf(status int, format string, args ...any) error {
	return &reply{status: status, text: fmt.Sprintf(format, args...)}
}

// handle makes a handler of a func that may fail. What is no reply is a fault of this program: status 500. The log does not get the path: who
// knows a session's id may end it.
func (s *Server) handle(f func(w http.ResponseWriter, r *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		err := f(w, r)
		if err == nil {
			return
		}
		failed := &reply{status: http.StatusInternalServerError, text: "this went wrong on the server; its log says what"}
		if !errors.As(err, &failed) {
			s.config.Logger.Error("request failed", "route", r.Pattern, "stream", r.PathValue("stream"), "error", err)
		}
		writeJSON(w, failed.status, map[string]string{"error": failed.text})
	}
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(b, '\n')) // the client's loss
}

// readBody returns the body of a request of the given content type, or a reply.
func readBody(w http.ResponseWriter, r *http.Request, contentType string) ([]byte, error) {
	got, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || got != contentType {
		return nil, failf(http.StatusUnsupportedMediaType, "send the body as Content-Type: %s", contentType)
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLong *http.MaxBytesError
	switch {
	case errors.As(err, &tooLong):
		return nil, failf(http.StatusRequestEntityTooLarge, "the body is longer than %d bytes", maxBody)
	case err != nil:
		return nil, failf(http.StatusBadRequest, "the body ended early: %v", err)
	}
	return body, nil
}
