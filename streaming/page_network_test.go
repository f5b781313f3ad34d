package streaming_test

import (
	"io"
	"net"
	"net/url"
	"strconv"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/browsertest"
)

// wire is the network between a browser and a server: it passes UDP and TCP on from another address of this machine, until it is cut.
type wire struct {
	server string
	udp    net.PacketConn
	tcp    net.Listener
	alive  sync.WaitGroup

	mu     sync.Mutex
	cut    bool
	closed bool
	ends   map[io.Closer]struct{}  // of TCP connections
	flows  map[string]*net.UDPConn // by the browser's address
}

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

// setCut cuts the wire, with all connections that are on it, or mends it.
func (w *wire) setCut(cut bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = cut
	if cut {
		w.drop()
	}
}

// drop ends all that is on the wire; mu is held.
func (w *wire) drop() {
	for c := range w.ends {
		_ = c.Close()
	}
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

// hold keeps what is to be closed with the wire; false when it is cut.
func (w *wire) hold(c io.Closer) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.cut || w.closed {
		_ = c.Close()
		return false
	}
	w.ends[c] = struct{}{}
	return true
}

func (w *wire) accept() {
	for {
		near, err := w.tcp.Accept()
		if err != nil {
			return
		}
		if !w.hold(near) {
			continue
		}
		far, err := net.Dial("tcp", w.server)
		if err != nil || !w.hold(far) {
			_ = near.Close()
			continue
		}
		for _, ends := range [][2]net.Conn{{near, far}, {far, near}} {
			w.alive.Go(func() {
				_, _ = io.Copy(ends[0], ends[1])
				_, _ = ends[0].Close(), ends[1].Close()
			})
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
	if w.cut || w.closed {
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

// TestPageSurvivesItsNetwork cuts the network between the browser and the server, which stays up, and mends it.
func TestPageSurvivesItsNetwork(t *testing.T) {
	ctx := browsertest.New(t)
	s := newServer(t, streaming.Config{Advertise: []string{wireHost}})
	addStream(t, s, "demo", true)
	at, err := url.Parse(s.URL())
	require.NoError(t, err)
	w := newWire(t, at.Port())
	browse(t, ctx, chromedp.Navigate("http://"+net.JoinHostPort(wireHost, at.Port())+"/"))
	holds(t, ctx, `window.videogem?.state === 'live' && videogem.decodedFrames > 10`)
	w.setCut(true)
	holds(t, ctx, `videogem.up === false && videogem.state !== 'live' && document.getElementById('link').textContent.includes('does not answer')`)
	w.setCut(false)
	holds(t, ctx, `videogem.up === true && videogem.state === 'live'`)
	before, err := chromedp.Run(ctx, chromedp.Evaluate[int](`videogem.decodedFrames`))
	require.NoError(t, err)
	holds(t, ctx, `videogem.decodedFrames > `+strconv.Itoa(before+10))
	eventually(t, "the lost session has ended", func() bool { return streaming.Sessions(s) == 1 })
}
