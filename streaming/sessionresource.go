package streaming

import (
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/videogem/videogem/streaming/auth"
)

// sessionPatch is PATCH of a session by its holder.
func sessionPatch(w http.ResponseWriter, r *http.Request, session *session) error {
	return session.patch(w, r, func() error { return nil })
}

// patch takes candidates that come late, or new credentials, which mean an ICE restart if mayRestart has no error. If-Match has the entity
// tag, or *: RFC 9725 section 4.3.2 has that for restarts, but draft-ietf-wish-whep, "ICE Restarts", goes by the credentials, and MediaMTX's
// clients trickle with *.
func (s *session) patch(w http.ResponseWriter, r *http.Request, mayRestart func() error) error {
	body, err := readBody(w, r, typeFragment)
	if err != nil {
		return err
	}
	match := entityTags(r)
	if len(match) == 0 {
		return failf(http.StatusPreconditionRequired, "send If-Match with the ETag of the session, or *")
	}
	f, err := parseFragment(string(body))
	if err != nil {
		return whepError(w, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	star := slices.Contains(match, "*") || slices.Contains(match, `"*"`) // RFC 9725 has it in quotation marks
	switch {
	case s.over():
		return noSession(r)
	case !star && !slices.Contains(match, s.etag()):
		return failf(http.StatusPreconditionFailed, "the session's ICE was restarted meanwhile; use its newest ETag")
	case s.renewedBy(f):
		if err := mayRestart(); err != nil {
			return err
		}
		return s.patchRestart(w, r, f)
	}
	if err := s.trickle(f); err != nil {
		return whepError(w, err)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// entityTags are those of If-Match, RFC 9110 section 13.1.1.
func entityTags(r *http.Request) []string {
	var all []string
	for _, line := range r.Header.Values("If-Match") {
		for tag := range strings.SplitSeq(line, ",") {
			if tag = strings.TrimSpace(tag); tag != "" {
				all = append(all, tag)
			}
		}
	}
	return all
}

// patchRestart answers the request for an ICE restart; session.mu is held.
func (s *session) patchRestart(w http.ResponseWriter, r *http.Request, f fragment) error {
	if wait := s.home.server.offers.take(client(r)); wait > 0 {
		return tooMany(w, wait, "too many offers and ICE restarts from this address")
	}
	answer, err := s.restart(r.Context(), f, cameTo(r))
	switch {
	case err != nil && s.over():
		return noSession(r)
	case err != nil:
		return whepError(w, err)
	}
	w.Header().Set("Content-Type", typeFragment)
	w.Header().Set("ETag", s.etag())
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write([]byte(answer)) // the client's loss
	return nil
}

// sessionDelete is DELETE of a session. It waits until the peer connection is closed.
func sessionDelete(w http.ResponseWriter, r *http.Request, session *session) error {
	session.end("left")
	select {
	case <-session.done:
	case <-r.Context().Done():
	}
	w.WriteHeader(http.StatusOK)
	return nil
}

// home finds the sessions of the stream or ingest that a path names.
type home func(r *http.Request) (*sessions, error)

func (s *Server) viewers(r *http.Request) (*sessions, error) {
	st, err := s.pathStream(r)
	if err != nil {
		return nil, err
	}
	return st.sessions, nil
}

func (s *Server) publishers(r *http.Request) (*sessions, error) {
	i, err := s.pathIngest(r)
	if err != nil {
		return nil, err
	}
	return i.sessions, nil
}

// inSession hands the session that the path names to f: one of its own stream, and for its own holder only.
func inSession(find home, f func(http.ResponseWriter, *http.Request, *session) error) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		home, err := find(r)
		if err != nil {
			return err
		}
		if wait := home.server.changes.take(client(r)); wait > 0 {
			return tooManyChanges(w, wait)
		}
		if session := home.find(r.PathValue("session")); session != nil && session.holder.ID == asker(r).ID {
			return f(w, r, session)
		}
		return noSession(r)
	}
}

// patchSession is PATCH of a session. Who sends no token, but knows the session's address, which nobody can guess, may add candidates and
// nothing more: MediaMTX's clients send their token with the offer only.
func (s *Server) patchSession(right auth.Right, find home) http.HandlerFunc {
	held := s.access(right, inSession(find, sessionPatch))
	return s.handle(func(w http.ResponseWriter, r *http.Request) error {
		session := s.withoutToken(r, find)
		if session == nil {
			held(w, r)
			return nil
		}
		if wait := s.changes.take(client(r)); wait > 0 {
			return tooManyChanges(w, wait)
		}
		return session.patch(w, r, func() error { return askForToken(w) })
	})
}

// withoutToken finds the session of a request that should have a token, and has none; else it is nil.
func (s *Server) withoutToken(r *http.Request, find home) *session {
	if s.config.Auth == nil || token(r) != "" {
		return nil
	}
	home, err := find(r)
	if err != nil {
		return nil
	}
	return home.find(r.PathValue("session"))
}

func tooManyChanges(w http.ResponseWriter, wait time.Duration) error {
	return tooMany(w, wait, "too many changes of sessions from this address")
}

func noSession(r *http.Request) error {
	return failf(http.StatusNotFound, "the session has ended; POST a new offer to %s", path.Dir(r.URL.Path))
}
