package streaming_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/rtp"
	"github.com/pion/stun/v4"
	"github.com/pion/webrtc/v4"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/netnstest"
	"github.com/videogem/videogem/streaming/streamtest"
)

// envServer makes TestServerProcess a server, which listens there.
const envServer = "VIDEOGEM_TEST_SERVER"

// TestServerProcess is no test, but a server in a process of its own for those that want one in another network.
func TestServerProcess(t *testing.T) {
	listen := os.Getenv(envServer)
	if listen == "" {
		t.Skip("it is the process of other tests")
	}
	s := newServer(t, streaming.Config{Listen: listen, Insecure: true, Logger: slog.New(slog.NewTextHandler(os.Stderr, nil))})
	addStream(t, s, "demo", true)
	fmt.Println("Watch at", s.URL(), "firefox:", s.NoFirefox())
	_, err := io.Copy(io.Discard, os.Stdin) // until the other test closes it
	require.NoError(t, err)
}

// serverIn starts a server inside a network, and returns its address and what it says of Firefox.
func serverIn(t *testing.T, n *netnstest.Namespace, listen string) (url, firefox string) {
	t.Helper()
	c := exec.Command(os.Args[0], "-test.run=^TestServerProcess$") //nolint:noctx // it ends with its standard input
	c.Env = append(os.Environ(), envServer+"="+listen)
	c.Stderr = os.Stderr
	in, err := c.StdinPipe()
	require.NoError(t, err)
	out, err := c.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, n.Start(c))
	lines := bufio.NewScanner(out)
	for url == "" && lines.Scan() {
		if found := regexp.MustCompile(`Watch at (\S+) firefox: (.*)`).FindStringSubmatch(lines.Text()); found != nil {
			url, firefox = found[1], found[2]
		}
	}
	require.NotEmpty(t, url)
	t.Cleanup(func() {
		_ = in.Close()
		_, _ = io.Copy(io.Discard, out)
		require.NoError(t, c.Wait())
	})
	return url, firefox
}

// viewerIn is a WHEP client whose media are inside a network, at that address.
type viewerIn struct {
	*webrtc.PeerConnection
	packets atomic.Int64
}

func newViewerIn(t *testing.T, n *netnstest.Namespace, address string) *viewerIn {
	t.Helper()
	var conn net.PacketConn
	var err error
	n.Do(func() { conn, err = net.ListenPacket("udp", net.JoinHostPort(address, "0")) })
	require.NoError(t, err)
	mux := ice.NewUDPMuxDefault(ice.UDPMuxParams{UDPConn: conn})
	var settings webrtc.SettingEngine
	settings.SetICEUDPMux(mux)
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	v := &viewerIn{}
	v.PeerConnection, err = streamtest.NewViewer(webrtc.NewAPI(webrtc.WithSettingEngine(settings)), webrtc.Configuration{},
		streamtest.EachPacket(func(*webrtc.TrackRemote, *rtp.Packet) { v.packets.Add(1) }))
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, v.GracefulClose())
		require.NoError(t, mux.Close())
	})
	return v
}

// answerFor posts an offer to a server inside a network, from inside. The candidates of the answer that keep does not want are taken out,
// as Firefox takes out those of loopback addresses.
func answerFor(t *testing.T, n *netnstest.Namespace, url string, v *viewerIn, keep func(netip.Addr) bool) string {
	t.Helper()
	offer, err := streamtest.FullOffer(t.Context(), v.PeerConnection)
	require.NoError(t, err)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"whep/demo", strings.NewReader(offer))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/sdp")
	request.Close = true
	var conn net.Conn
	n.Do(func() { conn, err = net.Dial("tcp", request.URL.Host) }) //nolint:noctx // it is there
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close()) }()
	require.NoError(t, request.Write(conn))
	response, err := http.ReadResponse(bufio.NewReader(conn), request)
	require.NoError(t, err)
	defer func() { require.NoError(t, response.Body.Close()) }()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusCreated, response.StatusCode, string(body))
	var answer strings.Builder
	for line := range strings.Lines(string(body)) {
		if fields := strings.Fields(line); !strings.HasPrefix(line, "a=candidate:") || keep(netip.MustParseAddr(fields[4])) {
			answer.WriteString(line)
		}
	}
	return answer.String()
}

// knock sends STUN binding requests with that answer's credentials, and tells whether one is answered.
func knock(t *testing.T, n *netnstest.Namespace, from, to, answer, user string) bool {
	t.Helper()
	var conn net.PacketConn
	var err error
	n.Do(func() { conn, err = net.ListenPacket("udp", net.JoinHostPort(from, "0")) })
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close()) }()
	return bind(t, conn, conn, to, answer, user)
}

// bind sends a STUN binding request with that answer's credentials a few times, and tells whether an answer is heard.
func bind(t *testing.T, sender, listener net.PacketConn, to, answer, user string) bool {
	t.Helper()
	_, password, _ := strings.Cut(answer, "a=ice-pwd:")
	password, _, _ = strings.Cut(password, "\r\n")
	request, err := stun.Build(stun.TransactionID, stun.BindingRequest, stun.NewUsername(ufrag(answer)+":"+user), stun.NewShortTermIntegrity(password), stun.Fingerprint)
	require.NoError(t, err)
	b := make([]byte, 1500)
	for range 5 {
		_, err = sender.WriteTo(request.Raw, net.UDPAddrFromAddrPort(netip.MustParseAddrPort(to)))
		require.NoError(t, err)
		require.NoError(t, listener.SetReadDeadline(time.Now().Add(200*time.Millisecond)))
		if _, _, err := listener.ReadFrom(b); err == nil {
			return true
		}
	}
	return false
}

// TestThisHostOnly: beside loopback this machine alone is listened to. A client in a second network, which knows everything that a viewer
// knows, gets nothing: not even an answer to STUN. The same client gets all of it from a server for everybody.
func TestThisHostOnly(t *testing.T) {
	inside, outside := netnstest.New(t), netnstest.New(t)
	netnstest.Cable(t, inside, "in", []string{"10.9.0.1/24", "fd09::1/64"}, outside, "out", []string{"10.9.0.2/24", "fd09::2/64"})
	notLoopback := func(a netip.Addr) bool { return !a.IsLoopback() }
	for _, ca := range []struct {
		listen string
		open   bool
	}{{"127.0.0.1:0", false}, {"[::1]:0", false}, {"0.0.0.0:0", true}} {
		url, firefox := serverIn(t, inside, ca.listen)
		require.Equal(t, ca.open, firefox == "", "there is no default route: %s", firefox)
		port := url[strings.LastIndex(url, ":")+1 : len(url)-1]
		for _, family := range []struct{ in, out string }{{"10.9.0.1", "10.9.0.2"}, {"fd09::1", "fd09::2"}} {
			t.Run(ca.listen+" "+family.in, func(t *testing.T) {
				t.Parallel()
				own := newViewerIn(t, inside, family.in)
				answer := answerFor(t, inside, url, own, notLoopback)
				user := ufrag(own.LocalDescription().SDP)
				at := net.JoinHostPort(family.in, port)
				require.True(t, knock(t, inside, family.in, at, answer, user), "this machine is answered")
				require.Equal(t, ca.open, knock(t, outside, family.out, at, answer, user), "another machine")
				require.NoError(t, streamtest.Answer(own.PeerConnection, answer))
				eventually(t, "video on this machine, without loopback addresses", func() bool { return own.packets.Load() > 20 })

				other := newViewerIn(t, outside, family.out)
				require.NoError(t, streamtest.Answer(other.PeerConnection, answerFor(t, inside, url, other, notLoopback)))
				if ca.open {
					eventually(t, "video on the other machine", func() bool { return other.packets.Load() > 20 })
					return
				}
				require.Never(t, func() bool {
					state := other.ICEConnectionState()
					return other.packets.Load() > 0 || state == webrtc.ICEConnectionStateConnected || state == webrtc.ICEConnectionStateCompleted
				}, 2*time.Second, 50*time.Millisecond)
			})
		}
	}
}

// TestSpoofedSenders: Linux takes IPv6 packets off the wire that claim to come from the machine's own address. They do not get in.
func TestSpoofedSenders(t *testing.T) {
	inside, outside := netnstest.New(t), netnstest.New(t)
	netnstest.Cable(t, inside, "in", []string{"fd09::1/64"}, outside, "out", []string{"fd09::2/64"})
	inside.IP(t, "link", "set", "in", "address", "02:00:00:00:09:01")
	outside.IP(t, "neighbour", "add", "fd09::1", "lladdr", "02:00:00:00:09:01", "dev", "out")
	for _, ca := range []struct {
		listen string
		open   bool
	}{{"127.0.0.1:0", false}, {"0.0.0.0:0", true}} {
		url, _ := serverIn(t, inside, ca.listen)
		own := newViewerIn(t, inside, "fd09::1")
		answer := answerFor(t, inside, url, own, func(netip.Addr) bool { return true })
		port := url[strings.LastIndex(url, ":")+1 : len(url)-1]
		require.Equal(t, ca.open, heard(t, inside, outside, answer, ufrag(own.LocalDescription().SDP), net.JoinHostPort("fd09::1", port)), ca.listen)
	}
}

// heard sends a STUN request from outside with an address of inside as its sender, and tells whether it is answered, to that address.
func heard(t *testing.T, inside, outside *netnstest.Namespace, answer, user, to string) bool {
	t.Helper()
	var listener, sender net.PacketConn
	var err error
	inside.Do(func() { listener, err = net.ListenPacket("udp", "[fd09::1]:0") })
	require.NoError(t, err)
	defer func() { require.NoError(t, listener.Close()) }()
	transparent := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error { // it may send from addresses that are not its own
		var refused error
		err := c.Control(func(fd uintptr) { refused = unix.SetsockoptInt(int(fd), unix.SOL_IPV6, unix.IPV6_TRANSPARENT, 1) }) //nolint:gosec // a file descriptor
		return errors.Join(err, refused)
	}}
	outside.Do(func() { sender, err = transparent.ListenPacket(t.Context(), "udp", listener.LocalAddr().String()) })
	require.NoError(t, err)
	defer func() { require.NoError(t, sender.Close()) }()
	return bind(t, sender, listener, to, answer, user)
}
