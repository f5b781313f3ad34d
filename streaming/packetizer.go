package streaming

import (
	"math/rand/v2"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"
)

const (
	clockRate = 90000 // of RTP video, RFC 3551
	// mtu is the largest RTP packet: what is left of 1280 bytes (the least an IPv6 link carries) after IP, UDP, SRTP and the
	// header extensions.
	mtu       = 1200
	rtpHeader = 12
)

// frame is one encoded picture as RTP packets. All viewers share it, so nobody changes it; sequence numbers, SSRC and
// payload type are each viewer's own.
type frame struct {
	key     bool
	packets []*rtp.Packet
}

// at returns the same picture with another timestamp.
func (f *frame) at(timestamp uint32) *frame {
	g := &frame{key: f.key, packets: make([]*rtp.Packet, len(f.packets))}
	for i, p := range f.packets {
		q := *p
		q.Timestamp = timestamp
		g.packets[i] = &q
	}
	return g
}

// packetizer cuts the frames of one stream into RTP packets. It is not safe for concurrent use.
type packetizer struct {
	payloader rtp.Payloader
	start     uint32 // random, RFC 3550 section 5.1
	elapsed   time.Duration
}

func newPacketizer(codec string) *packetizer {
	p := &packetizer{start: rand.Uint32()} //nolint:gosec // unpredictable enough for a timestamp under SRTP
	switch codec {
	case CodecH264:
		p.payloader = &codecs.H264Payloader{}
	default:
		p.payloader = &codecs.VP8Payloader{EnablePictureID: true}
	}
	return p
}

// advance moves the clock on and returns the RTP timestamp. The whole elapsed time is converted, so that rounding does not
// add up.
func (p *packetizer) advance(d time.Duration) uint32 {
	p.elapsed += max(d, 0)
	sec, rest := p.elapsed/time.Second, p.elapsed%time.Second
	return p.start + uint32(int64(sec)*clockRate+int64(rest)*clockRate/int64(time.Second)) //nolint:gosec // wraps, as RTP time does
}

// packetize copies data into packets; nil when there is nothing to send.
func (p *packetizer) packetize(data []byte, timestamp uint32, key bool) *frame {
	payloads := p.payloader.Payload(mtu-rtpHeader, data)
	if len(payloads) == 0 {
		return nil
	}
	f := &frame{key: key, packets: make([]*rtp.Packet, len(payloads))}
	for i, b := range payloads {
		f.packets[i] = &rtp.Packet{
			Header:  rtp.Header{Version: 2, Marker: i == len(payloads)-1, Timestamp: timestamp},
			Payload: b,
		}
	}
	return f
}
