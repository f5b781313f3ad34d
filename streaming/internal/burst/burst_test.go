package burst

import (
	"bytes"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// listen returns a socket and its address.
func listen(t *testing.T) (*net.UDPConn, netip.AddrPort) {
	t.Helper()
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	a, err := netip.ParseAddrPort(c.LocalAddr().String())
	require.NoError(t, err)
	return c, a
}

// rtp is a packet of that stream and size.
func rtp(ssrc uint32, number, size int) []byte {
	b := bytes.Repeat([]byte{byte(number)}, size)
	b[0], b[1] = 0x80, 96
	binary.BigEndian.PutUint32(b[8:], ssrc)
	return b
}

// come checks that these packets, and no others, have come so far.
func come(t *testing.T, c *net.UDPConn, want ...[]byte) {
	t.Helper()
	// Loopback delivers before the write returns, so that nothing needs to be waited for; what is read first can be told from rest.
	b := make([]byte, 1<<16)
	for i, w := range want {
		require.NoError(t, c.SetReadDeadline(time.Now().Add(10*time.Second)))
		n, err := c.Read(b)
		require.NoError(t, err, "packet %d", i)
		require.True(t, bytes.Equal(w, b[:n]), "packet %d: %d bytes, want %d", i, n, len(w))
	}
	require.NoError(t, c.SetReadDeadline(time.Now().Add(time.Millisecond)))
	n, err := c.Read(b)
	require.Error(t, err, "%d bytes more", n)
}

// sender is a connection with one burst.
func sender(t *testing.T, ssrc uint32) (*Conn, *Burst) {
	t.Helper()
	set := &Set{}
	raw, _ := listen(t)
	c := set.Conn(raw)
	if !c.segments {
		t.Skip("this kernel does not cut large writes into packets")
	}
	return c, set.Add(ssrc)
}

// TestPacketsArriveAsWritten: whatever their sizes, packets come in their order and as they were.
func TestPacketsArriveAsWritten(t *testing.T) {
	const ssrc = 7
	sizes := func(n, size int) []int {
		all := make([]int, n)
		for i := range all {
			all[i] = size
		}
		return all
	}
	for name, all := range map[string][]int{
		"a frame":                           {1216, 1216, 1216, 1216, 700},
		"one packet":                        {300},
		"small ones between large ones":     {1216, 20, 1216, 1216, 40, 30, 30, 1216},
		"larger and larger":                 {20, 30, 40, 1000},
		"a key frame":                       append(sizes(40, 1216), 12),
		"more than the kernel cuts at once": sizes(150, 100),
		"more than UDP takes at once":       sizes(60, 1216),
	} {
		t.Run(name, func(t *testing.T) {
			c, b := sender(t, ssrc)
			peer, to := listen(t)
			for range 3 { // the first leaves nothing behind
				b.Hold()
				var want [][]byte
				for i, size := range all {
					p := rtp(ssrc, i, size)
					n, err := c.WriteToAddrPort(bytes.Clone(p), to)
					require.NoError(t, err)
					require.Equal(t, size, n)
					want = append(want, p)
				}
				require.NoError(t, b.Flush())
				require.Nil(t, b.buffer)
				require.False(t, b.refused.IsValid(), "no write is more than the kernel takes")
				come(t, peer, want...)
			}
		})
	}
}

// TestNothingElseWaits: only the packets of a stream that is held are, until the end.
func TestNothingElseWaits(t *testing.T) {
	c, b := sender(t, 7)
	peer, to := listen(t)
	write := func(p []byte) []byte {
		_, err := c.WriteTo(p, net.UDPAddrFromAddrPort(to))
		require.NoError(t, err)
		return p
	}
	come(t, peer, write(rtp(7, 0, 100)))
	b.Hold()
	first, second := write(rtp(7, 1, 100)), write(rtp(7, 2, 100))
	rtcp := rtp(7, 1, 100)
	rtcp[1] = 200
	stun := rtp(7, 1, 100)
	stun[0] = 0
	come(t, peer, write(rtcp), write(stun), write(rtp(8, 1, 100)), write([]byte{0x80, 96}))
	require.NoError(t, b.Flush())
	come(t, peer, first, second)
	come(t, peer, write(rtp(7, 3, 100)))
}

// TestPeersThatMove: a burst goes to each address, and by each socket, in the order of the writes.
func TestPeersThatMove(t *testing.T) {
	c, b := sender(t, 7)
	raw, _ := listen(t)
	other := c.set.Conn(raw)
	here, to := listen(t)
	there, toThere := listen(t)
	b.Hold()
	for _, w := range []struct {
		c  *Conn
		to netip.AddrPort
	}{{c, to}, {c, to}, {c, toThere}, {other, toThere}, {other, to}, {c, to}} {
		_, err := w.c.WriteToAddrPort(rtp(7, 1, 100), w.to)
		require.NoError(t, err)
	}
	require.NoError(t, b.Flush())
	p := rtp(7, 1, 100)
	come(t, there, p, p)
	var ports []int
	for range 4 {
		_, a, err := here.ReadFromUDPAddrPort(make([]byte, 1<<16))
		require.NoError(t, err)
		ports = append(ports, int(a.Port()))
	}
	own, others := port(t, c), port(t, other)
	require.Equal(t, []int{own, own, others, own}, ports)
}

func port(t *testing.T, c net.PacketConn) int {
	t.Helper()
	a, ok := c.LocalAddr().(*net.UDPAddr)
	require.True(t, ok)
	return a.Port
}

// TestSetOfStreams: an SSRC belongs to the stream that had it first, until it goes.
func TestSetOfStreams(t *testing.T) {
	set := &Set{}
	require.Nil(t, set.of(rtp(7, 0, 20)))
	b := set.Add(7)
	require.Nil(t, set.Add(7))
	require.Same(t, b, set.of(rtp(7, 0, 20)))
	other := set.Add(8)
	b.Remove()
	require.Nil(t, set.of(rtp(7, 0, 20)))
	require.Same(t, other, set.of(rtp(8, 0, 20)))
	again := set.Add(7)
	b.Remove() // a second time
	require.Same(t, again, set.of(rtp(7, 0, 20)))

	var none *Set
	b = none.Add(7)
	require.Nil(t, b)
	b.Hold()
	require.NoError(t, b.Flush())
	b.Remove()
}

// TestWaysWithoutSegmentation: where the kernel refuses, packets go one by one, and their errors are told.
func TestWaysWithoutSegmentation(t *testing.T) {
	c, b := sender(t, 7)
	peer, to := listen(t)
	// Without checksums there is no segmentation: the kernel says EIO, as it does for a device that makes none.
	withoutChecksums(t, c.UDPConn)
	for range 2 {
		b.Hold()
		for range 3 {
			_, err := c.WriteToAddrPort(rtp(7, 1, 100), to)
			require.NoError(t, err)
		}
		require.NoError(t, b.Flush())
		come(t, peer, rtp(7, 1, 100), rtp(7, 1, 100), rtp(7, 1, 100))
		require.Equal(t, to, b.refused)
	}

	b.Hold()
	_, err := c.WriteToAddrPort(rtp(7, 1, 100), netip.MustParseAddrPort("[::1]:9"))
	require.NoError(t, err, "it waits")
	_, err = c.WriteToAddrPort(rtp(7, 1, 100), to)
	require.NoError(t, err)
	require.Error(t, b.Flush(), "an IPv4 socket does not reach IPv6")
	come(t, peer, rtp(7, 1, 100))
	b.Hold()
	require.NoError(t, b.Flush(), "told once")

	c.segments = false
	b.Hold()
	_, err = c.WriteToAddrPort(rtp(7, 1, 100), to)
	require.NoError(t, err)
	come(t, peer, rtp(7, 1, 100))
	require.NoError(t, b.Flush())
}

// TestClosedSocket: who sends on hears of it.
func TestClosedSocket(t *testing.T) {
	set := &Set{}
	raw, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	require.NoError(t, err)
	c, b := set.Conn(raw), set.Add(7)
	_, to := listen(t)
	require.NoError(t, c.Close())
	b.Hold()
	var errs []error
	for range 2 {
		_, err := c.WriteToAddrPort(rtp(7, 1, 100), to)
		errs = append(errs, err)
	}
	require.ErrorIs(t, errors.Join(append(errs, b.Flush())...), net.ErrClosed)
}

// TestManyAtOnce: bursts of many streams do not mix.
func TestManyAtOnce(t *testing.T) {
	set := &Set{}
	raw, _ := listen(t)
	c := set.Conn(raw)
	var wg sync.WaitGroup
	for ssrc := range uint32(8) {
		peer, to := listen(t)
		wg.Go(func() {
			for range 20 {
				b := set.Add(ssrc)
				b.Hold()
				for i := range 5 {
					_, _ = c.WriteToAddrPort(rtp(ssrc, i, 100), to)
				}
				_ = b.Flush()
				b.Remove()
			}
		})
		t.Cleanup(func() {
			var want [][]byte
			for range 20 {
				for i := range 5 {
					want = append(want, rtp(ssrc, i, 100))
				}
			}
			come(t, peer, want...)
		})
	}
	wg.Wait()
}

// TestNetwork: the sockets of a set's network belong to the set.
func TestNetwork(t *testing.T) {
	set := &Set{}
	n, err := set.Net()
	require.NoError(t, err)
	c, err := n.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	require.NoError(t, err)
	own, ok := c.(*Conn)
	require.True(t, ok)
	require.Same(t, set, own.set)
	at, ok := c.LocalAddr().(*net.UDPAddr)
	require.True(t, ok)
	_, err = n.ListenUDP("udp4", at)
	require.ErrorContains(t, err, "address already in use")
	require.NoError(t, c.Close())
}
