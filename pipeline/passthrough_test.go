package pipeline

import (
	"bytes"
	"crypto/sha256"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v4/pkg/format"
	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"
	"github.com/pion/webrtc/v4"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/element/gstshim"
	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/streamtest"
)

// slices264 collects the coded slices of H.264 video, whatever packets they come in.
type slices264 struct {
	mu   sync.Mutex
	all  map[[32]byte]bool
	cut  codecs.H264Packet
	keys int
}

func (s *slices264) packet(p *rtp.Packet) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all == nil {
		s.all = map[[32]byte]bool{}
	}
	data, err := s.cut.Unmarshal(p.Payload)
	if err != nil {
		return
	}
	for unit := range bytes.SplitSeq(data, []byte{0, 0, 0, 1}) {
		if len(unit) == 0 {
			continue
		}
		switch unit[0] & 31 {
		case 5:
			s.keys++
			fallthrough
		case 1:
			s.all[sha256.Sum256(unit)] = true
		}
	}
}

// seen is how many slices there are, and how many of them the other has, too.
func (s *slices264) seen(in *slices264) (all, both int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	in.mu.Lock()
	defer in.mu.Unlock()
	for sum := range s.all {
		if in.all[sum] {
			both++
		}
	}
	return len(s.all), both
}

// watch264 watches a stream until the test ends.
func watch264(t *testing.T, url string) *slices264 {
	t.Helper()
	got := &slices264{}
	pc, err := streamtest.NewViewer(nil, webrtc.Configuration{}, streamtest.EachPacket(func(_ *webrtc.TrackRemote, p *rtp.Packet) { got.packet(p) }))
	require.NoError(t, err)
	t.Cleanup(func() { _ = pc.GracefulClose() })
	require.NoError(t, streamtest.Exchange(t.Context(), client(), pc, url))
	return got
}

// TestPassthrough: viewers get the camera's own bytes, from its newest key frame on, and the heat is found meanwhile.
func TestPassthrough(t *testing.T) {
	gstshim.Init()
	enc, err := pickEncoder("h264", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Skip(err)
	}
	sent := &slices264{}
	addr := freeAddress(t)
	camera := startCamera(t, addr, rtspVideo{
		format: &format.H264{PayloadTyp: 96, PacketizationMode: 1}, launch: strings.ReplaceAll(enc.launch("encoder", 400_000), "=300", "=30") + " ! rtph264pay pt=96 config-interval=-1", packet: sent.packet,
	})
	defer camera.close()
	o := options("rtsp://" + addr + "/door")
	o.Stream.Prompts = []string{"a person kicking a ball"}
	o.Stream.Codec, o.Stream.Overlay = CodecPassthrough, OverlayClient
	s := start(t, o)
	eventually(t, s.started[0], "heat", func(r streaming.Status) bool {
		return r.State == streaming.StateRunning && r.FramesIn > 30 && len(r.Prompts) == 1 && r.Prompts[0].Point != nil
	})
	got := watch264(t, s.URL()+"whep/"+s.started[0].source.Name+"?overlay=client")
	require.Eventually(t, func() bool { all, _ := got.seen(sent); return all > 60 }, 40*time.Second, 20*time.Millisecond)
	all, both := got.seen(sent)
	require.Equal(t, all, both, "slices that the camera never sent")
	got.mu.Lock()
	defer got.mu.Unlock()
	require.Positive(t, got.keys)
}

func TestPassthroughNeedsTheCamerasPicture(t *testing.T) {
	for name, change := range map[string]func(*ServerOptions){
		"heat in the picture":    func(o *ServerOptions) { o.Stream.Overlay = OverlayBoth },
		"two qualities":          func(o *ServerOptions) { o.Stream.Rungs = true },
		"a drawn camera":         func(o *ServerOptions) { o.Sources = []string{"demo://"} },
		"a camera without H.264": func(o *ServerOptions) { o.Sources = []string{"v4l2:///dev/null"} },
		"a publisher":            func(o *ServerOptions) { o.Sources = []string{"whip://webcam"} },
	} {
		t.Run(name, func(t *testing.T) {
			o := options("rtsp://127.0.0.1:1/door")
			o.Stream.Codec, o.Stream.Overlay = CodecPassthrough, OverlayClient
			_, err := NewServer(o)
			require.NoError(t, err)
			change(&o)
			_, err = NewServer(o)
			require.ErrorIs(t, err, ErrOptions)
			require.ErrorContains(t, err, CodecPassthrough)
		})
	}
}

func TestReorderedFramesAreNoticed(t *testing.T) {
	const f = time.Second / 30
	for name, ca := range map[string]struct {
		at   []time.Duration
		want error
	}{
		"in order":     {[]time.Duration{0, f, 2 * f, 3 * f}, nil},
		"B-frames":     {[]time.Duration{0, 3 * f, f}, errReordered},
		"started over": {[]time.Duration{90 * f, 91 * f, 0, f}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var o inOrder
			var err error
			for _, at := range ca.at {
				err = o.check(at)
			}
			require.ErrorIs(t, err, ca.want)
		})
	}
}
