package streaming

import "sync"

// sessions are those of one stream or ingest.
type sessions struct {
	server  *Server
	running sync.WaitGroup // sessions that were added, until nothing of them is left

	mu     sync.Mutex
	closed bool
	most   int // not 0: at most so many
	by     map[string]*session
}

func newSessions(s *Server) *sessions { return &sessions{server: s, by: map[string]*session{}} }

// add makes a session known, which calls running.Done at its end; it fails with errGone or errBusy.
func (s *sessions) add(n *session) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return errGone
	case s.most > 0 && len(s.by) >= s.most:
		return errBusy
	}
	s.by[n.id] = n
	s.running.Add(1)
	return nil
}

// one is the session that has the only place; nil: the place is free.
func (s *sessions) one() *session {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, n := range s.by {
		return n
	}
	return nil
}

func (s *sessions) find(id string) *session {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.by[id]
}

func (s *sessions) remove(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.by, id)
}

// close ends all sessions and waits for them, and for those that are ending already.
func (s *sessions) close(because string) {
	s.mu.Lock()
	s.closed = true
	all := make([]*session, 0, len(s.by))
	for _, n := range s.by {
		all = append(all, n)
	}
	s.mu.Unlock()
	for _, n := range all {
		n.end(because)
	}
	s.running.Wait()
}
