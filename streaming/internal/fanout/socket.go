package main

import (
	"encoding/binary"
	"net"
	"net/netip"

	"github.com/pion/transport/v5"
)

// network gives a viewer sockets that take the numbers from the packets of his video and throw the rest away, so that the load takes
// little of the CPU it shares with the server. ICE, DTLS and RTCP pass.
type network struct {
	transport.Net
	viewer *viewer
}

// ListenUDP implements transport.Net.
func (n network) ListenUDP(name string, at *net.UDPAddr) (transport.UDPConn, error) {
	c, err := net.ListenUDP(name, at)
	if err != nil {
		return nil, err
	}
	return &socket{UDPConn: c, viewer: n.viewer}, nil
}

// socket is what a network gives. It implements pion's ice.AddrPortReaderWriter.
type socket struct {
	*net.UDPConn
	viewer *viewer
}

// ReadFromAddrPort returns the next packet that is not of the video.
func (s *socket) ReadFromAddrPort(b []byte) (int, netip.AddrPort, error) {
	for {
		n, from, err := s.ReadFromUDPAddrPort(b)
		if err != nil || n < 12 || b[0]>>6 != 2 || b[1] >= 192 && b[1] < 224 { // RFC 7983, RFC 5761
			return n, from, err
		}
		s.viewer.count(binary.BigEndian.Uint16(b[2:]))
	}
}

// WriteToAddrPort sends a packet.
func (s *socket) WriteToAddrPort(b []byte, to netip.AddrPort) (int, error) {
	return s.WriteToUDPAddrPort(b, to)
}
