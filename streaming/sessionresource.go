package streaming

import (
	"net/http"
	"path"
	"slices"
	"strings"
)

// sessionPatch is PATCH of a session: candidates that come late (If-Match has the entity tag), or an ICE restart (If-Match: *). New
// credentials mean a restart in any case, draft-ietf-wish-whep, "ICE Restarts".
func sessionPatch(w http.ResponseWriter, r *http.Request, session *session) error {
	body, err := readBody(w, r, typeFragment)
	if err != nil {
		return err
	}
	match := entityTags(r)
	if len(match) == 0 {
		return failf(http.StatusPreconditionRequired, "send If-Match with the ETag of the session, or * to restart ICE")
	}
	f, err := parseFragment(string(body))
	if err != nil {
		return whepError(w, err)
	}
	session.mu.Lock()
	defer session.mu.Unlock()
	star := slices.Contains(match, "*") || slices.Contains(match, `"*"`) // RFC 9725 has it in quotation marks
	switch {
	case session.over():
		return noSession(r)
	case !star && !slices.Contains(match, session.etag()):
		return failf(http.StatusPreconditionFailed, "the session's ICE was restarted meanwhile; use its newest ETag")
	case star || session.renewedBy(f):
		return session.patchRestart(w, r, f)
	}
	if err := session.trickle(f); err != nil {
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
	answer, err := s.restart(r.Context(), f)
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

func sessionOptions(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Allow", "DELETE, OPTIONS, PATCH")
	w.Header().Set("Accept-Patch", typeFragment)
	w.WriteHeader(http.StatusNoContent)
}

// viewing hands the viewer's session that the path names to f.
func (s *Server) viewing(f func(http.ResponseWriter, *http.Request, *session) error) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		st, err := s.pathStream(r)
		if err != nil {
			return err
		}
		return inSession(w, r, st.sessions, f)
	}
}

// ingesting hands the publisher's session that the path names to f.
func (s *Server) ingesting(f func(http.ResponseWriter, *http.Request, *session) error) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		i, err := s.pathIngest(r)
		if err != nil {
			return err
		}
		return inSession(w, r, i.sessions, f)
	}
}

// inSession finds the session that the path names, in its own stream and for its own holder only.
func inSession(w http.ResponseWriter, r *http.Request, home *sessions, f func(http.ResponseWriter, *http.Request, *session) error) error {
	if wait := home.server.changes.take(client(r)); wait > 0 {
		return tooMany(w, wait, "too many changes of sessions from this address")
	}
	if session := home.find(r.PathValue("session")); session != nil && session.holder.ID == asker(r).ID {
		return f(w, r, session)
	}
	return noSession(r)
}

func noSession(r *http.Request) error {
	return failf(http.StatusNotFound, "the session has ended; POST a new offer to %s", path.Dir(r.URL.Path))
}
