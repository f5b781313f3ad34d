// Package burst sends the packets of one frame to one peer with one system call, by UDP segmentation offload (UDP_SEGMENT, Linux 4.18;
// the kernel's Documentation/networking/segmentation-offloads.rst), where each packet would cost one. The packets come down through a
// WebRTC library that knows of one at a time; what is held back is told apart by the SSRC, which SRTP leaves in the clear.
package burst

import (
	"encoding/binary"
	"maps"
	"net"
	"sync"
	"sync/atomic"
)

// Set knows the bursts of all RTP streams that are sent through its connections. Its zero value is ready to use; nil is one that
// holds nothing back.
type Set struct {
	mu     sync.Mutex
	bySSRC atomic.Pointer[map[uint32]*Burst] // never changed, only replaced: it is read for every packet
}

// Add returns what holds the packets of the stream with that SSRC; Burst.Remove ends it. With an SSRC that another stream has already,
// or for a nil Set, it is nil, and the packets go out one by one.
func (s *Set) Add(ssrc uint32) *Burst {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	all := map[uint32]*Burst{}
	if old := s.bySSRC.Load(); old != nil {
		all = maps.Clone(*old)
	}
	if all[ssrc] != nil {
		return nil
	}
	b := &Burst{set: s, ssrc: ssrc}
	all[ssrc] = b
	s.bySSRC.Store(&all)
	return b
}

func (s *Set) remove(b *Burst) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := maps.Clone(*s.bySSRC.Load())
	maps.DeleteFunc(all, func(_ uint32, other *Burst) bool { return other == b })
	s.bySSRC.Store(&all)
}

// of returns the burst that a packet belongs to, or nil.
func (s *Set) of(packet []byte) *Burst {
	all := s.bySSRC.Load()
	if all == nil || len(packet) < 12 || packet[0]>>6 != 2 || packet[1] >= 192 && packet[1] < 224 { // not RTP, RFC 7983, or RTCP, RFC 5761
		return nil
	}
	return (*all)[binary.BigEndian.Uint32(packet[8:])]
}

// Conn returns a socket in which packets wait for the end of their bursts. It takes conn over.
func (s *Set) Conn(conn *net.UDPConn) *Conn {
	return &Conn{UDPConn: conn, set: s, segments: canSegment(conn)}
}
