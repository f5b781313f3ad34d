package streaming

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"
	"github.com/pion/webrtc/v4"
	samples "github.com/pion/webrtc/v4/pkg/media"
	"github.com/pion/webrtc/v4/pkg/media/samplebuilder"
)

const (
	// ingestLate bounds how many packets, and ingestDelay how long, a frame waits for what was lost on the way.
	ingestLate  = 512
	ingestDelay = 400 * time.Millisecond
	// publishSilence is how long a publisher may send no frame that can be shown: he has the only place.
	publishSilence = 30 * time.Second
)

// errSilent means that a publisher sends nothing.
var errSilent = errors.New("no video came")

// publishing is a session's role: the peer is the source of an ingest.
type publishing struct {
	ingest *Ingest
	log    *slog.Logger
	pc     *webrtc.PeerConnection

	tracks chan *webrtc.TrackRemote // the peer's video, when it comes
	gone   chan struct{}
	keys   *keyFrames
	over   bool // another publisher has come; guarded by Ingest.telling

	mu     sync.Mutex
	ssrc   webrtc.SSRC // of the video; 0: none yet
	frames uint64
	lost   uint64 // frames that were not whole, or followed one that was not

	heard uint64    // of frames, at the last look; the session's goroutine has it, and
	since time.Time // when it last grew
}

func newPublishing(i *Ingest, log *slog.Logger) *publishing {
	p := &publishing{ingest: i, log: log, tracks: make(chan *webrtc.TrackRemote, 1), gone: make(chan struct{})}
	p.keys = &keyFrames{ask: p.sendPLI}
	return p
}

func (p *publishing) connection() (*webrtc.PeerConnection, error) {
	var err error
	if p.pc, err = p.ingest.server.media.newPublisher(); err != nil {
		return nil, err
	}
	takeChannels(p.pc, nil)
	p.pc.OnTrack(func(t *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		if t.Kind() != webrtc.RTPCodecTypeVideo {
			return
		}
		select {
		case p.tracks <- t:
		default: // one video is enough
		}
	})
	return p.pc, nil
}

func (p *publishing) answered() error { return nil }

func (p *publishing) connected(context.Context, *sync.WaitGroup) {}

func (p *publishing) tick(now time.Time) error {
	p.mu.Lock()
	frames := p.frames
	p.mu.Unlock()
	if frames > p.heard || p.since.IsZero() {
		p.heard, p.since = frames, now
	}
	if now.Sub(p.since) >= publishSilence {
		return fmt.Errorf("%w for %v", errSilent, publishSilence)
	}
	return nil
}

func (p *publishing) left() {
	p.keys.close()
	close(p.gone)
}

func (p *publishing) report() []any {
	p.mu.Lock()
	defer p.mu.Unlock()
	return []any{"frames", p.frames, "lost", p.lost}
}

// askKey asks for a key frame, twice a second at most.
func (p *publishing) askKey() { p.keys.request() }

func (p *publishing) sendPLI() {
	p.mu.Lock()
	ssrc := p.ssrc
	p.mu.Unlock()
	if err := p.pc.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: uint32(ssrc)}}); err != nil {
		p.log.Debug("asking for a key frame", "error", err)
	}
}

func (p *publishing) read() {
	select {
	case t := <-p.tracks:
		p.take(t)
	case <-p.gone:
	}
}

// take reads the video until it ends.
func (p *publishing) take(t *webrtc.TrackRemote) {
	p.mu.Lock()
	p.ssrc = t.SSRC()
	p.mu.Unlock()
	a := newAssembler(t.Codec().MimeType)
	defer p.ingest.leave(p)
	p.askKey()
	for {
		packet, _, err := t.ReadRTP()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				p.log.Debug("publisher's video ends", "error", err)
			}
			return
		}
		a.push(packet)
		for f, broken := a.pop(); f != nil || broken; f, broken = a.pop() {
			p.count(f, broken)
			if broken {
				p.askKey()
				continue
			}
			p.ingest.deliver(p, *f)
		}
	}
}

func (p *publishing) count(f *IngestFrame, broken bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if broken {
		p.lost++
	} else if f != nil {
		p.frames++
	}
}

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
