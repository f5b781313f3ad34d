package streaming

import "time"

// SetConnectTimeout shortens the time in which sessions must connect.
func SetConnectTimeout(s *Server, d time.Duration) { s.connectTimeout = d }

// Sessions is how many sessions there are, those included that have ended but not yet left.
func Sessions(s *Server) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reserved
}
