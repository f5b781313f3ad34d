package streaming

import (
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/videogem/videogem/streaming/auth"
)

// handler puts the server's addresses together.
func (s *Server) handler() (http.Handler, error) {
	page, err := pageHandler()
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /whep/{stream}", s.access(auth.View, s.whepOffer))
	mux.HandleFunc("OPTIONS /whep/{stream}", s.handle(s.endpointOptions(auth.View)))
	mux.HandleFunc("PATCH /whep/{stream}/{session}", s.access(auth.View, s.viewing(sessionPatch)))
	mux.HandleFunc("DELETE /whep/{stream}/{session}", s.access(auth.View, s.viewing(sessionDelete)))
	mux.HandleFunc("OPTIONS /whep/{stream}/{session}", sessionOptions)
	mux.HandleFunc("POST /whip/{stream}", s.access(auth.Publish, s.whipOffer))
	mux.HandleFunc("OPTIONS /whip/{stream}", s.handle(s.endpointOptions(auth.Publish)))
	mux.HandleFunc("PATCH /whip/{stream}/{session}", s.access(auth.Publish, s.ingesting(sessionPatch)))
	mux.HandleFunc("DELETE /whip/{stream}/{session}", s.access(auth.Publish, s.ingesting(sessionDelete)))
	mux.HandleFunc("OPTIONS /whip/{stream}/{session}", sessionOptions)
	mux.HandleFunc("GET /api/streams", s.access("", s.apiStreams))
	mux.HandleFunc("GET /api/streams/{stream}", s.access(auth.View, s.apiStream))
	mux.HandleFunc("PUT /api/streams/{stream}/prompts", s.access(auth.Prompt, s.apiPrompts))
	mux.HandleFunc("GET /api/streams/{stream}/decompose", s.access(auth.View, s.apiDecompose))
	mux.HandleFunc("GET /api/streams/{stream}/events", s.access(auth.View, s.apiStreamEvents))
	mux.HandleFunc("GET /api/events", s.access("", s.apiEvents))
	mux.HandleFunc("GET /api/me", s.access("", s.apiMe))
	mux.HandleFunc("POST /api/login", s.access("", s.apiLogin))
	mux.HandleFunc("DELETE /api/login", s.handle(s.apiLogout))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, "ok\n")
	})
	takesOffers := s.handle(func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Allow", "DELETE, OPTIONS, PATCH, POST")
		return failf(http.StatusMethodNotAllowed, "this address takes offers by POST; to watch, open the page at /")
	})
	mux.HandleFunc("GET /whep/", takesOffers)
	mux.HandleFunc("GET /whip/", takesOffers)
	mux.Handle("GET /", page)
	return s.guard(mux), nil
}

// guard sets the headers that every answer has, and keeps pages of other origins away.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; object-src 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")

		if !s.knownHost(r) {
			writeJSON(w, http.StatusForbidden, map[string]string{"error": "this server listens on this machine only and has no such name; open it as localhost or 127.0.0.1"})
			return
		}
		origin := r.Header.Get("Origin")
		allowed := origin == "" || sameHost(origin, r.Host)
		if !allowed && slices.Contains(s.config.AllowedOrigins, origin) {
			allowed = true
			h.Set("Access-Control-Allow-Origin", origin)
			h.Set("Access-Control-Expose-Headers", "Location, ETag, Link, Accept-Patch, Retry-After")
		}
		if len(s.config.AllowedOrigins) > 0 {
			h.Add("Vary", "Origin")
		}
		switch {
		case !allowed && r.Method != http.MethodGet && r.Method != http.MethodHead:
			writeJSON(w, http.StatusForbidden, map[string]string{"error": "pages of " + origin + " may not use this server; its operator can allow the origin"})
		case r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "":
			h.Set("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE, OPTIONS")
			h.Set("Access-Control-Allow-Headers", "Content-Type, If-Match, Authorization")
			h.Set("Access-Control-Max-Age", "600")
			w.WriteHeader(http.StatusNoContent)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// knownHost refuses foreign names on loopback addresses: a page elsewhere could have its own name resolve to this machine and so
// pass for the same origin (DNS rebinding). A proxy on this machine passes its own name: allow its origin.
func (s *Server) knownHost(r *http.Request) bool {
	local, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	if !ok || !local.IP.IsLoopback() {
		return true
	}
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	if a, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return a.IsLoopback()
	}
	return strings.EqualFold(host, "localhost") || slices.ContainsFunc(s.config.AllowedOrigins, func(o string) bool { return sameHost(o, r.Host) })
}

// sameHost tells whether a page of the origin came from the host that it talks to.
func sameHost(origin, host string) bool {
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, host)
}
