package streaming

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
)

const (
	// maxLayers bounds the encodings of one video that are received (simulcast).
	maxLayers = 4
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

	tracks chan *webrtc.TrackRemote // the peer's video, when it comes; its encodings, when there are several
	gone   chan struct{}
	layers layers
	over   bool // another publisher has come; guarded by Ingest.telling

	mu     sync.Mutex
	frames uint64 // that were taken
	lost   uint64 // frames that were not whole, or followed one that was not

	heard uint64    // of frames, at the last look; the session's goroutine has it, and
	since time.Time // when it last grew
}

func newPublishing(i *Ingest, log *slog.Logger) *publishing {
	return &publishing{ingest: i, log: log, tracks: make(chan *webrtc.TrackRemote, maxLayers), gone: make(chan struct{}), layers: layers{log: log}}
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
		default: // nobody sends so many
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
	close(p.gone)
}

func (p *publishing) report() []any {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]any{"frames", p.frames, "lost", p.lost}, p.layers.report()...)
}

// askKey asks for a key frame, twice a second at most.
func (p *publishing) askKey() {
	if l := p.layers.current(); l != nil {
		l.keys.request()
	}
}

func (p *publishing) sendPLI(ssrc webrtc.SSRC) {
	if err := p.pc.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: uint32(ssrc)}}); err != nil {
		p.log.Debug("asking for a key frame", "error", err)
	}
}

func (p *publishing) read() {
	var running sync.WaitGroup
	defer running.Wait()
	for several := true; several; {
		select {
		case t := <-p.tracks:
			several = t.RID() != "" // of what is not the same video once more, one is enough
			running.Go(func() { p.take(t) })
		case <-p.gone:
			return
		}
	}
}

// take reads one encoding of the video until it ends.
func (p *publishing) take(t *webrtc.TrackRemote) {
	l := p.layers.add(t.RID(), &keyFrames{ask: func() { p.sendPLI(t.SSRC()) }})
	defer func() {
		if p.layers.remove(l) {
			p.ingest.leave(p)
		}
	}()
	a := newAssembler(t.Codec().MimeType)
	l.keys.request()
	for {
		packet, _, err := t.ReadRTP()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				p.log.Debug("publisher's video ends", "rid", t.RID(), "error", err)
			}
			return
		}
		a.push(packet)
		for f, broken := a.pop(); f != nil || broken; f, broken = a.pop() {
			if broken {
				p.count(&p.lost)
				l.keys.request()
				continue
			}
			if p.layers.pick(l, f, time.Now()) {
				p.count(&p.frames)
				p.ingest.deliver(p, *f)
			}
		}
	}
}

func (p *publishing) count(what *uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	*what++
}
