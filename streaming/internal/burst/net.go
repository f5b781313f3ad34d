package burst

import (
	"fmt"
	"net"

	"github.com/pion/transport/v5"
	"github.com/pion/transport/v5/stdnet"
)

// Net is the machine's network; its UDP sockets belong to a Set.
type Net struct {
	transport.Net
	set *Set
}

// Net returns the machine's network with UDP sockets as Conn makes them.
func (s *Set) Net() (*Net, error) {
	n, err := stdnet.NewNet()
	if err != nil {
		return nil, fmt.Errorf("network interfaces: %w", err)
	}
	return &Net{Net: n, set: s}, nil
}

// ListenUDP implements transport.Net.
func (n *Net) ListenUDP(network string, at *net.UDPAddr) (transport.UDPConn, error) {
	conn, err := net.ListenUDP(network, at)
	if err != nil {
		return nil, err
	}
	return n.set.Conn(conn), nil
}
