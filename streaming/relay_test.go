package streaming_test

import (
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/pion/logging"
	"github.com/pion/turn/v5"
	"github.com/pion/webrtc/v4"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/streamtest"
)

var iceLink = regexp.MustCompile(`^<(turn:[^>]+)>; rel="ice-server"; username="([^"]+)"; credential="([^"]+)"; credential-type="password"$`)

// TestWatchThroughTheRelay lets a viewer reach the server by its relay only, over UDP and over TCP.
func TestWatchThroughTheRelay(t *testing.T) {
	s := newServer(t, streaming.Config{TURN: &streaming.TURN{Listen: "127.0.0.1:0"}})
	addStream(t, s, "demo", true)
	resp, _ := call(t, http.MethodOptions, s.URL()+"whep/demo", "", nil)
	links := resp.Header.Values("Link")
	require.Len(t, links, 2)
	for _, link := range links {
		m := iceLink.FindStringSubmatch(link)
		require.NotNil(t, m, link)
		t.Run(m[1], func(t *testing.T) {
			p := &peer{}
			var err error
			p.pc, err = streamtest.NewViewer(nil, webrtc.Configuration{
				ICETransportPolicy: webrtc.ICETransportPolicyRelay,
				ICEServers:         []webrtc.ICEServer{{URLs: []string{m[1]}, Username: m[2], Credential: m[3]}},
			}, streamtest.EachPacket(p.take))
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, p.pc.GracefulClose()) })
			_, err = streamtest.FullOffer(t.Context(), p.pc)
			require.NoError(t, err)
			require.NotContains(t, p.pc.LocalDescription().SDP, "typ host")
			p.watch(t, s, "demo")
			eventually(t, "video through the relay", func() bool { return p.count() > 0 })
		})
	}
}

// TestTheRelayReachesNothingElse: neither other machines, private ones least of all, nor this one's other services.
func TestTheRelayReachesNothingElse(t *testing.T) {
	s := newServer(t, streaming.Config{TURN: &streaming.TURN{Listen: "127.0.0.1:0"}})
	addStream(t, s, "demo", true)
	resp, _ := call(t, http.MethodOptions, s.URL()+"whep/demo", "", nil)
	m := iceLink.FindStringSubmatch(resp.Header.Values("Link")[0])
	require.NotNil(t, m)
	server := strings.TrimSuffix(strings.TrimPrefix(m[1], "turn:"), "?transport=udp")
	dial := func(name, password string) (*turn.Client, net.PacketConn, error) {
		conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
		require.NoError(t, err)
		t.Cleanup(func() { _ = conn.Close() })
		c, err := turn.NewClient(&turn.ClientConfig{
			STUNServerAddr: server, TURNServerAddr: server, Conn: conn, Username: name, Password: password, Realm: "videogem",
			LoggerFactory: &logging.DefaultLoggerFactory{DefaultLogLevel: logging.LogLevelDisabled},
		})
		require.NoError(t, err)
		t.Cleanup(c.Close)
		require.NoError(t, c.Listen())
		relayed, err := c.Allocate()
		return c, relayed, err
	}
	_, _, err := dial(m[2], "wrong")
	require.Error(t, err)
	_, _, err = dial("1:old", m[3])
	require.Error(t, err, "credentials run out")

	c, relayed, err := dial(m[2], m[3])
	require.NoError(t, err)
	defer func() { require.NoError(t, relayed.Close()) }()
	for _, peer := range []string{"10.0.0.1:80", "192.168.1.1:80", "169.254.169.254:80", "198.51.100.7:80", "127.0.0.2:80"} {
		addr, err := net.ResolveUDPAddr("udp4", peer)
		require.NoError(t, err)
		require.Error(t, c.CreatePermission(addr), peer)
	}
	own, err := net.ResolveUDPAddr("udp4", address(t, s))
	require.NoError(t, err)
	require.NoError(t, c.CreatePermission(own), "the server's own media")

	// Another service of this machine: the permission is for the address, so the datagram reaches the relay, which goes no further.
	other, err := net.ListenPacket("udp4", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, other.Close()) }()
	_, err = relayed.WriteTo([]byte("hello"), other.LocalAddr())
	require.NoError(t, err)
	_, err = relayed.WriteTo([]byte("hello"), own)
	require.NoError(t, err)
	probe, err := net.Dial("udp4", other.LocalAddr().String())
	require.NoError(t, err)
	defer func() { require.NoError(t, probe.Close()) }()
	_, err = c.SendBindingRequest() // both datagrams have been dealt with when the answer is there
	require.NoError(t, err)
	_, err = probe.Write([]byte("probe"))
	require.NoError(t, err)
	b := make([]byte, 100)
	n, _, err := other.ReadFrom(b)
	require.NoError(t, err)
	require.Equal(t, "probe", string(b[:n]), "only what came directly is there")
}

func TestICEServersAreTold(t *testing.T) {
	s := newServer(t, streaming.Config{Auth: newVerifier(t), ICEServers: []streaming.ICEServer{
		{URLs: []string{"stun:stun.example:3478"}},
		{URLs: []string{"turn:turn.example:3478?transport=udp", "turns:turn.example:443?transport=tcp"}, Secret: "shared"},
		{URLs: []string{"turn:other.example"}, Username: `an"na`, Credential: "pass"},
	}})
	addStream(t, s, "a", true)
	offer := newPeer(t, webrtc.SettingEngine{}, nil).pc.PendingLocalDescription().SDP
	resp, body := call(t, http.MethodPost, s.URL()+"whep/a", offer, bearer("a-view", "Content-Type", "application/sdp"))
	require.Equal(t, http.StatusCreated, resp.StatusCode, body)
	links := resp.Header.Values("Link")
	require.Len(t, links, 4)
	require.Equal(t, `<stun:stun.example:3478>; rel="ice-server"`, links[0])
	require.Regexp(t, `^<turn:turn.example:3478\?transport=udp>; rel="ice-server"; username="\d{10}:[A-Z2-7]{8}"; credential="[A-Za-z0-9+/]{27}="; credential-type="password"$`, links[1])
	require.Equal(t, `<turn:other.example>; rel="ice-server"; username="an\"na"; credential="pass"; credential-type="password"`, links[3])

	for token, want := range map[string]int{"a-view": 4, "a-publish": 0, "": 0} {
		resp, _ = call(t, http.MethodOptions, s.URL()+"whep/a", "", bearer(token))
		require.Equal(t, http.StatusNoContent, resp.StatusCode)
		require.Len(t, resp.Header.Values("Link"), want, token)
	}
	resp, _ = call(t, http.MethodOptions, s.URL()+"whip/a", "", bearer("a-publish"))
	require.Len(t, resp.Header.Values("Link"), 4)
}

func TestAdvertise(t *testing.T) {
	s := newServer(t, streaming.Config{Advertise: []string{"198.51.100.7"}, Interfaces: []string{"lo"}})
	addStream(t, s, "demo", true)
	p := newPeer(t, webrtc.SettingEngine{}, nil)
	p.watch(t, s, "demo")
	require.Contains(t, p.answer, " 198.51.100.7 ")
	require.NotContains(t, p.answer, " 127.0.0.1 ")
}

func TestBadAddresses(t *testing.T) {
	for name, c := range map[string]streaming.Config{
		"advertise":      {Advertise: []string{"cam.example"}},
		"interface":      {Interfaces: []string{"none0"}},
		"no URL":         {ICEServers: []streaming.ICEServer{{}}},
		"web address":    {ICEServers: []streaming.ICEServer{{URLs: []string{"https://x"}}}},
		"injected":       {ICEServers: []streaming.ICEServer{{URLs: []string{"stun:x>; rel=\"evil\""}}}},
		"no credentials": {ICEServers: []streaming.ICEServer{{URLs: []string{"turn:x"}}}},
		"TURN listen":    {TURN: &streaming.TURN{Listen: "3478"}},
		"TURN where":     {TURN: &streaming.TURN{Listen: ":3478"}},
		"TURN public":    {TURN: &streaming.TURN{Listen: ":3478", Public: "x"}},
	} {
		_, err := streaming.New(c)
		require.ErrorIs(t, err, streaming.ErrConfig, name)
	}
}
