package burst

import (
	"net"
	"net/netip"
)

// Conn is a UDP socket; the packets of a burst wait in it for the burst's end. It implements pion's ice.AddrPortReaderWriter.
type Conn struct {
	*net.UDPConn
	set      *Set
	segments bool // the kernel can cut large writes into packets
}

// ReadFromAddrPort reads one packet.
func (c *Conn) ReadFromAddrPort(b []byte) (int, netip.AddrPort, error) {
	return c.ReadFromUDPAddrPort(b)
}

// WriteToAddrPort sends one packet, or keeps a copy for the end of its burst.
func (c *Conn) WriteToAddrPort(b []byte, to netip.AddrPort) (int, error) {
	if c.segments {
		if held := c.set.of(b); held != nil && held.take(c, b, to) {
			return len(b), nil
		}
	}
	return c.WriteToUDPAddrPort(b, to)
}

// WriteTo implements net.PacketConn in the same way.
func (c *Conn) WriteTo(b []byte, to net.Addr) (int, error) {
	if u, ok := to.(*net.UDPAddr); ok {
		return c.WriteToAddrPort(b, u.AddrPort())
	}
	return c.UDPConn.WriteTo(b, to)
}

// sendOneByOne sends packets that lie one behind the other, all of that size but the last, which may be smaller.
func (c *Conn) sendOneByOne(b []byte, size int, to netip.AddrPort) error {
	var lost error
	for len(b) > 0 {
		n := min(size, len(b))
		if _, err := c.WriteToUDPAddrPort(b[:n], to); err != nil {
			lost = err
		}
		b = b[n:]
	}
	return lost
}
