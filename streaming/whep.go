package streaming

import (
	"crypto/rand"
	"errors"
	"log/slog"
	"mime"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/videogem/videogem/streaming/auth"
)

// Content types of WHEP.
const (
	typeSDP      = "application/sdp"
	typeFragment = "application/trickle-ice-sdpfrag"
)

// whepOffer is POST /whep/{stream}: a viewer's offer in, 201 and the answer out. ?overlay= says which picture he wants.
func (s *Server) whepOffer(w http.ResponseWriter, r *http.Request) error {
	st, err := s.pathStream(r)
	if err != nil {
		return err
	}
	o, err := s.readOffer(w, r, toPeer, st.options.Codec)
	if err != nil {
		return err
	}
	wish := r.URL.Query().Get("overlay")
	out := st.choose(wish)
	if out == nil {
		return failf(http.StatusNotAcceptable, "stream %s has no picture for overlay=%s; leave it out, or use one of %s, %s and %s",
			st.options.Name, wish, OverlayBurned, OverlayNone, OverlayClient)
	}
	if !out.ready() {
		w.Header().Set("Retry-After", "1")
		if status := st.status(); status.Error != "" {
			return failf(http.StatusConflict, "stream %s is not ready: %s", status.Name, status.Error)
		}
		return failf(http.StatusConflict, "stream %s has no picture yet; try again in a second", st.options.Name)
	}
	return s.answerOffer(w, r, "/whep/"+st.options.Name, o, st.sessions, st.log, func(log *slog.Logger) (role, error) {
		return newWatching(out, wish, asker(r), log)
	})
}

// whipOffer is POST /whip/{stream}: a publisher's offer in, 201 and the answer out.
func (s *Server) whipOffer(w http.ResponseWriter, r *http.Request) error {
	i, err := s.pathIngest(r)
	if err != nil {
		return err
	}
	o, err := s.readOffer(w, r, fromPeer, CodecVP8, CodecH264)
	if err != nil {
		return err
	}
	if i.sessions.full() {
		return whepError(w, errBusy)
	}
	log := s.config.Logger.With("ingest", i.options.Name)
	return s.answerOffer(w, r, "/whip/"+i.options.Name, o, i.sessions, log, func(log *slog.Logger) (role, error) {
		return newPublishing(i, log), nil
	})
}

// readOffer reads a POST's offer of video that way in one of the codecs.
func (s *Server) readOffer(w http.ResponseWriter, r *http.Request, way direction, codecs ...string) (offer, error) {
	if wait := s.offers.take(client(r)); wait > 0 {
		return offer{}, tooMany(w, wait, "too many offers from this address")
	}
	if !accepts(r, typeSDP) {
		return offer{}, failf(http.StatusNotAcceptable, "the answer is %s; send Accept: %s", typeSDP, typeSDP)
	}
	body, err := readBody(w, r, typeSDP)
	if err != nil {
		return offer{}, err
	}
	o, err := parseOffer(string(body), way, codecs...)
	if err != nil {
		return offer{}, whepError(w, err)
	}
	return o, nil
}

// answerOffer makes the session and sends the answer.
func (s *Server) answerOffer(w http.ResponseWriter, r *http.Request, path string, o offer, home *sessions, log *slog.Logger,
	newRole func(*slog.Logger) (role, error),
) error {
	session, answer, err := newSession(r.Context(), home, o, asker(r), log, newRole)
	if err != nil {
		return whepError(w, err)
	}
	h := w.Header()
	if err := s.linkICE(h, session.name); err != nil {
		session.end("no TURN credentials")
		return err
	}
	h.Set("Content-Type", typeSDP)
	h.Set("Location", path+"/"+session.id)
	h.Set("ETag", session.etag())
	h.Set("Accept-Patch", typeFragment)
	w.WriteHeader(http.StatusCreated)
	if _, err := w.Write([]byte(answer)); err != nil {
		session.end("left before the answer")
	}
	return nil
}

// accepts tells whether the client takes an answer of the type, RFC 9110 section 12.5.1. Who does not say takes all.
func accepts(r *http.Request, contentType string) bool {
	lines := r.Header.Values("Accept")
	if len(lines) == 0 {
		return true
	}
	main, _, _ := strings.Cut(contentType, "/")
	for entry := range strings.SplitSeq(strings.Join(lines, ","), ",") {
		got, params, err := mime.ParseMediaType(entry)
		q, qErr := strconv.ParseFloat(params["q"], 64)
		if err == nil && (got == contentType || got == main+"/*" || got == "*/*") && (qErr != nil || q > 0) {
			return true
		}
	}
	return false
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
	case errors.Is(err, errBusy):
		w.Header().Set("Retry-After", "5")
		return failf(http.StatusConflict, "%v", err)
	case errors.Is(err, errFull), errors.Is(err, errSlow):
		w.Header().Set("Retry-After", "5")
		return failf(http.StatusServiceUnavailable, "%v", err)
	}
	return err
}

// sessionPatch is PATCH of a session: candidates that come late (If-Match has the entity tag), or an ICE restart (If-Match: *).
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
	restart := slices.Contains(match, "*") || slices.Contains(match, `"*"`) // RFC 9725 has it in quotation marks
	if restart {
		if wait := session.home.server.offers.take(client(r)); wait > 0 {
			return tooMany(w, wait, "too many offers and ICE restarts from this address")
		}
	}
	session.mu.Lock()
	defer session.mu.Unlock()
	if restart {
		return session.patchRestart(w, r, f)
	}
	if !slices.Contains(match, session.etag()) {
		return failf(http.StatusPreconditionFailed, "the session's ICE was restarted meanwhile; use its newest ETag")
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

// endpointOptions is OPTIONS of an endpoint. Who may use it is also told of the ICE servers, so that he knows them before he makes his
// offer.
func (s *Server) endpointOptions(right auth.Right) func(w http.ResponseWriter, r *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		h := w.Header()
		h.Set("Allow", "OPTIONS, POST")
		h.Set("Accept-Post", typeSDP)
		if s.config.Auth == nil || token(r) != "" {
			p, err := s.identify(w, r)
			if err != nil {
				return err
			}
			if p.May(right, r.PathValue("stream")) {
				if err := s.linkICE(h, rand.Text()[:6]); err != nil {
					return err
				}
			}
		}
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
}

func sessionOptions(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Allow", "DELETE, OPTIONS, PATCH")
	w.Header().Set("Accept-Patch", typeFragment)
	w.WriteHeader(http.StatusNoContent)
}

// pathStream finds the stream that the path names.
func (s *Server) pathStream(r *http.Request) (*Stream, error) {
	name := r.PathValue("stream")
	if st := s.stream(name); st != nil {
		return st, nil
	}
	return nil, noStream(name)
}

// pathIngest finds the ingest that the path names.
func (s *Server) pathIngest(r *http.Request) (*Ingest, error) {
	name := r.PathValue("stream")
	if i := s.ingest(name); i != nil {
		return i, nil
	}
	return nil, noStream(name)
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
	if session := home.find(r.PathValue("session")); session != nil && session.holder.ID == asker(r).ID {
		return f(w, r, session)
	}
	return failf(http.StatusNotFound, "the session has ended; POST a new offer to %s", path.Dir(r.URL.Path))
}
