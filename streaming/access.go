package streaming

import (
	"context"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/videogem/videogem/streaming/auth"
)

const (
	// Wrong tokens of one address: this many at once, then one in this time.
	failureBurst = 20
	failureEvery = 3 * time.Second
	// cookieName is the cookie that carries the token where a page cannot send a header: events, pictures, clips.
	cookieName = "videogem_token"
	// cookieBytes is how large a cookie every browser takes, RFC 6265 section 6.1.
	cookieBytes = 4096
)

// challenge is the WWW-Authenticate header of 401, RFC 6750 section 3.
const challenge = `Bearer realm="videogem"`

func askForToken(w http.ResponseWriter) error {
	w.Header().Set("WWW-Authenticate", challenge)
	return failf(http.StatusUnauthorized, "send a token: Authorization: Bearer …")
}

type principalKey struct{}

// asker is who sends the request; only handlers behind access have one.
func asker(r *http.Request) *auth.Principal {
	p, _ := r.Context().Value(principalKey{}).(*auth.Principal)
	return p
}

// token returns the request's bearer token: from the header, or the cookie that apiLogin has set.
func token(r *http.Request) string {
	if scheme, t, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(t)
	}
	if c, err := r.Cookie(cookieName); err == nil {
		return c.Value
	}
	return ""
}

// identify finds out who asks, or fails with 401 or 429.
func (s *Server) identify(w http.ResponseWriter, r *http.Request) (*auth.Principal, error) {
	if s.config.Auth == nil {
		return auth.Everyone(), nil
	}
	from, t := client(r), token(r)
	if wait := s.failures.blocked(from); wait > 0 && !s.known.has(t) {
		return nil, tooMany(w, wait, "too many wrong tokens from this address")
	}
	p, err := s.config.Auth.Verify(t)
	if err == nil {
		s.known.add(t)
		return p, nil
	}
	if t == "" {
		return nil, askForToken(w)
	}
	w.Header().Set("WWW-Authenticate", challenge)
	s.failures.take(from)
	s.config.Logger.Info("token refused", "from", from, "error", err)
	return nil, failf(http.StatusUnauthorized, "the token is not known, or has run out")
}

// access lets through who may. Where the path names a stream, he needs the right on it; who may not even see the stream is told
// that there is none.
func (s *Server) access(right auth.Right, f func(w http.ResponseWriter, r *http.Request) error) http.HandlerFunc {
	return s.handle(func(w http.ResponseWriter, r *http.Request) error {
		p, err := s.identify(w, r)
		if err != nil {
			return err
		}
		if name := r.PathValue("stream"); name != "" && !p.May(right, name) {
			if !p.May(auth.View, name) {
				return noStream(name)
			}
			return failf(http.StatusForbidden, "the token does not allow to %s stream %s", right, name)
		}
		return f(w, r.WithContext(context.WithValue(r.Context(), principalKey{}, p)))
	})
}

func noStream(name string) error {
	return failf(http.StatusNotFound, "there is no stream %q; GET /api/streams lists those there are", name)
}

func tooMany(w http.ResponseWriter, wait time.Duration, text string) error {
	w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	return failf(http.StatusTooManyRequests, "%s; wait a moment", text)
}

// identity is the body of GET /api/me.
type identity struct {
	Tokens bool         `json:"tokens"` // whether tokens are asked for at all
	ID     string       `json:"id,omitempty"`
	Until  *time.Time   `json:"until,omitempty"`
	Grants []auth.Grant `json:"grants"`
}

// apiMe is GET /api/me: what the asker may do.
func (s *Server) apiMe(w http.ResponseWriter, r *http.Request) error {
	p := asker(r)
	me := identity{Tokens: s.config.Auth != nil, ID: p.ID, Grants: p.Grants}
	if !p.Expires.IsZero() {
		me.Until = &p.Expires
	}
	writeJSON(w, http.StatusOK, me)
	return nil
}

// apiLogin is POST /api/login: the bearer token becomes a cookie, for what a page fetches without headers. Scripts cannot read it, and
// browsers send it with requests of this server's own pages only.
func (s *Server) apiLogin(w http.ResponseWriter, r *http.Request) error {
	if s.config.Auth != nil {
		c := s.cookie(token(r), asker(r).Expires)
		if len(c.String()) > cookieBytes { // browsers would drop it without a word, and the page ask again and again
			return failf(http.StatusBadRequest, "the token is too long for a browser, which keeps %d bytes; get one with fewer claims", cookieBytes)
		}
		http.SetCookie(w, c)
	}
	return s.apiMe(w, r)
}

// apiLogout is DELETE /api/login.
func (s *Server) apiLogout(w http.ResponseWriter, _ *http.Request) error {
	http.SetCookie(w, s.cookie("", time.Unix(1, 0)))
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) cookie(value string, expires time.Time) *http.Cookie {
	return &http.Cookie{
		Name: cookieName, Value: value, Path: "/", Expires: expires, HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: s.config.TLS != nil,
	}
}
