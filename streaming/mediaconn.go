package streaming

import (
	"net"
	"time"
)

const (
	// mediaPatience is how long a peer may keep a packet waiting over TCP. Who takes nothing for so long is gone.
	mediaPatience = 5 * time.Second
	// mediaWaiting is how many bytes may wait in the kernel for one peer, which takes twice that: two seconds at 2 Mb/s. What stands behind
	// more is no longer live.
	mediaWaiting = 256 << 10
)

// mediaConn is the TCP connection of a peer. A write to a peer who does not read ends, with an error and the connection: a part of a packet
// may be on its way, so that nothing can follow.
type mediaConn struct {
	net.Conn
	writing chan struct{} // one token, taken during a write: each has its own deadline, and who waits behind it must not put that off
}

func newMediaConn(c *peekedConn) *mediaConn {
	if tcp, ok := c.Conn.(*net.TCPConn); ok {
		_ = tcp.SetWriteBuffer(mediaWaiting) // the kernel's own choice does as well
	}
	return &mediaConn{Conn: c, writing: make(chan struct{}, 1)}
}

// Write implements net.Conn.
func (c *mediaConn) Write(b []byte) (n int, err error) {
	c.writing <- struct{}{}
	defer func() { <-c.writing }()
	if err = c.SetWriteDeadline(time.Now().Add(mediaPatience)); err == nil {
		n, err = c.Conn.Write(b)
	}
	if err != nil {
		_ = c.Close()
	}
	return n, err
}
