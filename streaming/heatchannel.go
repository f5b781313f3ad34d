package streaming

import (
	"sync/atomic"

	"github.com/pion/webrtc/v4"
)

const (
	// heatLabel is the label of the data channel that viewers open for heat: unordered and without retransmissions.
	heatLabel = "heat"
	// heatBuffered is how many bytes may wait in a channel before heat is left out: old heat is of no use.
	heatBuffered = 16 << 10
)

// heatChannel sends heat to one viewer, in binary messages. He opens the channel when he likes; until then heat goes nowhere. In text
// messages he asks for prompts of his own, and is answered.
type heatChannel struct {
	ask func(message []byte) error // takes his text messages

	open    atomic.Pointer[webrtc.DataChannel]
	sent    atomic.Uint64
	dropped atomic.Uint64
}

// accept takes a channel of the peer's: the first one with the label.
func (h *heatChannel) accept(d *webrtc.DataChannel) {
	if d.Label() != heatLabel {
		return
	}
	d.OnOpen(func() { h.open.CompareAndSwap(nil, d) })
	d.OnMessage(func(m webrtc.DataChannelMessage) {
		if m.IsString {
			_ = d.SendText(ownReply(h.ask(m.Data))) // his loss
		}
	})
	d.OnClose(func() { h.open.CompareAndSwap(d, nil) })
}

// send sends a message unless older ones still wait.
func (h *heatChannel) send(b []byte) {
	d := h.open.Load()
	if d == nil {
		return
	}
	if d.BufferedAmount() > heatBuffered || d.Send(b) != nil {
		h.dropped.Add(1)
		return
	}
	h.sent.Add(1)
}
