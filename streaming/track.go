package streaming

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"github.com/videogem/videogem/streaming/internal/burst"
)

// playoutDelayURI names the header extension by which the sender bounds how long the player may hold frames back.
const playoutDelayURI = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay"

// maxPlayoutDelay is the bound. With a small one and a least delay of 0, browsers show each frame as soon as it is decoded.
const maxPlayoutDelay = 200 * time.Millisecond

// errUnbound means that a track has no peer yet, or no more.
var errUnbound = errors.New("track has no peer")

// track is one viewer's video: it numbers the packets of the frames that all viewers share, remembers them, and sends them again when
// the viewer asks (RFC 4588). It is what pion binds to the peer connection.
//
// mu is held while a frame or a retransmission is written: they come from two goroutines. Over TCP that lasts as long as the peer likes
// (mediaPatience a packet), so who ends the session, or looks after it, does not wait for mu.
type track struct {
	*webrtc.TrackLocalStaticRTP
	bursts *burst.Set // of the sockets that it is sent through; nil: they take packets one by one

	bound          atomic.Pointer[binding] // nil: it has no peer
	missed, resent atomic.Uint64           // packets that the viewer asked for again, and those that he got

	mu         sync.Mutex
	header     rtp.Header      // of the packet being written
	again      rtp.Header      // of the retransmission being written
	buffer     [mtu]byte       // its payload
	extensions []rtp.Extension // of key frames
	sent       history
	report     rtcp.SenderReport
	reported   time.Time // when the newest frame was written
}

// binding is what a track writes to.
type binding struct {
	out   webrtc.TrackLocalWriter
	burst *burst.Burst // nil: packets go out one by one
}

func newTrack(codec, stream string) (*track, error) {
	static, err := webrtc.NewTrackLocalStaticRTP(trackCodec(codec), "video", stream)
	if err != nil {
		return nil, fmt.Errorf("new track: %w", err)
	}
	t := &track{TrackLocalStaticRTP: static}
	// RFC 3550 section 5.1; half the range, so that it does not wrap at once.
	t.header = rtp.Header{Version: 2, SequenceNumber: uint16(rand.Uint32() >> 17)} //nolint:gosec // unpredictable enough under SRTP
	t.again = rtp.Header{Version: 2, SequenceNumber: uint16(rand.Uint32() >> 17)}  //nolint:gosec // as above
	return t, nil
}

// Bind implements webrtc.TrackLocal.
func (t *track) Bind(c webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	codec, err := t.TrackLocalStaticRTP.Bind(c)
	if err != nil {
		return codec, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.header.SSRC, t.header.PayloadType = uint32(c.SSRC()), uint8(codec.PayloadType)
	t.again.SSRC, t.again.PayloadType = uint32(c.SSRCRetransmission()), 0
	t.report.SSRC = t.header.SSRC
	for _, other := range c.CodecParameters() {
		if strings.EqualFold(other.MimeType, webrtc.MimeTypeRTX) && other.SDPFmtpLine == fmt.Sprintf("apt=%d", codec.PayloadType) {
			t.again.PayloadType = uint8(other.PayloadType)
		}
	}
	t.bound.Store(&binding{out: c.WriteStream(), burst: t.bursts.Add(t.header.SSRC)})
	return codec, nil
}

// Unbind implements webrtc.TrackLocal. A write that runs ends with its packet.
func (t *track) Unbind(c webrtc.TrackLocalContext) error {
	if b := t.bound.Swap(nil); b != nil {
		b.burst.Remove()
	}
	return t.TrackLocalStaticRTP.Unbind(c)
}

// setPlayoutDelay tells the player with each key frame to show frames at once; id is the extension's in this session.
func (t *track) setPlayoutDelay(id int) error {
	// Two 12-bit numbers in units of 10 ms: least and most.
	most := uint16(maxPlayoutDelay / (10 * time.Millisecond))
	var h rtp.Header
	if err := h.SetExtension(uint8(id), []byte{0, byte(most >> 8), byte(most)}); err != nil { //nolint:gosec // ids are 1 to 14
		return fmt.Errorf("playout delay: %w", err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.extensions = h.Extensions
	return nil
}

// writeFrame sends a frame's packets, together where the socket can. An error says that the peer is gone, or why packets were lost on
// the way.
func (t *track) writeFrame(f *frame) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	b := t.bound.Load()
	if b == nil {
		return errUnbound
	}
	var lost error
	b.burst.Hold()
	for i, payload := range f.payloads {
		if t.bound.Load() != b {
			lost = errUnbound
			break
		}
		if err := t.writePacket(b.out, f, payload, i == len(f.payloads)-1); err != nil {
			lost = err
		}
	}
	if err := b.burst.Flush(); lost == nil {
		lost = err
	}
	t.report.RTPTime, t.reported = f.timestamp, time.Now()
	return lost
}

// writePacket sends one packet of a frame; mu is held.
func (t *track) writePacket(out webrtc.TrackLocalWriter, f *frame, payload []byte, last bool) error {
	h := &t.header
	h.SequenceNumber++
	h.Timestamp, h.Marker = f.timestamp, last
	h.Extension, h.Extensions = false, h.Extensions[:0]
	if f.key && t.extensions != nil {
		h.Extension, h.ExtensionProfile, h.Extensions = true, rtp.ExtensionProfileOneByte, append(h.Extensions, t.extensions...)
	}
	t.sent.put(packet{number: h.SequenceNumber, timestamp: f.timestamp, last: last, payload: payload})
	t.report.PacketCount++
	t.report.OctetCount += uint32(len(payload)) //nolint:gosec // a packet
	_, err := out.WriteRTP(h, payload)
	return err
}

// resend sends the packets again that the viewer misses, as far as history lets him have them.
func (t *track) resend(missing []rtcp.NackPair) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	for _, pair := range missing {
		pair.Range(func(number uint16) bool {
			t.missed.Add(1)
			b, p := t.bound.Load(), t.sent.again(number, now)
			if b == nil || p == nil {
				return true
			}
			t.resent.Add(1)
			return t.writeAgain(b.out, p) == nil
		})
	}
}

// writeAgain sends a packet in the retransmission's own stream, RFC 4588 section 4, or as it was where the peer knows none; mu is held.
func (t *track) writeAgain(out webrtc.TrackLocalWriter, p *packet) error {
	if t.again.PayloadType == 0 || t.again.SSRC == 0 {
		h := t.header
		h.SequenceNumber, h.Timestamp, h.Marker, h.Extension, h.Extensions = p.number, p.timestamp, p.last, false, nil
		_, err := out.WriteRTP(&h, p.payload)
		return err
	}
	h := &t.again
	h.SequenceNumber++
	h.Timestamp, h.Marker, h.Extension, h.Extensions = p.timestamp, p.last, false, h.Extensions[:0]
	payload := append(binary.BigEndian.AppendUint16(t.buffer[:0], p.number), p.payload...)
	_, err := out.WriteRTP(h, payload)
	return err
}

// senderReport says what was sent so far, RFC 3550 section 6.4.1; nil before the first frame, and while something is written: the next
// report comes soon.
func (t *track) senderReport() *rtcp.SenderReport {
	if !t.mu.TryLock() {
		return nil
	}
	defer t.mu.Unlock()
	if t.reported.IsZero() {
		return nil
	}
	r := t.report
	now := time.Now()
	r.NTPTime = ntp(now)
	r.RTPTime += uint32(now.Sub(t.reported).Seconds() * clockRate)
	return &r
}

// ntp is a time as RTCP has it: seconds since 1900 with 32 bits behind the point.
func ntp(t time.Time) uint64 {
	const since1900 = 2208988800
	return uint64(t.Unix()+since1900)<<32 | uint64(t.Nanosecond())<<32/1e9 //nolint:gosec // not before 1970
}
