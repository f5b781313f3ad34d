package streaming

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/logging"
	"github.com/pion/rtcp"
	"github.com/pion/transport/v5/vnet"
	"github.com/pion/webrtc/v4"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming/auth"
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

// watch lets a viewer watch. nic may stand between him and the network.
func (w *wire) watch(t *testing.T, st *Stream, nic func(vnet.NIC) vnet.NIC) *screen {
	t.Helper()
	w.viewers++
	n, err := vnet.NewNet(&vnet.NetConfig{StaticIPs: []string{fmt.Sprintf("10.0.0.%d", 1+w.viewers)}})
	require.NoError(t, err)
	require.NoError(t, w.router.AddNet(nic(n)))
	settings := webrtc.SettingEngine{}
	settings.SetNet(n)
	settings.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	settings.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	s := &screen{}
	s.pc, err = webrtc.NewAPI(webrtc.WithSettingEngine(settings)).NewPeerConnection(webrtc.Configuration{})
	require.NoError(t, err)
	_, err = s.pc.AddTransceiverFromKind(webrtc.RTPCodecTypeVideo, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly})
	require.NoError(t, err)
	s.pc.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) { s.read(track) })
	text, err := s.pc.CreateOffer(nil)
	require.NoError(t, err)
	gathered := webrtc.GatheringCompletePromise(s.pc)
	require.NoError(t, s.pc.SetLocalDescription(text))
	<-gathered
	o, err := parseOffer(s.pc.LocalDescription().SDP, toPeer, st.options.Codec)
	require.NoError(t, err)
	_, answer, err := newSession(t.Context(), st.sessions, o, auth.Everyone(), st.log, func(log *slog.Logger) (role, error) {
		return newWatching(st.outputs[0], "", nil, log)
	})
	require.NoError(t, err)
	require.NoError(t, s.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer}))
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

// TestLossKeepsThePictureMoving: 5 % of the packets are lost on the way to the viewer and back, at 50 ms for the round trip.
func TestLossKeepsThePictureMoving(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t, 25*time.Millisecond)
		random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same each time
		var mu sync.Mutex
		lossy, lost := false, 0
		w.router.AddChunkFilter(func(vnet.Chunk) bool {
			mu.Lock()
			defer mu.Unlock()
			if lossy && random.IntN(100) < 5 {
				lost++
				return false
			}
			return true
		})
		c := &control{}
		st, err := w.server.AddStream(StreamOptions{Name: "demo", Control: c})
		require.NoError(t, err)
		s := w.watch(t, st, func(n vnet.NIC) vnet.NIC { return n })
		const frames = 600 // 20 s
		asked := int32(0)
		for i := range frames {
			key := i == 0 || c.asked.Load() > asked
			asked = c.asked.Load()
			st.WriteSample(numbered(i, 5800, key), time.Second/30, key)
			time.Sleep(time.Second / 30)
			if i == 60 {
				mu.Lock()
				lossy = true
				mu.Unlock()
			}
		}
		time.Sleep(time.Second)
		pictures, broken, _ := s.seen()
		mu.Lock()
		require.Greater(t, lost, 100)
		mu.Unlock()
		require.Greater(t, len(pictures), frames*95/100-30, "%d broken; the first second connects", broken)
		for i := 1; i < len(pictures); i++ {
			require.Less(t, pictures[i]-pictures[i-1], uint32(20), "the picture stands no longer than until the next key frame")
		}
	})
}
