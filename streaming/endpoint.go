package streaming

import (
	"crypto/rand"
	"errors"
	"log/slog"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/videogem/videogem/streaming/auth"
)

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
	o.to, o.from = cameTo(r), client(r)
	return o, nil
}

// answerOffer makes the session, instead of another one unless that is nil, and sends the answer.
func (s *Server) answerOffer(w http.ResponseWriter, r *http.Request, path string, o offer, home *sessions, instead *session, log *slog.Logger,
	newRole func(*slog.Logger) (role, error),
) error {
	session, answer, err := newSession(r.Context(), home, o, asker(r), instead, log, newRole)
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

// accepts tells whether the client takes an answer of the type, RFC 9110 section 12.5.1: what he says of the type itself counts before what he
// says of its kind, and of all types. Who does not say takes all.
func accepts(r *http.Request, contentType string) bool {
	lines := r.Header.Values("Accept")
	if len(lines) == 0 {
		return true
	}
	main, _, _ := strings.Cut(contentType, "/")
	ranges := []string{contentType, main + "/*", "*/*"}
	said, quality := len(ranges), 0.
	for entry := range strings.SplitSeq(strings.Join(lines, ","), ",") {
		got, params, err := mime.ParseMediaType(entry)
		if err != nil {
			continue
		}
		at := slices.Index(ranges, got)
		if at < 0 || at > said {
			continue
		}
		said, quality = at, 1
		if q, err := strconv.ParseFloat(params["q"], 64); err == nil {
			quality = q
		}
	}
	return quality > 0
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

// endpointOptions is OPTIONS of an endpoint. Who may use it is also told of the ICE servers, so that he knows them before he makes his
// offer.
func (s *Server) endpointOptions(right auth.Right) func(w http.ResponseWriter, r *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		h := w.Header()
		sayOptions(h, r)
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

func sessionOptions(w http.ResponseWriter, r *http.Request) {
	sayOptions(w.Header(), r)
	w.WriteHeader(http.StatusNoContent)
}

// sayOptions sets the headers by which OPTIONS tells what an endpoint or a session takes: the methods are those of a 405, and RFC 9725 section
// 4.2 wants Accept-Post in each answer. That sessions take candidates late is told with the endpoint, too: one is found there only.
func sayOptions(h http.Header, r *http.Request) {
	h.Set("Accept-Patch", typeFragment)
	if strings.Count(r.URL.Path, "/") > 2 {
		h.Set("Allow", "DELETE, GET, HEAD, OPTIONS, PATCH")
		return
	}
	h.Set("Allow", "GET, HEAD, OPTIONS, POST")
	h.Set("Accept-Post", typeSDP)
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
