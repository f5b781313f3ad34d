package streaming

import (
	"bytes"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"
	samples "github.com/pion/webrtc/v4/pkg/media"
	"github.com/pion/webrtc/v4/pkg/media/samplebuilder"
)

const (
	// ingestLate bounds how many packets, and ingestDelay how long, a frame waits for what was lost on the way.
	ingestLate  = 512
	ingestDelay = 400 * time.Millisecond
)

// assembler makes frames of packets. Frames that refer to one that is missing are left out.
type assembler struct {
	codec   string
	builder *samplebuilder.SampleBuilder
	waiting bool // for a key frame
	begun   bool
	last    uint32 // RTP time of the newest frame
	elapsed int64  // since the first, in RTP time
}

func newAssembler(codec string) *assembler {
	var d rtp.Depacketizer = &codecs.VP8Packet{}
	if codec == CodecH264 {
		d = &codecs.H264Packet{}
	}
	return &assembler{codec: codec, waiting: true, builder: samplebuilder.New(ingestLate, d, clockRate, samplebuilder.WithMaxTimeDelay(ingestDelay))}
}

func (a *assembler) push(p *rtp.Packet) { a.builder.Push(p) }

// pop returns the next frame, or broken when it cannot be decoded; neither when more packets are needed.
func (a *assembler) pop() (f *IngestFrame, broken bool) {
	s := a.builder.Pop()
	if s == nil {
		return nil, false
	}
	pts := a.advance(s)
	key := isKey(a.codec, s.Data)
	if s.PrevDroppedPackets > 0 && a.begun {
		a.waiting = true
	}
	if a.waiting && !key {
		return nil, true
	}
	a.waiting, a.begun = false, true
	return &IngestFrame{Codec: a.codec, Data: s.Data, PTS: pts, Key: key}, false
}

func (a *assembler) advance(s *samples.Sample) time.Duration {
	if a.begun {
		a.elapsed += int64(int32(s.PacketTimestamp - a.last)) //nolint:gosec // RTP time wraps
	}
	a.last = s.PacketTimestamp
	return time.Duration(a.elapsed) * time.Second / clockRate
}

// isKey tells key frames: RFC 6386 section 9.1; in H.264 a slice of an IDR picture (type 5).
func isKey(codec string, data []byte) bool {
	if codec == CodecVP8 {
		return len(data) > 0 && data[0]&1 == 0
	}
	for {
		i := bytes.Index(data, []byte{0, 0, 1})
		if i < 0 || i+3 >= len(data) {
			return false
		}
		if data[i+3]&0x1f == 5 {
			return true
		}
		data = data[i+3:]
	}
}
