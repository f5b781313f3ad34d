package streaming

import (
	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"
)

const (
	// mtu is the largest RTP packet: what is left of 1280 bytes (the least an IPv6 link carries) after IP, UDP, SRTP and the
	// header extensions.
	mtu       = 1200
	rtpHeader = 12
)

// frame is one encoded picture as RTP packets. All viewers share it, so nobody changes it; sequence numbers, SSRC and
// payload type are each viewer's own.
type frame struct {
	key       bool
	timestamp uint32
	payloads  [][]byte
}

// at returns the same picture with another timestamp.
func (f *frame) at(timestamp uint32) *frame {
	return &frame{key: f.key, timestamp: timestamp, payloads: f.payloads}
}

// size is how many bytes the picture has in RTP.
func (f *frame) size() int {
	n := 0
	for _, p := range f.payloads {
		n += rtpHeader + len(p)
	}
	return n
}

// newPayloader returns what cuts frames of the codec. VP8 and VP9 go without picture ids: players then go by sequence numbers, which are
// each viewer's own and stay in order when he goes from one variant to another.
func newPayloader(codec string) rtp.Payloader {
	switch codec {
	case CodecH264:
		return &codecs.H264Payloader{}
	case CodecVP9:
		return &vp9Payloader{}
	case CodecAV1:
		return &codecs.AV1Payloader{}
	default:
		return &codecs.VP8Payloader{}
	}
}

// vp9Payloader takes the picture ids out of pion's payloads.
type vp9Payloader struct{ codecs.VP9Payloader }

// Payload implements rtp.Payloader: a payload descriptor of one byte (RFC 9628 section 4.2, I and the two bytes of the id left out), in key
// frames followed by the picture's size, and the frame's part.
func (p *vp9Payloader) Payload(mtu uint16, frame []byte) [][]byte {
	const hasID, idSize = 0x80, 2
	payloads := p.VP9Payloader.Payload(mtu, frame)
	for i, b := range payloads {
		b[idSize] = b[0] &^ hasID
		payloads[i] = b[idSize:]
	}
	return payloads
}

// packetize copies data into packets; nil when there is nothing to send.
func packetize(p rtp.Payloader, data []byte, timestamp uint32, key bool) *frame {
	payloads := p.Payload(mtu-rtpHeader, data)
	if len(payloads) == 0 {
		return nil
	}
	return &frame{key: key, timestamp: timestamp, payloads: payloads}
}
