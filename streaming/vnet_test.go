package streaming

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/logging"
	"github.com/pion/rtcp"
	"github.com/pion/transport/v5/vnet"
	"github.com/pion/webrtc/v4"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming/auth"
	"github.com/videogem/videogem/streaming/streamtest"
)

// wire is a network between a server and its viewers that exists in this process only.
type wire struct {
	router  *vnet.Router
	server  *Server
	viewers int
}

// newWire makes a server behind a network with that delay each way.
func newWire(t *testing.T, delay time.Duration) *wire {
	t.Helper()
	w := &wire{}
	var err error
	w.router, err = vnet.NewRouter(&vnet.RouterConfig{CIDR: "10.0.0.0/24", MinDelay: delay, QueueSize: 1 << 14, LoggerFactory: &logging.DefaultLoggerFactory{}})
	require.NoError(t, err)
	require.NoError(t, w.router.Start())
	t.Cleanup(func() { require.NoError(t, w.router.Stop()) })
	w.server = w.serve(t, "10.0.0.1")
	return w
}

// serve makes a server with that address.
func (w *wire) serve(t *testing.T, address string) *Server {
	t.Helper()
	n, err := vnet.NewNet(&vnet.NetConfig{StaticIPs: []string{address}})
	require.NoError(t, err)
	require.NoError(t, w.router.AddNet(n))
	s, err := New(Config{Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	conn, err := n.ListenUDP("udp4", &net.UDPAddr{IP: net.ParseIP(address), Port: 5000})
	require.NoError(t, err)
	s.media = &media{udp: ice.NewUDPMuxDefault(ice.UDPMuxParams{UDPConn: conn, Net: n})}
	settings := webrtc.SettingEngine{}
	settings.SetNet(n)
	settings.SetICEUDPMux(s.media.udp)
	settings.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	require.NoError(t, s.media.makeAPIs(settings, pionLogs{s.config.Logger}))
	s.ctx, s.cancel = context.WithCancel(t.Context())
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// screen is a viewer that counts the pictures he could decode.
type screen struct {
	pc *webrtc.PeerConnection

	mu       sync.Mutex
	pictures []uint32 // their numbers
	broken   int
	sizes    int
}

// join makes a peer of that network. nic may stand between him and it.
func (w *wire) join(t *testing.T, nic func(vnet.NIC) vnet.NIC) *webrtc.API {
	t.Helper()
	w.viewers++
	n, err := vnet.NewNet(&vnet.NetConfig{StaticIPs: []string{fmt.Sprintf("10.0.0.%d", 1+w.viewers)}})
	require.NoError(t, err)
	require.NoError(t, w.router.AddNet(nic(n)))
	settings := webrtc.SettingEngine{}
	settings.SetNet(n)
	settings.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	settings.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	return webrtc.NewAPI(webrtc.WithSettingEngine(settings))
}

// watch lets a viewer watch. nic may stand between him and the network.
func (w *wire) watch(t *testing.T, st *Stream, nic func(vnet.NIC) vnet.NIC) *screen {
	t.Helper()
	s := &screen{}
	var err error
	s.pc, err = streamtest.NewViewer(w.join(t, nic), webrtc.Configuration{}, s.read)
	require.NoError(t, err)
	text, err := streamtest.FullOffer(t.Context(), s.pc)
	require.NoError(t, err)
	o, err := parseOffer(text, toPeer, st.options.Codec)
	require.NoError(t, err)
	_, answer, err := newSession(t.Context(), st.sessions, o, auth.Everyone(), nil, st.log, func(log *slog.Logger) (role, error) {
		return newWatching(st.outputs[0], "", nil, log)
	})
	require.NoError(t, err)
	require.NoError(t, streamtest.Answer(s.pc, answer))
	t.Cleanup(func() { require.NoError(t, s.pc.GracefulClose()) })
	return s
}

func (s *screen) read(track *webrtc.TrackRemote) {
	a := newAssembler(CodecVP8)
	for {
		p, _, err := track.ReadRTP()
		if err != nil {
			return
		}
		a.push(p)
		for f, broken := a.pop(); f != nil || broken; f, broken = a.pop() {
			if broken { // players ask
				_ = s.pc.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: uint32(track.SSRC())}})
			}
			s.mu.Lock()
			if broken {
				s.broken++
			} else {
				s.pictures = append(s.pictures, binary.BigEndian.Uint32(f.Data[1:]))
				s.sizes = len(f.Data)
			}
			s.mu.Unlock()
		}
	}
}

func (s *screen) seen() (pictures []uint32, broken, size int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pictures, s.broken, s.sizes
}

// numbered is a picture of that size that tells its number.
func numbered(n int, size int, key bool) []byte {
	data := bytes.Repeat([]byte{7}, size)
	data[0] = 1
	if key {
		data[0] = 0
	}
	binary.BigEndian.PutUint32(data[1:], uint32(n)) //nolint:gosec // small
	return data
}
