package streaming

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"

	"github.com/videogem/videogem/streaming/internal/burst"
)

// thisHostOnly is a UDP socket on an address that others can reach, and that talks with this machine only: the kernel keeps away what
// does not come over the loopback interface, and nothing is sent to an address that is not this machine's.
type thisHostOnly struct {
	*burst.Conn
	own func(netip.Addr) bool
}

// listenThisHostOnly opens the socket. The filter is in place before the socket has its address.
func listenThisHostOnly(at *net.UDPAddr) (*net.UDPConn, error) {
	lc := net.ListenConfig{Control: acceptLoopbackOnly}
	conn, err := lc.ListenPacket(context.Background(), "udp", at.String())
	if err != nil {
		return nil, err
	}
	udp, ok := conn.(*net.UDPConn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("socket on %v is %T, want UDP", at, conn), conn.Close())
	}
	return udp, nil
}

// WriteToAddrPort sends one packet; one for elsewhere is dropped.
func (c *thisHostOnly) WriteToAddrPort(b []byte, to netip.AddrPort) (int, error) {
	if !c.own(to.Addr().Unmap().WithZone("")) {
		return len(b), nil
	}
	return c.Conn.WriteToAddrPort(b, to)
}

// WriteTo implements net.PacketConn in the same way.
func (c *thisHostOnly) WriteTo(b []byte, to net.Addr) (int, error) {
	return c.WriteToAddrPort(b, addrPort(to))
}
