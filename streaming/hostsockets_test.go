package streaming

import (
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming/internal/burst"
)

// fakeHost is a machine whose addresses come and go. They are loopback ones, of which each machine has 16 million.
type fakeHost struct {
	hosts     *hostSockets
	addresses []netip.Addr
	v4, v6    bool // has default routes
}

func newFakeHost(t *testing.T, listen string, onlyOwn bool, addresses ...string) *fakeHost {
	t.Helper()
	f := &fakeHost{v4: true, v6: true}
	f.hosts = &hostSockets{
		listen: netip.AddrPortFrom(netip.MustParseAddr(listen), freePort(t)), others: true, bursts: &burst.Set{}, log: slog.New(slog.DiscardHandler),
		sockets: map[netip.Addr]*hostSocket{}, failed: map[netip.Addr]error{},
		addresses: func() (own, named []netip.Addr, err error) { return f.addresses, f.addresses, nil },
		routed:    func(v4 bool) bool { return v4 && f.v4 || !v4 && f.v6 },
		listenOwn: listenThisHostOnly,
	}
	t.Cleanup(func() { require.NoError(t, f.hosts.Close()) })
	if !f.hosts.listen.Addr().IsUnspecified() {
		require.NoError(t, f.hosts.open(f.hosts.listen.Addr(), false, time.Now()))
	}
	f.hosts.onlyOwn = onlyOwn
	f.has(addresses...)
	return f
}

func freePort(t *testing.T) uint16 {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close()) }()
	return addrPort(conn.LocalAddr()).Port()
}

// has gives the machine other addresses.
func (f *fakeHost) has(addresses ...string) {
	f.addresses = nil
	for _, a := range addresses {
		f.addresses = append(f.addresses, netip.MustParseAddr(a))
	}
	f.hosts.looked = time.Time{}
}

// names are the addresses that an answer names now.
func (f *fakeHost) names() []string {
	var all []string
	for _, a := range f.hosts.GetListenAddresses() {
		all = append(all, addrPort(a).Addr().String())
	}
	return all
}

// TestAddressesComeAndGo: answers name the addresses that the machine has at that moment. A network that is away for a while finds its socket
// as it was; after long the socket is closed.
func TestAddressesComeAndGo(t *testing.T) {
	f := newFakeHost(t, "0.0.0.0", false, "127.0.0.1", "127.0.0.2")
	require.Equal(t, []string{"127.0.0.1", "127.0.0.2"}, f.names())
	second := f.hosts.sockets[netip.MustParseAddr("127.0.0.2")]

	f.has("127.0.0.1", "127.0.0.3", "::1")
	require.Equal(t, []string{"127.0.0.1", "127.0.0.3", "::1"}, f.names())
	f.has("127.0.0.1", "127.0.0.2")
	require.Equal(t, []string{"127.0.0.1", "127.0.0.2"}, f.names())
	require.Same(t, second, f.hosts.sockets[netip.MustParseAddr("127.0.0.2")])
	require.Len(t, f.hosts.sockets, 4)

	for _, a := range []string{"127.0.0.3", "::1"} {
		f.hosts.sockets[netip.MustParseAddr(a)].seen = time.Now().Add(-2 * socketPatience)
	}
	f.has("127.0.0.1", "127.0.0.2")
	require.Len(t, f.names(), 2)
	require.Len(t, f.hosts.sockets, 2)
	_, err := f.hosts.GetConn("user", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 3), Port: int(f.hosts.listen.Port())})
	require.ErrorIs(t, err, net.ErrClosed)

	f.hosts.addresses = func() (own, named []netip.Addr, err error) { return nil, nil, errors.New("no netlink") }
	f.hosts.looked = time.Time{}
	require.Len(t, f.names(), 2, "those that were known")
}

// TestAddressesAreLookedUpSeldom: a crowd that comes at once does not make the kernel list its addresses for each.
func TestAddressesAreLookedUpSeldom(t *testing.T) {
	f := newFakeHost(t, "0.0.0.0", false, "127.0.0.1")
	looked := 0
	f.hosts.addresses = func() (own, named []netip.Addr, err error) {
		looked++
		return f.addresses, f.addresses, nil
	}
	for range 100 {
		require.Len(t, f.names(), 1)
	}
	require.LessOrEqual(t, looked, 2)
}

// TestAnAddressWhosePortIsTaken is left out, and taken when the port is free again.
func TestAnAddressWhosePortIsTaken(t *testing.T) {
	f := newFakeHost(t, "0.0.0.0", false)
	other, err := net.ListenPacket("udp", net.JoinHostPort("127.0.0.2", strconv.Itoa(int(f.hosts.listen.Port()))))
	require.NoError(t, err)
	f.has("127.0.0.2", "127.0.0.1")
	require.Equal(t, []string{"127.0.0.1"}, f.names())
	require.NoError(t, other.Close())
	f.has("127.0.0.2", "127.0.0.1")
	require.Equal(t, []string{"127.0.0.2", "127.0.0.1"}, f.names())
}

// TestNothingIsSentElsewhere: a socket for this machine only sends to no other, whatever a viewer says where it is.
func TestNothingIsSentElsewhere(t *testing.T) {
	f := newFakeHost(t, "127.0.0.1", true, "192.0.2.1", "2001:db8::1")
	f.names()
	for to, want := range map[string]bool{
		"192.0.2.1": true, "2001:db8::1": true, "127.0.0.1": true, "127.9.9.9": true, "::1": true,
		"192.0.2.2": false, "2001:db8::2": false, "255.255.255.255": false, "224.0.0.1": false, "ff02::1": false, "0.0.0.0": false, "::": false,
	} {
		require.Equal(t, want, f.hosts.isOwn(netip.MustParseAddr(to)), to)
	}
	sink, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	require.NoError(t, err)
	defer func() { require.NoError(t, sink.Close()) }()
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close()) }()
	own := false
	c := &thisHostOnly{Conn: (&burst.Set{}).Conn(conn), own: func(netip.Addr) bool { return own }}
	for _, packet := range []string{"lost", "sent"} {
		n, err := c.WriteTo([]byte(packet), sink.LocalAddr())
		require.NoError(t, err)
		require.Equal(t, 4, n)
		own = true
	}
	b := make([]byte, 10)
	require.NoError(t, sink.SetReadDeadline(time.Now().Add(10*time.Second)))
	n, _, err := sink.ReadFrom(b)
	require.NoError(t, err)
	require.Equal(t, "sent", string(b[:n]))
}

// TestNoFirefox: the reason why it gets no video.
func TestNoFirefox(t *testing.T) {
	for _, ca := range []struct {
		name      string
		listen    string
		addresses []string
		v4, v6    bool
		want      string
	}{
		{"loopback only", "127.0.0.1", []string{"127.0.0.1", "::1"}, false, false, "no network address"},
		{"loopback only, all", "0.0.0.0", []string{"127.0.0.1"}, false, false, ""},
		{"an address that is not to be had", "127.0.0.1", []string{"127.0.0.1", "192.0.2.77"}, true, true, "192.0.2.77"},
	} {
		t.Run(ca.name, func(t *testing.T) {
			f := newFakeHost(t, ca.listen, ca.listen == "127.0.0.1", ca.addresses...)
			f.v4, f.v6 = ca.v4, ca.v6
			err := f.hosts.noFirefox()
			if ca.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, ca.want)
		})
	}
}
