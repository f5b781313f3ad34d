package main

import (
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"

	"github.com/pion/transport/v5"
	"golang.org/x/sys/unix"
)

// receiveBuffer is how many bytes the kernel may keep for a socket: what it drops for want of room would be taken for the server's loss.
const receiveBuffer = 4 << 20

// network gives a viewer sockets that note when the packets of his video came, by the kernel's clock, and what numbers they have. So the
// client may be late to read them, and its own delay is in no figure.
type network struct {
	transport.Net
	viewer *viewer
	poller *poller // nil: sockets are read as packets come
	light  bool    // the packets themselves are thrown away
}

// ListenUDP implements transport.Net.
func (n network) ListenUDP(name string, at *net.UDPAddr) (transport.UDPConn, error) {
	c, err := net.ListenUDP(name, at)
	if err != nil {
		return nil, err
	}
	if err := prepare(c); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return &socket{
		UDPConn: c, viewer: n.viewer, poller: n.poller, light: n.light,
		passed: make(chan datagram, 1024), done: make(chan struct{}),
	}, nil
}

// prepare has the kernel stamp the packets that come, and keep many of them.
func prepare(c *net.UDPConn) error {
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	var set error
	err = raw.Control(func(fd uintptr) {
		set = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1)                     //nolint:gosec // a file descriptor
		if unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, receiveBuffer/2) != nil { //nolint:gosec // it doubles the number
			_ = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF, receiveBuffer/2) //nolint:gosec // as much as it gives
		}
	})
	return errors.Join(err, set)
}

// datagram is one that has been read for somebody.
type datagram struct {
	data []byte
	from netip.AddrPort
}

// socket is what a network gives. It implements pion's ice.AddrPortReaderWriter. Until the first packet of the video pion reads it; then
// the poller does.
type socket struct {
	*net.UDPConn
	viewer *viewer
	poller *poller
	light  bool

	polled  bool     // of the goroutine that reads
	control [64]byte // the same
	passed  chan datagram
	done    chan struct{} // closed when nobody is to read any more
	ending  sync.Once
}

// isVideo tells media from STUN, DTLS and RTCP, RFC 7983 and RFC 5761.
func isVideo(b []byte) bool {
	return len(b) >= 12 && b[0]>>6 == 2 && (b[1] < 192 || b[1] >= 224)
}

// note notes a packet of the video; false when that is all that is wanted of it.
func (s *socket) note(b []byte, at time.Time) (wanted bool) {
	s.viewer.count(binary.BigEndian.Uint16(b[2:]), at)
	return !s.light
}

// ReadFromAddrPort returns the next packet that is wanted.
func (s *socket) ReadFromAddrPort(b []byte) (int, netip.AddrPort, error) { //nolint:unparam // pion uses it through an interface
	for !s.polled {
		n, controls, _, from, err := s.ReadMsgUDPAddrPort(b, s.control[:])
		if err != nil || !isVideo(b[:n]) {
			return n, from, err
		}
		wanted := s.note(b[:n], stamped(s.control[:controls]))
		if s.poller != nil {
			s.polled = true
			s.poller.add(s)
		}
		if wanted {
			return n, from, nil
		}
	}
	select {
	case d := <-s.passed:
		return copy(b, d.data), d.from, nil
	case <-s.done:
		return 0, netip.AddrPort{}, os.ErrDeadlineExceeded
	}
}

// WriteToAddrPort sends a packet.
func (s *socket) WriteToAddrPort(b []byte, to netip.AddrPort) (int, error) {
	return s.WriteToUDPAddrPort(b, to)
}

// take takes a packet that the poller has read. What pion is too slow to take is thrown away; it has been noted.
func (s *socket) take(b []byte, at time.Time, from netip.AddrPort) {
	if isVideo(b) && !s.note(b, at) {
		return
	}
	select {
	case s.passed <- datagram{append([]byte(nil), b...), from}:
	default:
	}
}

// SetDeadline is pion's way to have done with a socket.
func (s *socket) SetDeadline(t time.Time) error {
	if !t.IsZero() && !t.After(time.Now()) {
		s.end()
	}
	return s.UDPConn.SetDeadline(t)
}

// Close closes the socket.
func (s *socket) Close() error {
	s.end()
	return s.UDPConn.Close()
}

func (s *socket) end() {
	s.ending.Do(func() {
		close(s.done)
		if s.poller != nil {
			s.poller.remove(s)
		}
	})
}

// stamped is when the kernel got a packet, by its control message SCM_TIMESTAMPNS (socket(7)).
func stamped(control []byte) time.Time {
	const header = 16                                                                                        // length, level and type
	if len(control) < header+16 || int32(binary.NativeEndian.Uint32(control[12:])) != unix.SCM_TIMESTAMPNS { //nolint:gosec // the kernel's own type
		return time.Now()
	}
	return time.Unix(int64(binary.NativeEndian.Uint64(control[header:])), int64(binary.NativeEndian.Uint64(control[header+8:]))) //nolint:gosec // a time
}
