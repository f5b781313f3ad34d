package streaming

import (
	"context"
	"encoding/binary"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/logging"
	"github.com/pion/stun/v4"
	"github.com/pion/turn/v5"
	"github.com/stretchr/testify/require"
)

// startRelay starts a relay for one peer.
func startRelay(t *testing.T, now func() time.Time) (r *relay, at string, peer netip.AddrPort) {
	t.Helper()
	peer = netip.MustParseAddrPort("127.0.0.1:9")
	r, err := newRelay(context.Background(), &TURN{Listen: "127.0.0.1:0"}, func() map[netip.AddrPort]netip.AddrPort { return map[netip.AddrPort]netip.AddrPort{peer: peer} }, now, pionLogs{slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, r.close()) })
	var port int
	_, err = fmt.Sscanf(r.server.URLs[0], "turn:127.0.0.1:%d?", &port)
	require.NoError(t, err)
	return r, fmt.Sprintf("127.0.0.1:%d", port), peer
}

// relayed makes an allocation, which the test's end frees.
func relayed(t *testing.T, at, user, password string) (*turn.Client, error) {
	t.Helper()
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	c, err := turn.NewClient(&turn.ClientConfig{
		STUNServerAddr: at, TURNServerAddr: at, Conn: conn, Username: user, Password: password, Realm: "videogem",
		LoggerFactory: &logging.DefaultLoggerFactory{DefaultLogLevel: logging.LogLevelDisabled},
	})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	require.NoError(t, c.Listen())
	relay, err := c.Allocate()
	if err == nil {
		t.Cleanup(func() { _ = relay.Close() })
	}
	return c, err
}

func allocate(t *testing.T, at, user, password string) error {
	t.Helper()
	_, err := relayed(t, at, user, password)
	return err
}

// TestRelayCredentials: they are good for as long as they say, and for nobody who does not know the secret.
func TestRelayCredentials(t *testing.T) {
	r, at, _ := startRelay(t, time.Now)
	user, password, err := turn.GenerateLongTermTURNRESTCredentials(r.server.Secret, "anna", time.Minute)
	require.NoError(t, err)
	require.NoError(t, allocate(t, at, user, password))

	user, password, err = turn.GenerateLongTermTURNRESTCredentials(r.server.Secret, "anna", -time.Second)
	require.NoError(t, err)
	require.Error(t, allocate(t, at, user, password), "run out")
	user, password, err = turn.GenerateLongTermTURNRESTCredentials("another secret", "anna", time.Minute)
	require.NoError(t, err)
	require.Error(t, allocate(t, at, user, password), "another server's")
	_, password, err = turn.GenerateLongTermTURNRESTCredentials(r.server.Secret, "anna", -time.Second)
	require.NoError(t, err)
	require.Error(t, allocate(t, at, fmt.Sprint(time.Now().Add(time.Hour).Unix(), ":anna"), password), "made to last longer")
	require.Error(t, allocate(t, at, "anna", password), "no time in it")
	require.Equal(t, 10*time.Minute, r.server.Life)
	require.GreaterOrEqual(t, len(r.server.Secret), 26)
}

// request makes an authenticated request of a client's, and returns the error code of the answer; 0: none.
func request(t *testing.T, c *turn.Client, user, password string, method stun.Method, more ...stun.Setter) stun.ErrorCode {
	t.Helper()
	ask := func(more ...stun.Setter) *stun.Message {
		m, err := stun.Build(append([]stun.Setter{stun.TransactionID, stun.NewType(method, stun.ClassRequest)}, more...)...)
		require.NoError(t, err)
		r, err := c.PerformTransaction(m, c.TURNServerAddr(), false)
		require.NoError(t, err)
		return r.Msg
	}
	var nonce stun.Nonce
	require.NoError(t, nonce.GetFrom(ask(more...)))
	answer := ask(append(more, stun.NewUsername(user), stun.NewRealm("videogem"), nonce, stun.NewLongTermIntegrity(user, "videogem", password))...)
	var code stun.ErrorCodeAttribute
	if answer.Type.Class == stun.ClassErrorResponse {
		require.NoError(t, code.GetFrom(answer))
	}
	return code.Code
}

// attribute writes one attribute.
type attribute func(m *stun.Message) error

func (a attribute) AddTo(m *stun.Message) error { return a(m) }

// number is an attribute that begins with a number of 32 bits.
func number(a stun.AttrType, n uint32) attribute {
	return func(m *stun.Message) error { m.Add(a, binary.BigEndian.AppendUint32(nil, n)); return nil }
}

// TestRelayOutlastsItsCredentials: who has begun in time goes on for as long as he likes, with refreshes, permissions and channels; nothing
// new is to be had.
func TestRelayOutlastsItsCredentials(t *testing.T) {
	var passed atomic.Int64
	r, at, peer := startRelay(t, func() time.Time { return time.Now().Add(time.Duration(passed.Load())) })
	user, password, err := turn.GenerateLongTermTURNRESTCredentials(r.server.Secret, "anna", DefaultCredentialLife)
	require.NoError(t, err)
	c, err := relayed(t, at, user, password)
	require.NoError(t, err)
	of := attribute(func(m *stun.Message) error {
		return stun.XORMappedAddress{IP: peer.Addr().AsSlice(), Port: int(peer.Port())}.AddToAs(m, stun.AttrXORPeerAddress)
	})
	lifetime := number(stun.AttrLifetime, 60)
	for _, later := range []time.Duration{0, 20 * time.Minute, 5 * time.Hour} {
		passed.Store(int64(later))
		require.Zero(t, request(t, c, user, password, stun.MethodRefresh, lifetime), later)
		require.Zero(t, request(t, c, user, password, stun.MethodCreatePermission, of), later)
		require.Zero(t, request(t, c, user, password, stun.MethodChannelBind, number(stun.AttrChannelNumber, 0x4000<<16), of), later)
		require.Equal(t, stun.CodeUnauthorized, request(t, c, user, "wrong", stun.MethodRefresh, lifetime), "the password counts")
	}
	require.Error(t, allocate(t, at, user, password), "too late for anything new")
	require.Zero(t, request(t, c, user, password, stun.MethodRefresh, number(stun.AttrLifetime, 0)), "he leaves")
	require.Equal(t, stun.CodeUnauthorized, request(t, c, user, password, stun.MethodRefresh, lifetime), "and cannot come back")
}

// TestRelayQuota: a pair of credentials has room for a browser's allocations, an address for those of a site, and all have an end.
func TestRelayQuota(t *testing.T) {
	r, at, _ := startRelay(t, time.Now)
	user, password, err := turn.GenerateLongTermTURNRESTCredentials(r.server.Secret, "anna", time.Minute)
	require.NoError(t, err)
	for range relayUser {
		require.NoError(t, allocate(t, at, user, password))
	}
	require.Error(t, allocate(t, at, user, password), "one too many")
	user, password, err = turn.GenerateLongTermTURNRESTCredentials(r.server.Secret, "bob", time.Minute)
	require.NoError(t, err)
	require.NoError(t, allocate(t, at, user, password), "another's")

	from := func(i int) net.Addr {
		return &net.UDPAddr{IP: net.IPv4(198, 51, byte(i>>8), byte(i)), Port: 1000 + i%7}
	}
	q := newAllocations()
	for i := range relayAddress {
		require.True(t, q.room(fmt.Sprint(i), "", from(1)))
		q.add(fmt.Sprint(i), from(1))
	}
	require.False(t, q.room("next", "", from(1)))
	require.True(t, q.room("next", "", from(2)))
	for i := relayAddress; i < relayTotal; i++ {
		require.True(t, q.room(fmt.Sprint(i), "", from(2+i)))
		q.add(fmt.Sprint(i), from(2+i))
	}
	require.False(t, q.room("next", "", from(9999)), "that is all")
	for i := range relayTotal {
		at := from(1)
		if i >= relayAddress {
			at = from(2 + i)
		}
		q.remove(fmt.Sprint(i), at)
	}
	q.remove("nobody", from(1))
	require.Equal(t, newAllocations(), q, "nothing is left behind")
}

// TestRelayPeers: permissions are for the server's own addresses; private ones, however they are written, are nobody's.
func TestRelayPeers(t *testing.T) {
	own4, own6, nat := netip.MustParseAddrPort("192.0.2.1:8080"), netip.MustParseAddrPort("[2001:db8::1]:8080"), netip.MustParseAddrPort("198.51.100.7:8080")
	peers := map[netip.AddrPort]netip.AddrPort{own4: own4, own6: own6, nat: own4}
	g := &peerGenerator{peers: func() map[netip.AddrPort]netip.AddrPort { return peers }}
	for text, want := range map[string]bool{
		"192.0.2.1": true, "2001:db8::1": true, "198.51.100.7": true, "::ffff:192.0.2.1": true,
		"10.0.0.1": false, "172.16.0.1": false, "192.168.1.1": false, "100.64.0.1": false, // private, carriers'
		"127.0.0.1": false, "169.254.169.254": false, "0.0.0.0": false, "224.0.0.1": false, "255.255.255.255": false, "192.0.2.2": false,
		"::1": false, "fe80::1": false, "fd00::1": false, "fc00::1": false, "ff02::1": false, "::": false, "2001:db8::2": false,
		"::ffff:10.0.0.1": false, "::ffff:127.0.0.1": false, "::ffff:169.254.169.254": false, "64:ff9b::a00:1": false, "::192.0.2.1": false, "2002:c000:201::": false,
	} {
		require.Equal(t, want, g.permits(nil, net.ParseIP(text)), text)
	}
	require.False(t, g.permits(nil, nil))
	require.False(t, g.permits(nil, net.IP{1, 2, 3}))

	// A permission has no port; the relay's socket knows it.
	socket, err := net.ListenPacket("udp4", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, socket.Close()) }()
	conn := &peerConn{PacketConn: socket, peers: peers}
	for _, to := range []net.Addr{
		&net.UDPAddr{IP: own4.Addr().AsSlice(), Port: 22}, &net.UDPAddr{IP: net.IPv4(10, 0, 0, 1), Port: 8080}, &net.TCPAddr{IP: own4.Addr().AsSlice(), Port: 8080}, &net.UDPAddr{},
	} {
		_, err := conn.WriteTo([]byte("x"), to)
		require.ErrorIs(t, err, errPeer, to)
	}
}
