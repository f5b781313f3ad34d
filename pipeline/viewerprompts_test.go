package pipeline

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/heat"
)

// heatViewer is a peer that takes heat.
type heatViewer struct {
	channel *webrtc.DataChannel

	mu     sync.Mutex
	newest *heat.Message
	texts  map[string]bool // of all messages
}

func watchHeat(t *testing.T, url string) *heatViewer {
	t.Helper()
	v := &heatViewer{texts: map[string]bool{}, newest: &heat.Message{}}
	pc, err := webrtc.NewPeerConnection(webrtc.Configuration{})
	require.NoError(t, err)
	t.Cleanup(func() { _ = pc.GracefulClose() })
	_, err = pc.AddTransceiverFromKind(webrtc.RTPCodecTypeVideo, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly})
	require.NoError(t, err)
	ordered, again := false, uint16(0)
	v.channel, err = pc.CreateDataChannel("heat", &webrtc.DataChannelInit{Ordered: &ordered, MaxRetransmits: &again})
	require.NoError(t, err)
	v.channel.OnMessage(v.hear)
	offer, err := pc.CreateOffer(nil)
	require.NoError(t, err)
	gathered := webrtc.GatheringCompletePromise(pc)
	require.NoError(t, pc.SetLocalDescription(offer))
	<-gathered
	resp, answer := post(t, url+"?overlay=client", pc.LocalDescription().SDP)
	require.Equal(t, 201, resp.StatusCode, answer)
	require.NoError(t, pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer}))
	return v
}

func (v *heatViewer) hear(m webrtc.DataChannelMessage) {
	if m.IsString {
		return
	}
	message, err := heat.Parse(m.Data)
	if err != nil {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.newest = message
	for _, p := range message.Prompts {
		v.texts[p.Text] = true
	}
}

// sees waits for heat of just these prompts; + marks the viewer's own.
func (v *heatViewer) sees(t *testing.T, want ...string) {
	t.Helper()
	require.Eventually(t, func() bool {
		v.mu.Lock()
		defer v.mu.Unlock()
		var is []string
		for _, p := range v.newest.Prompts {
			mark := ""
			if p.Own {
				mark = "+"
			}
			is = append(is, mark+p.Text)
		}
		return fmt.Sprint(is) == fmt.Sprint(want)
	}, 40*time.Second, 20*time.Millisecond, "%v", want)
}

// TestViewersPrompts: what one viewer asks for is grounded beside the stream's prompts, or alone, and nobody else hears of it.
func TestViewersPrompts(t *testing.T) {
	o := options()
	o.Stream.Prompts = []string{"a person running"}
	s := start(t, o)
	st := s.started[0]
	eventually(t, st, "heat", func(r streaming.Status) bool {
		return r.State == streaming.StateRunning && len(r.Prompts) == 1 && r.Prompts[0].Point != nil
	})
	url := s.URL() + "whep/demo"
	asks, other := watchHeat(t, url), watchHeat(t, url)
	asks.sees(t, "a person running")
	other.sees(t, "a person running")
	require.NoError(t, asks.channel.SendText(`{"prompts": ["a person playing guitar"]}`))
	asks.sees(t, "a person running", "+a person playing guitar")
	require.NoError(t, st.SetPrompts(t.Context(), nil))
	asks.sees(t, "+a person playing guitar")
	asks.mu.Lock()
	require.NotEmpty(t, asks.newest.Prompts[0].Heat)
	require.Positive(t, asks.newest.Inference)
	asks.mu.Unlock()
	require.Empty(t, st.Status().Prompts)
	require.NoError(t, st.SetPrompts(t.Context(), []string{"a person climbing a ladder"}))
	asks.sees(t, "a person climbing a ladder", "+a person playing guitar")
	other.sees(t, "a person climbing a ladder")
	require.NoError(t, asks.channel.SendText(`{"prompts": []}`))
	asks.sees(t, "a person climbing a ladder")
	other.mu.Lock()
	defer other.mu.Unlock()
	require.NotContains(t, other.texts, "a person playing guitar")
}
