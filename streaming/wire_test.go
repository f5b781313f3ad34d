package streaming_test

import (
	"io"
	"net"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// wire is the network between a browser and a server: it passes UDP and TCP on from another address of this machine, until it is cut or
// falls silent.
type wire struct {
	server string
	udp    net.PacketConn
	tcp    net.Listener
	alive  sync.WaitGroup

	mu     sync.Mutex
	state  wireState
	era    int // counts the silences: who is older than one is lost
	closed bool
	ends   map[io.Closer]struct{}  // of TCP connections
	flows  map[string]*net.UDPConn // by the browser's address
}

// wireState is what a wire does with what is put on it.
type wireState int

const (
	wirePasses wireState = iota
	wireCut              // connections break, and there are no new ones
	wireSilent           // nothing passes and nobody is told: connections stay open for ever, and are of no use again
)

// newWire reaches a server, which advertises wireHost, at wireHost and the server's own port.
const wireHost = "127.0.0.2"

func newWire(t *testing.T, port string) *wire {
	t.Helper()
	at := net.JoinHostPort(wireHost, port)
	w := &wire{server: net.JoinHostPort("127.0.0.1", port), ends: map[io.Closer]struct{}{}, flows: map[string]*net.UDPConn{}}
	var err error
	w.tcp, err = net.Listen("tcp", at)
	if err != nil {
		t.Skipf("this machine has no second loopback address: %v", err)
	}
	w.udp, err = net.ListenPacket("udp", at)
	require.NoError(t, err)
	w.alive.Go(w.accept)
	w.alive.Go(w.passUp)
	t.Cleanup(w.close)
	return w
}

func (w *wire) set(state wireState) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.state = state
	switch state {
	case wirePasses:
	case wireCut:
		w.drop()
	case wireSilent:
		w.era++
		w.dropFlows()
	}
}

// drop ends all that is on the wire; mu is held.
func (w *wire) drop() {
	for c := range w.ends {
		_ = c.Close()
	}
	w.dropFlows()
}

func (w *wire) dropFlows() {
	for _, c := range w.flows {
		_ = c.Close()
	}
	clear(w.flows)
}

func (w *wire) close() {
	w.mu.Lock()
	w.closed = true
	w.drop()
	w.mu.Unlock()
	_ = w.tcp.Close()
	_ = w.udp.Close()
	w.alive.Wait()
}

// hold keeps what is to be closed with the wire, and returns its era; false when the wire is cut.
func (w *wire) hold(c io.Closer) (int, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.state == wireCut || w.closed {
		_ = c.Close()
		return 0, false
	}
	w.ends[c] = struct{}{}
	return w.era, true
}

// passes tells whether the bytes of a connection of that era arrive.
func (w *wire) passes(era int) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.state == wirePasses && era == w.era
}

func (w *wire) accept() {
	for {
		near, err := w.tcp.Accept()
		if err != nil {
			return
		}
		era, ok := w.hold(near)
		if !ok || !w.passes(era) {
			continue
		}
		far, err := net.Dial("tcp", w.server)
		if err != nil {
			_ = near.Close()
			continue
		}
		if _, ok := w.hold(far); !ok {
			_ = near.Close()
			continue
		}
		for _, ends := range [][2]net.Conn{{near, far}, {far, near}} {
			w.alive.Go(func() { w.copy(ends[0], ends[1], era) })
		}
	}
}

// copy passes on what one end sends, and its end.
func (w *wire) copy(to, from net.Conn, era int) {
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if !w.passes(era) {
			if err != nil {
				return // the other end does not hear of it
			}
			continue
		}
		if _, writeErr := to.Write(buf[:n]); err != nil || writeErr != nil {
			_, _ = to.Close(), from.Close()
			return
		}
	}
}

// passUp passes datagrams to the server, each browser's from a socket of its own, as a NAT does.
func (w *wire) passUp() {
	buf := make([]byte, 2048)
	for {
		n, from, err := w.udp.ReadFrom(buf)
		if err != nil {
			return
		}
		if c := w.flow(from); c != nil {
			_, _ = c.Write(buf[:n])
		}
	}
}

func (w *wire) flow(from net.Addr) *net.UDPConn {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.state != wirePasses || w.closed {
		return nil
	}
	if c := w.flows[from.String()]; c != nil {
		return c
	}
	conn, err := net.Dial("udp", w.server)
	if err != nil {
		return nil
	}
	c, ok := conn.(*net.UDPConn)
	if !ok {
		return nil
	}
	w.flows[from.String()] = c
	w.alive.Go(func() {
		buf := make([]byte, 2048)
		for {
			n, err := c.Read(buf)
			if err != nil {
				return
			}
			_, _ = w.udp.WriteTo(buf[:n], from)
		}
	})
	return c
}
