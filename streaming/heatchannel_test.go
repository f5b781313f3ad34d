package streaming_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/heat"
	"github.com/videogem/videogem/streaming/internal/testsource"
	"github.com/videogem/videogem/streaming/streamtest"
)

// TestOverlays has one viewer of each kind: the picture he gets, and whether heat comes beside it.
func TestOverlays(t *testing.T) {
	s := newServer(t, streaming.Config{})
	clip, err := testsource.Embedded()
	require.NoError(t, err)
	source := testsource.New("demo", clip)
	source.Edit(running)
	st, err := s.AddStream(streaming.StreamOptions{Name: "demo", Control: source, Variants: []streaming.Variant{
		{Overlay: streaming.OverlayBurned}, {Overlay: streaming.OverlayNone},
	}})
	require.NoError(t, err)
	burned, clean := st.Output(streaming.OverlayBurned, 0), st.Output(streaming.OverlayNone, 0)
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := 0; ctx.Err() == nil; i++ { // key frames only; the burned ones are twice as long
			pts := time.Duration(i) * 20 * time.Millisecond
			clean.WriteFrame(make([]byte, 100), pts, true)
			burned.WriteFrame(make([]byte, 200), pts, true)
			if i > 0 {
				m := heat.Message{GridW: 1, GridH: 1, Inference: 7 * time.Millisecond, Prompts: []heat.Prompt{{Text: "x", Heat: []byte{9}}}}
				require.NoError(t, st.WriteHeat(pts-20*time.Millisecond, m))
			}
			time.Sleep(20 * time.Millisecond)
		}
	})
	defer wg.Wait()
	defer cancel()
	eventually(t, "a picture", func() bool { return st.Viewers() == 0 && ready(t, s) })

	for overlay, want := range map[string]struct {
		size int
		heat bool
	}{"": {200, false}, "burned": {200, false}, "none": {100, false}, "client": {100, true}} {
		t.Run("overlay "+overlay, func(t *testing.T) {
			messages := make(chan []byte, 1000)
			p := newPeer(t, webrtc.SettingEngine{}, func(pc *webrtc.PeerConnection) {
				heatChannelOf(t, pc).OnMessage(func(m webrtc.DataChannelMessage) { messages <- m.Data })
			})
			resp, body := call(t, http.MethodPost, s.URL()+"whep/demo?overlay="+overlay, p.pc.PendingLocalDescription().SDP, sdpHeader)
			require.Equal(t, http.StatusCreated, resp.StatusCode, body)
			require.NoError(t, streamtest.Answer(p.pc, body))
			eventually(t, "packets", func() bool { return p.count() > 30 })
			p.mu.Lock()
			require.Len(t, p.packets[9].Payload, 1+want.size)
			p.mu.Unlock()
			if !want.heat {
				require.Empty(t, messages)
				return
			}
			var m *heat.Message
			eventually(t, "heat of a frame that came", func() bool {
				m, err = heat.Parse(<-messages)
				require.NoError(t, err)
				p.mu.Lock()
				defer p.mu.Unlock()
				for _, packet := range p.packets[1:] {
					if packet.Timestamp == m.Timestamp {
						return true
					}
				}
				return false
			})
			require.Equal(t, 20*time.Millisecond, m.Age)
			require.Equal(t, []byte{9}, m.Prompts[0].Heat)
		})
	}
	_, body := call(t, http.MethodGet, s.URL()+"api/streams/demo", "", nil)
	require.Contains(t, body, `"overlays":["burned","client","none"]`)
	offer := newPeer(t, webrtc.SettingEngine{}, nil).pc.PendingLocalDescription().SDP
	resp, body := call(t, http.MethodPost, s.URL()+"whep/demo?overlay=rubbish", offer, sdpHeader)
	require.Equal(t, http.StatusNotAcceptable, resp.StatusCode)
	require.Contains(t, body, "burned, none and client")
}

// TestHeatIsNeitherOrderedNorRepeated: channels that would hold new heat back for old are closed, and the right one goes on.
func TestHeatIsNeitherOrderedNorRepeated(t *testing.T) {
	s := newServer(t, streaming.Config{})
	addAsking(t, s, "a")
	yes, no, zero, one := true, false, uint16(0), uint16(1)
	for name, wrong := range map[string]*webrtc.DataChannelInit{
		"ordered": {Ordered: &yes, MaxRetransmits: &zero}, "reliable": {Ordered: &no}, "both": nil, "once more": {Ordered: &no, MaxRetransmits: &one},
		"for a while": {Ordered: &no, MaxPacketLifeTime: &one},
	} {
		t.Run(name, func(t *testing.T) {
			closed := make(chan struct{})
			v := &heatViewer{all: map[string]bool{}}
			v.peer = newPeer(t, webrtc.SettingEngine{}, func(pc *webrtc.PeerConnection) {
				d, err := pc.CreateDataChannel("heat", wrong)
				require.NoError(t, err)
				d.OnMessage(func(webrtc.DataChannelMessage) { t.Error("heat on the wrong channel") })
				d.OnClose(func() { close(closed) })
			})
			v.watch(t, s, "a?overlay=client")
			select {
			case <-closed:
			case <-time.After(20 * time.Second):
				require.Fail(t, "it stays open")
			}
			v.channel = heatChannelOf(t, v.pc)
			v.channel.OnMessage(v.hear)
			eventually(t, "heat", func() bool { return v.sees("of a") })
		})
	}
}

// ready tells whether stream demo takes viewers: an offer that is one then fails for its codec only.
func ready(t *testing.T, s *streaming.Server) bool {
	t.Helper()
	p := newPeer(t, webrtc.SettingEngine{}, nil)
	resp, _ := call(t, http.MethodPost, s.URL()+"whep/demo?overlay=none", p.pc.PendingLocalDescription().SDP, sdpHeader)
	if resp.StatusCode == http.StatusCreated {
		call(t, http.MethodDelete, strings.TrimSuffix(s.URL(), "/")+resp.Header.Get("Location"), "", nil)
	}
	return resp.StatusCode == http.StatusCreated
}
