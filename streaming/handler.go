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
	for _, route := range s.routes(page) {
		mux.HandleFunc(route.pattern, route.serve)
	}
	return s.guard(mux), nil
}

// route is an address of the server, as http.ServeMux has it.
type route struct {
	pattern string
	serve   http.HandlerFunc
}

// routes are all addresses. TestEveryEndpointRightAndStream knows each of them: who adds one says there who may use it.
func (s *Server) routes(page http.Handler) []route {
	return []route{
		{"POST /whep/{stream}", s.access(auth.View, s.whepOffer)},
		{"OPTIONS /whep/{stream}", s.handle(s.endpointOptions(auth.View))},
		{"GET /whep/{stream}", nothing},
		{"PATCH /whep/{stream}/{session}", s.patchSession(auth.View, s.viewers)},
		{"DELETE /whep/{stream}/{session}", s.access(auth.View, inSession(s.viewers, sessionDelete))},
		{"OPTIONS /whep/{stream}/{session}", sessionOptions},
		{"GET /whep/{stream}/{session}", nothing},
		{"POST /whip/{stream}", s.access(auth.Publish, s.whipOffer)},
		{"OPTIONS /whip/{stream}", s.handle(s.endpointOptions(auth.Publish))},
		{"GET /whip/{stream}", nothing},
		{"PATCH /whip/{stream}/{session}", s.patchSession(auth.Publish, s.publishers)},
		{"DELETE /whip/{stream}/{session}", s.access(auth.Publish, inSession(s.publishers, sessionDelete))},
		{"OPTIONS /whip/{stream}/{session}", sessionOptions},
		{"GET /whip/{stream}/{session}", nothing},
		{"GET /api/streams", s.access("", s.apiStreams)},
		{"GET /api/streams/{stream}", s.access(auth.View, s.apiStream)},
		{"PUT /api/streams/{stream}/prompts", s.access(auth.Prompt, s.apiPrompts)},
		{"GET /api/streams/{stream}/decompose", s.access(auth.View, s.apiDecompose)},
		{"GET /api/streams/{stream}/events", s.access(auth.View, s.apiStreamEvents)},
		{"GET /api/events", s.access("", s.apiEvents)},
		{"GET /api/me", s.access("", s.apiMe)},
		{"POST /api/login", s.access("", s.apiLogin)},
		{"DELETE /api/login", s.handle(s.apiLogout)},
		{"GET /healthz", healthy},
		{"GET /", page.ServeHTTP},
	}
}

// nothing is the answer to GET of an endpoint or a session: draft-ietf-wish-whep, "HTTP usage", gives them no representation, as RFC 9725
// does, and asks for a success without content. It is the same whether there is one of that name.
func nothing(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }

func healthy(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, "ok\n")
}

// guard sets the headers that every answer has, and keeps pages of other origins away.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; object-src 'none'; "+
			"require-trusted-types-for 'script'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Permissions-Policy", "camera=(self), display-capture=(self), microphone=(), geolocation=()")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if s.config.TLS != nil && len(s.config.TLS.Domains) > 0 { // a certificate that renews itself: names stay encrypted
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}

		if !s.knownHost(r) {
			writeJSON(w, http.StatusForbidden, map[string]string{"error": "this server listens on this machine only and has no such name; open it as localhost or 127.0.0.1"})
			return
		}
		origin := r.Header.Get("Origin")
		allowed := origin == "" || s.own(origin, r.Host)
		if allow := s.config.allowOrigin(origin); !allowed && allow != "" {
			allowed = true
			h.Set("Access-Control-Allow-Origin", allow)
			h.Set("Access-Control-Expose-Headers", "Location, ETag, Link, Allow, Accept-Patch, Accept-Post, Retry-After")
			if allow == anyOrigin {
				r.Header.Del("Cookie") // only a token that the page itself knows counts
			}
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
			if r.Header.Get("Access-Control-Request-Private-Network") == "true" { // from a page of the internet to a server at home
				h.Set("Access-Control-Allow-Private-Network", "true")
			}
			if strings.HasPrefix(r.URL.Path, "/whep/") || strings.HasPrefix(r.URL.Path, "/whip/") {
				sayOptions(h, r)
			}
			w.WriteHeader(http.StatusNoContent)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// knownHost refuses foreign names on loopback addresses: a page elsewhere could have its own name resolve to this machine and so
// pass for the same origin (DNS rebinding). A proxy on this machine passes its own name: allow its origin.
func (s *Server) knownHost(r *http.Request) bool {
	if local, ok := localAddr(r); !ok || !local.IsLoopback() {
		return true
	}
	host := hostOf(r)
	if a, err := netip.ParseAddr(host); err == nil {
		return a.IsLoopback()
	}
	return strings.EqualFold(host, "localhost") || slices.ContainsFunc(s.config.AllowedOrigins, func(o string) bool {
		return o == anyOrigin || sameHost(o, r.Host)
	})
}

// localAddr is this machine's address that a request came to.
func localAddr(r *http.Request) (netip.Addr, bool) {
	a, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	if !ok {
		return netip.Addr{}, false
	}
	return a.AddrPort().Addr().Unmap().WithZone(""), true
}

// hostOf is the host that a request names, without its port.
func hostOf(r *http.Request) string {
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	return strings.Trim(host, "[]")
}

// own tells whether an origin is that of our own page. With TLS that one is encrypted; without, a proxy in front may see to that.
func (s *Server) own(origin, host string) bool {
	return sameHost(origin, host) && (s.config.TLS == nil || strings.HasPrefix(origin, "https://"))
}

// sameHost tells whether a page of the origin came from the host that it talks to.
func sameHost(origin, host string) bool {
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, host)
}
