package streaming

import (
	"context"
	"net/http"
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

// ForgetFailures lets addresses that sent wrong tokens try again at once.
func ForgetFailures(s *Server) { s.failures = newLimiter(s.failures.limit, s.failures.burst) }

// RunPush pushes once, without trying again. restart restarts its ICE; stop ends it and returns why it ended.
func RunPush(ctx context.Context, st *Stream, url string) (restart func(context.Context) error, stop func() error) {
	p := &push{out: st.choose(""), options: PushOptions{URL: url, Client: http.DefaultClient}, log: st.log}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- p.run(ctx) }()
	return p.restart, func() error {
		cancel()
		http.DefaultClient.CloseIdleConnections()
		return <-ended
	}
}
