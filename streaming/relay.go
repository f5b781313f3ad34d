package streaming

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/pion/turn/v5"
)

// TURN sets up a relay (RFC 8656) of this server's own, for viewers whose networks let nothing else pass. It relays to this server's
// media and nowhere else, so that it is of no use to reach anybody else's, or this machine's other, services. Credentials are made
// for each viewer, who has ten minutes to begin with them and may then go on.
type TURN struct {
	// Listen is the host and port, over UDP and TCP. Port 0 picks a free one.
	Listen string
	// Public is the IP address at which viewers reach it; empty: the host of Listen.
	Public string
}

func (t *TURN) check() error {
	if t == nil {
		return nil
	}
	if _, err := checkAddress("TURN listen", t.Listen); err != nil {
		return err
	}
	if a, err := t.public(); err != nil || a.IsUnspecified() {
		return fmt.Errorf("%w: TURN: say at which IP address viewers reach %s", ErrConfig, t.Listen)
	}
	return nil
}

func (t *TURN) public() (netip.Addr, error) {
	if t.Public != "" {
		return netip.ParseAddr(t.Public)
	}
	host, _, err := net.SplitHostPort(t.Listen)
	if err != nil {
		return netip.Addr{}, err
	}
	return netip.ParseAddr(host)
}

// relay is the embedded TURN server.
type relay struct {
	turn   *turn.Server
	server ICEServer // as viewers are told of it
	now    func() time.Time

	allocations *allocations
}

// newRelay starts the relay. peers are the addresses it relays to: those that answers name, and for each the one to send to. By now
// credentials run out.
func newRelay(ctx context.Context, t *TURN, peers func() map[netip.AddrPort]netip.AddrPort, now func() time.Time, logs pionLogs) (*relay, error) {
	public, err := t.public()
	if err != nil {
		return nil, fmt.Errorf("%w: TURN: %w", ErrConfig, err)
	}
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", t.Listen)
	if err != nil {
		return nil, listenError("TCP", t.Listen, err)
	}
	addr := listener.Addr().String()
	conn, err := lc.ListenPacket(ctx, "udp", addr)
	if err != nil {
		return nil, errors.Join(listenError("UDP", addr, err), listener.Close())
	}
	r := &relay{now: now, allocations: newAllocations()}
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, errors.Join(err, listener.Close(), conn.Close())
	}
	at := "turn:" + net.JoinHostPort(public.String(), port)
	r.server = ICEServer{URLs: []string{at + "?transport=udp", at + "?transport=tcp"}, Secret: rand.Text(), Life: DefaultCredentialLife}
	generator := &peerGenerator{
		RelayAddressGeneratorStatic: turn.RelayAddressGeneratorStatic{RelayAddress: public.AsSlice(), Address: host}, peers: peers,
	}
	r.turn, err = turn.NewServer(turn.ServerConfig{
		Realm:             "videogem",
		LoggerFactory:     logs,
		AuthHandler:       r.authenticate,
		PacketConnConfigs: []turn.PacketConnConfig{{PacketConn: conn, RelayAddressGenerator: generator, PermissionHandler: generator.permits}},
		ListenerConfigs:   []turn.ListenerConfig{{Listener: listener, RelayAddressGenerator: generator, PermissionHandler: generator.permits}},
		QuotaHandler:      r.allocations.room,
		EventHandler: turn.EventHandler{
			OnAllocationCreated: func(from, _ net.Addr, _, userID, _ string, _ net.Addr, _ int) { r.allocations.add(userID, from) },
			OnAllocationDeleted: func(from, _ net.Addr, _, userID, _ string) { r.allocations.remove(userID, from) },
		},
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("TURN: %w", err), listener.Close(), conn.Close())
	}
	return r, nil
}

func (r *relay) close() error { return r.turn.Close() }

// peerGenerator makes relay sockets that reach the peers only.
type peerGenerator struct {
	turn.RelayAddressGeneratorStatic
	peers func() map[netip.AddrPort]netip.AddrPort
}

// permits refuses permissions for addresses that no peer has; peerConn then looks at the port, too.
func (g *peerGenerator) permits(_ net.Addr, ip net.IP) bool {
	a, _ := netip.AddrFromSlice(ip)
	for p := range g.peers() {
		if p.Addr() == a.Unmap() {
			return true
		}
	}
	return false
}

// AllocatePacketConn implements turn.RelayAddressGenerator.
func (g *peerGenerator) AllocatePacketConn(c turn.AllocateListenerConfig) (net.PacketConn, net.Addr, error) {
	conn, addr, err := g.RelayAddressGeneratorStatic.AllocatePacketConn(c)
	if err != nil {
		return nil, nil, err
	}
	peers, back := g.peers(), map[netip.AddrPort]netip.AddrPort{}
	for named, real := range peers {
		back[real] = named
	}
	return &peerConn{PacketConn: conn, peers: peers, back: back}, addr, nil
}

// errPeer means that a relay was asked to send elsewhere than to our media.
var errPeer = errors.New("not a peer of this relay")

// AllocateListener implements turn.RelayAddressGenerator: there is no relaying of TCP.
func (*peerGenerator) AllocateListener(turn.AllocateListenerConfig) (net.Listener, net.Addr, error) {
	return nil, nil, errPeer
}

// AllocateConn implements turn.RelayAddressGenerator.
func (*peerGenerator) AllocateConn(turn.AllocateConnConfig) (net.Conn, error) { return nil, errPeer }

// peerConn is a relay's socket. A peer that answers name by a NAT's address is reached directly.
type peerConn struct {
	net.PacketConn
	peers, back map[netip.AddrPort]netip.AddrPort
}

// WriteTo implements net.PacketConn.
func (c *peerConn) WriteTo(b []byte, to net.Addr) (int, error) {
	real, ok := c.peers[addrPort(to)]
	if !ok {
		return 0, fmt.Errorf("%w: %v", errPeer, to)
	}
	return c.PacketConn.WriteTo(b, net.UDPAddrFromAddrPort(real))
}

// ReadFrom implements net.PacketConn. What does not come from a peer is passed over.
func (c *peerConn) ReadFrom(b []byte) (int, net.Addr, error) {
	for {
		n, from, err := c.PacketConn.ReadFrom(b)
		if err != nil {
			return n, from, err
		}
		if named, ok := c.back[addrPort(from)]; ok {
			return n, net.UDPAddrFromAddrPort(named), nil
		}
	}
}

func addrPort(a net.Addr) netip.AddrPort {
	u, ok := a.(*net.UDPAddr)
	if !ok {
		return netip.AddrPort{}
	}
	p := u.AddrPort()
	return netip.AddrPortFrom(p.Addr().Unmap().WithZone(""), p.Port())
}
