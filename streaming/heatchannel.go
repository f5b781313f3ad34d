package streaming

import (
	"fmt"
	"sync/atomic"

	"github.com/pion/webrtc/v4"
	"golang.org/x/time/rate"
)

const (
	// heatLabel is the label of the data channel that viewers open for heat: unordered and without retransmissions. Otherwise a message that
	// is lost would hold back those after it, and old heat is of no use.
	heatLabel = "heat"
	// heatBuffered is how many bytes may wait in a channel before heat, or an answer, is left out: old heat is of no use, and who does not
	// read what he is sent must not fill this machine's memory.
	heatBuffered = 16 << 10
	// askRate bounds how many messages a second a viewer may send, and askBurst how many at once: each may have the model look for others.
	askRate  = 2
	askBurst = 8
	// mostChannels is how many data channels a peer may open in his session's life. He needs one; each costs memory until he leaves.
	mostChannels = 64
)

// errTooOften means that a viewer sends messages faster than he may.
var errTooOften = fmt.Errorf("%w: too many messages, %d a second at most", ErrBadRequest, askRate)

// heatChannel sends heat to one viewer, in binary messages. He opens the channel when he likes; until then heat goes nowhere. In text
// messages he asks for prompts of his own, and is answered.
type heatChannel struct {
	ask   takeOwn // takes its text messages
	asked *rate.Limiter

	open    atomic.Pointer[webrtc.DataChannel]
	sent    atomic.Uint64
	dropped atomic.Uint64
}

func newHeatChannel(ask takeOwn) *heatChannel {
	return &heatChannel{ask: ask, asked: rate.NewLimiter(askRate, askBurst)}
}

// accept takes a channel of the peer's, one at a time; false when it is none for heat.
func (h *heatChannel) accept(d *webrtc.DataChannel) bool {
	again := d.MaxRetransmits()
	if d.Label() != heatLabel || d.Ordered() || again == nil || *again > 0 || !h.open.CompareAndSwap(nil, d) {
		return false
	}
	d.OnMessage(func(m webrtc.DataChannelMessage) {
		if m.IsString {
			warnings, err := h.take(m.Data)
			h.answer(d, warnings, err)
		}
	})
	d.OnClose(func() { h.open.CompareAndSwap(d, nil) })
	return true
}

func (h *heatChannel) take(message []byte) (warnings map[string]string, err error) {
	if !h.asked.Allow() {
		return nil, errTooOften
	}
	return h.ask(message)
}

// answer tells the viewer what became of his message. That he does not hear it is his loss.
func (h *heatChannel) answer(d *webrtc.DataChannel, warnings map[string]string, err error) {
	if d.BufferedAmount() <= heatBuffered {
		_ = d.SendText(ownReply(warnings, err))
	}
}

// send sends a message unless older ones still wait.
func (h *heatChannel) send(b []byte) {
	d := h.open.Load()
	if d == nil || d.ReadyState() != webrtc.DataChannelStateOpen {
		return
	}
	if d.BufferedAmount() > heatBuffered || d.Send(b) != nil {
		h.dropped.Add(1)
		return
	}
	h.sent.Add(1)
}

// takeChannels lets accept choose among the data channels that a peer opens; nil: it takes none. The others are closed. A peer who opens
// channel after channel is shown the door.
func takeChannels(pc *webrtc.PeerConnection, accept func(*webrtc.DataChannel) bool) {
	n := 0
	pc.OnDataChannel(func(d *webrtc.DataChannel) { // one call at a time
		n++
		if n > mostChannels {
			go func() { _ = pc.Close() }() // which waits for this very func; the session ends with its connection
		}
		if n > mostChannels || accept == nil || !accept(d) {
			_ = d.GracefulClose() // it has not opened yet, and then costs no goroutine
		}
	})
}
