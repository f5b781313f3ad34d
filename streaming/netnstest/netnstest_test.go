//go:build linux

package netnstest_test

import (
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/videogem/videogem/streaming/netnstest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// ends are a socket in each of two namespaces.
func ends(t *testing.T, a *netnstest.Namespace, addressA string, b *netnstest.Namespace, addressB string) (left, right net.PacketConn) {
	t.Helper()
	for _, end := range []struct {
		n       *netnstest.Namespace
		address string
		conn    *net.PacketConn
	}{{a, addressA, &left}, {b, addressB, &right}} {
		var err error
		end.n.Do(func() { *end.conn, err = net.ListenPacket("udp", end.address) })
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, (*end.conn).Close()) })
	}
	return left, right
}

// arrive sends so many packets and returns how many arrive, and when the first does.
func arrive(t *testing.T, from, to net.PacketConn, n, size int) (arrived int, first time.Duration) {
	t.Helper()
	begun := time.Now()
	for range n {
		_, err := from.WriteTo(make([]byte, size), to.LocalAddr())
		require.NoError(t, err)
	}
	b := make([]byte, 2000)
	for {
		require.NoError(t, to.SetReadDeadline(time.Now().Add(300*time.Millisecond)))
		if _, _, err := to.ReadFrom(b); err != nil {
			return arrived, first
		}
		if arrived++; arrived == 1 {
			first = time.Since(begun)
		}
	}
}

func TestCable(t *testing.T) {
	a, b := netnstest.New(t), netnstest.New(t)
	netnstest.Cable(t, a, "left", []string{"10.1.0.1/24", "fd01::1/64"}, b, "right", []string{"10.1.0.2/24", "fd01::2/64"})
	for _, addresses := range [][2]string{{"10.1.0.1:0", "10.1.0.2:0"}, {"[fd01::1]:0", "[fd01::2]:0"}} {
		left, right := ends(t, a, addresses[0], b, addresses[1])
		require.Eventually(t, func() bool { n, _ := arrive(t, left, right, 1, 10); return n == 1 }, 10*time.Second, time.Millisecond)
	}
}

func TestLink(t *testing.T) {
	a, b := netnstest.New(t), netnstest.New(t)
	l := netnstest.NewLink(t, a, "net", []string{"10.1.0.1/24"}, b, "net", []string{"10.1.0.2/24"})
	left, right := ends(t, a, "10.1.0.1:0", b, "10.1.0.2:0")
	require.Eventually(t, func() bool { n, _ := arrive(t, left, right, 100, 10); return n == 100 }, 10*time.Second, time.Millisecond)
	l.Set(netnstest.Conditions{Delay: 50 * time.Millisecond, Loss: .2})
	n, first := arrive(t, right, left, 100, 10)
	require.InDelta(t, 80, n, 19, "a fifth is lost")
	require.GreaterOrEqual(t, first, 50*time.Millisecond)
	l.Set(netnstest.Conditions{Rate: 800_000, Queue: 100 * time.Millisecond}) // 100 kB a second, of which 10 wait
	n, _ = arrive(t, left, right, 60, 972)
	require.InDelta(t, 11, n, 5, "no more have room")
	l.Set(netnstest.Conditions{Drop: func(packet []byte) bool { return packet[9] == 17 }}) // UDP
	n, _ = arrive(t, left, right, 10, 10)
	require.Zero(t, n)
}
