package streaming

import (
	"context"
	"net/http"
	neturl "net/url"
	"time"
)

// SetConnectTimeout shortens the time in which sessions must connect.
func SetConnectTimeout(s *Server, d time.Duration) { s.connectTimeout = d }

// Sessions is how many sessions there are, those included that have ended but not yet left.
func Sessions(s *Server) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reserved
}

// Routes are the patterns of all addresses.
func Routes(s *Server) (all []string) {
	for _, r := range s.routes(http.NotFoundHandler()) {
		all = append(all, r.pattern)
	}
	return all
}

// ForgetFailures lets addresses that sent wrong tokens try again at once.
func ForgetFailures(s *Server) { s.failures = newLimiter(s.failures.limit, s.failures.burst) }

// RunPush pushes once, without trying again. restart restarts its ICE; stop ends it and returns why it ended.
func RunPush(ctx context.Context, st *Stream, url string) (restart func(context.Context) error, stop func() error) {
	u, err := neturl.Parse(url)
	if err != nil {
		panic(err)
	}
	p := &push{out: st.choose(""), client: newPushClient(PushOptions{}, u), log: st.log}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- p.run(ctx) }()
	return p.restartICE, func() error {
		cancel()
		http.DefaultClient.CloseIdleConnections()
		return <-ended
	}
}

// HTTP is the server of the page.
func HTTP(s *Server) *http.Server { return s.http }

// SetHeaderTimeout shortens the time in which requests must have their headers.
func SetHeaderTimeout(s *Server, d time.Duration) { s.http.ReadHeaderTimeout = d }

// Trickled is how many candidates the first session of a stream has had late.
func Trickled(s *Server, stream string) int {
	home := s.stream(stream).sessions
	home.mu.Lock()
	defer home.mu.Unlock()
	for _, n := range home.by {
		n.mu.Lock()
		defer n.mu.Unlock()
		return n.trickled
	}
	return 0
}

// TURNSecret is what the relay's credentials are made from.
func TURNSecret(s *Server) string { return s.relay.server.Secret }
