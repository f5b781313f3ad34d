package streaming

import "time"

const (
	// historyPackets is how many packets a viewer can ask for again: about two seconds at 2 Mb/s. A power of two.
	historyPackets = 512
	// resendPause is the least time between two retransmissions of a packet: the first may still be on its way.
	resendPause = 20 * time.Millisecond
)

// packet is one that was sent. Its payload is shared with all viewers.
type packet struct {
	number    uint16
	timestamp uint32
	last      bool // of its frame
	payload   []byte
	resent    time.Time
}

// history remembers the newest packets by their number.
type history struct {
	packets [historyPackets]packet
}

func (h *history) put(p packet) { h.packets[p.number%historyPackets] = p }

// again returns a packet to send again, or nil.
func (h *history) again(number uint16, now time.Time) *packet {
	p := &h.packets[number%historyPackets]
	if p.number != number || p.payload == nil || now.Sub(p.resent) < resendPause {
		return nil
	}
	p.resent = now
	return p
}
