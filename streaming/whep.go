package streaming

import (
	"errors"
	"net/http"
)

// Content types of WHEP.
const (
	typeSDP      = "application/sdp"
	typeFragment = "application/trickle-ice-sdpfrag"
)

// whepOffer is POST /whep/{stream}: an offer in, 201 and the answer out.
func (s *Server) whepOffer(w http.ResponseWriter, r *http.Request) error {
	st, err := s.pathStream(r, "stream")
	if err != nil {
		return err
	}
	body, err := readBody(w, r, typeSDP)
	if err != nil {
		return err
	}
	o, err := parseOffer(string(body), st.options.Codec)
	if err != nil {
		return whepError(w, err)
	}
	if !st.ready() {
		w.Header().Set("Retry-After", "1")
		if status := st.status(); status.Error != "" {
			return failf(http.StatusConflict, "stream %s is not ready: %s", status.Name, status.Error)
		}
		return failf(http.StatusConflict, "stream %s has no picture yet; try again in a second", st.options.Name)
	}
	session, answer, err := newSession(r.Context(), st, o)
	if err != nil {
		return whepError(w, err)
	}
	h := w.Header()
	h.Set("Content-Type", typeSDP)
	h.Set("Location", "/whep/"+st.options.Name+"/"+session.id)
	h.Set("ETag", session.etag())
	h.Set("Accept-Patch", typeFragment)
	w.WriteHeader(http.StatusCreated)
	if _, err := w.Write([]byte(answer)); err != nil {
		session.end("left before the answer")
	}
	return nil
}

// whepError gives an error of a negotiation its status.
func whepError(w http.ResponseWriter, err error) error {
	switch {
	case errors.Is(err, errCodec):
		return failf(http.StatusNotAcceptable, "%v", err)
	case errors.Is(err, errOffer), errors.Is(err, errFragment):
		return failf(http.StatusBadRequest, "%v", err)
	case errors.Is(err, errGone):
		return failf(http.StatusNotFound, "%v", err)
	case errors.Is(err, errFull):
		w.Header().Set("Retry-After", "5")
		return failf(http.StatusServiceUnavailable, "%v", err)
	}
	return err
}

// whepPatch is PATCH of a session: candidates that come late (If-Match has the entity tag), or an ICE restart (If-Match: *).
func (s *Server) whepPatch(w http.ResponseWriter, r *http.Request) error {
	session, err := s.pathSession(r)
	if err != nil {
		return err
	}
	body, err := readBody(w, r, typeFragment)
	if err != nil {
		return err
	}
	match := r.Header.Get("If-Match")
	if match == "" {
		return failf(http.StatusPreconditionRequired, "send If-Match with the ETag of the session, or * to restart ICE")
	}
	f, err := parseFragment(string(body))
	if err != nil {
		return whepError(w, err)
	}
	session.mu.Lock()
	defer session.mu.Unlock()
	if match == "*" {
		return session.patchRestart(w, r, f)
	}
	if match != session.etag() {
		return failf(http.StatusPreconditionFailed, "the session's ICE was restarted meanwhile; use its newest ETag")
	}
	if err := session.trickle(f); err != nil {
		return whepError(w, err)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// patchRestart answers the request for an ICE restart; session.mu is held.
func (s *session) patchRestart(w http.ResponseWriter, r *http.Request, f fragment) error {
	answer, err := s.restart(r.Context(), f)
	if err != nil {
		return whepError(w, err)
	}
	w.Header().Set("Content-Type", typeFragment)
	w.Header().Set("ETag", s.etag())
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write([]byte(answer)) // the client's loss
	return nil
}

// whepDelete is DELETE of a session.
func (s *Server) whepDelete(w http.ResponseWriter, r *http.Request) error {
	session, err := s.pathSession(r)
	if err != nil {
		return err
	}
	session.end("left")
	w.WriteHeader(http.StatusOK)
	return nil
}

func whepOptions(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Allow", "OPTIONS, POST")
	w.Header().Set("Accept-Post", typeSDP)
	w.WriteHeader(http.StatusNoContent)
}

func sessionOptions(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Allow", "DELETE, OPTIONS, PATCH")
	w.Header().Set("Accept-Patch", typeFragment)
	w.WriteHeader(http.StatusNoContent)
}

// pathStream finds the stream that the path names.
func (s *Server) pathStream(r *http.Request, key string) (*Stream, error) {
	name := r.PathValue(key)
	if st := s.stream(name); st != nil {
		return st, nil
	}
	return nil, failf(http.StatusNotFound, "there is no stream %q; GET /api/streams lists those there are", name)
}

// pathSession finds the session that the path names, in its own stream only.
func (s *Server) pathSession(r *http.Request) (*session, error) {
	st, err := s.pathStream(r, "stream")
	if err != nil {
		return nil, err
	}
	if session := st.session(r.PathValue("session")); session != nil {
		return session, nil
	}
	return nil, failf(http.StatusNotFound, "the session has ended; POST a new offer to /whep/%s", st.options.Name)
}
