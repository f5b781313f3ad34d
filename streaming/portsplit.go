package streaming

import (
	"bufio"
	"errors"
	"net"
	"sync"
	"time"
)

// portSplit lets HTTP and media over TCP share one port, so that a single forwarded port (ssh -L, a container) is enough to
// watch. The first byte tells them apart: media begin with the length of a STUN packet, below 512, in two bytes (RFC 4571);
// HTTP begins with a letter, TLS with 22.
type portSplit struct {
	net.Listener
	http, media *acceptQueue

	mu      sync.Mutex
	silent  map[net.Conn]struct{} // connections that have said nothing yet
	closed  bool
	running sync.WaitGroup
}

func splitPort(l net.Listener) *portSplit {
	s := &portSplit{Listener: l, silent: map[net.Conn]struct{}{}}
	s.http, s.media = newAcceptQueue(l.Addr()), newAcceptQueue(l.Addr())
	s.running.Go(s.run)
	return s
}

// host is the address without its port.
func (s *portSplit) host() string {
	host, _, err := net.SplitHostPort(s.Addr().String())
	if err != nil {
		return ""
	}
	return host
}

func (s *portSplit) run() {
	defer s.http.end()
	defer s.media.end()
	for {
		conn, err := s.Accept()
		if err != nil {
			var temporary interface{ Temporary() bool }
			if errors.As(err, &temporary) && temporary.Temporary() && !errors.Is(err, net.ErrClosed) { // out of file handles
				time.Sleep(50 * time.Millisecond)
				continue
			}
			return
		}
		if !s.hold(conn) {
			_ = conn.Close()
			return
		}
		s.running.Go(func() { s.route(conn) })
	}
}

// route waits for the first byte.
func (s *portSplit) route(conn net.Conn) {
	r := bufio.NewReaderSize(conn, 4096)
	err := conn.SetReadDeadline(time.Now().Add(firstPacket))
	var first []byte
	if err == nil {
		first, err = r.Peek(1)
	}
	if err == nil {
		err = conn.SetReadDeadline(time.Time{})
	}
	s.release(conn)
	if err != nil {
		_ = conn.Close()
		return
	}
	peeked := &peekedConn{Conn: conn, r: r}
	if first[0] <= 1 {
		s.media.put(newMediaConn(peeked))
		return
	}
	s.http.put(peeked)
}

func (s *portSplit) hold(conn net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.silent[conn] = struct{}{}
	return true
}

func (s *portSplit) release(conn net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.silent, conn)
}

// Close stops listening and waits; connections that were handed on stay.
func (s *portSplit) Close() error {
	err := s.Listener.Close()
	s.mu.Lock()
	s.closed = true
	for conn := range s.silent {
		_ = conn.Close()
	}
	s.mu.Unlock()
	s.http.end()
	s.media.end()
	s.running.Wait()
	return err
}

// peekedConn is a connection of which some bytes are already in a buffer.
type peekedConn struct {
	net.Conn
	r *bufio.Reader
}

// Read implements net.Conn.
func (c *peekedConn) Read(b []byte) (int, error) { return c.r.Read(b) }

// acceptQueue is the net.Listener of one side.
type acceptQueue struct {
	addr  net.Addr
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func newAcceptQueue(addr net.Addr) *acceptQueue {
	return &acceptQueue{addr: addr, conns: make(chan net.Conn), done: make(chan struct{})}
}

func (q *acceptQueue) put(conn net.Conn) {
	select {
	case q.conns <- conn:
	case <-q.done:
		_ = conn.Close()
	}
}

func (q *acceptQueue) end() { q.once.Do(func() { close(q.done) }) }

// Accept implements net.Listener.
func (q *acceptQueue) Accept() (net.Conn, error) {
	select {
	case conn := <-q.conns:
		return conn, nil
	case <-q.done:
		return nil, net.ErrClosed
	}
}

// Addr implements net.Listener.
func (q *acceptQueue) Addr() net.Addr { return q.addr }

// Close implements net.Listener.
func (q *acceptQueue) Close() error {
	q.end()
	return nil
}
