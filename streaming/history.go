package streaming

import "time"

const (
	// historyPackets is how many packets a viewer can ask for again: about two seconds at 2 Mb/s. A power of two.
	historyPackets = 512
	// resendPause is the least time between two retransmissions of a packet, which doubles each time: the last one may still be on its way.
	resendPause = 20 * time.Millisecond
	// resendMost is how often a packet is sent again: some players ask for ever.
	resendMost = 4
	// resendShare bounds what is sent again to a share of what is sent, and resendBurst, in bytes, what comes at once: a key frame. A network
	// that loses packets because it is full would be filled all the more.
	resendShare = .25
	resendBurst = 64 << 10
)

// packet is one that was sent. Its payload is shared with all viewers.
type packet struct {
	number    uint16
	timestamp uint32
	last      bool // of its frame
	payload   []byte
	resent    time.Time
	times     uint8
}

// history remembers the newest packets by their number.
type history struct {
	packets [historyPackets]packet
	spent   float64 // bytes sent again, less the share of those sent
}

func (h *history) put(p packet) {
	h.packets[p.number%historyPackets] = p
	h.spent = max(0, h.spent-resendShare*float64(len(p.payload)))
}

// again returns a packet to send again, or nil.
func (h *history) again(number uint16, now time.Time) *packet {
	p := &h.packets[number%historyPackets]
	switch {
	case p.number != number || p.payload == nil:
		return nil
	case p.times == resendMost || now.Sub(p.resent) < resendPause<<p.times>>1:
		return nil
	case h.spent+float64(len(p.payload)) > resendBurst:
		return nil
	}
	h.spent += float64(len(p.payload))
	p.resent, p.times = now, p.times+1
	return p
}
