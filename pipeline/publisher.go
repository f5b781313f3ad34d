package pipeline

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/go-gst/go-gst/pkg/gstapp"

	"github.com/videogem/videogem/streaming"
)

// errLeft means that the publisher has left: the stream waits for the next one.
var errLeft = errors.New("the publisher has left")

// publisherQueue is how many frames of a publisher wait while a pipeline is built for him, and while the decoder is slow: two seconds.
const publisherQueue = 64

// publisher is somebody who sends a stream its encoded frames, as long as he does.
type publisher struct {
	codec  string                     // one of streaming's
	frames chan streaming.IngestFrame // closed when he has left
	askKey func()                     // asks him for a key frame
	hungry bool                       // frames were lost, and a key frame is needed to go on; of the goroutine that calls take
}

func newPublisher(codec string, askKey func()) *publisher {
	return &publisher{codec: codec, frames: make(chan streaming.IngestFrame, publisherQueue), askKey: askKey}
}

// take puts a frame into the queue. It never waits: when the queue is full, everything is left out up to a key frame, which is asked for.
func (p *publisher) take(f streaming.IngestFrame) {
	if p.hungry && !f.Key {
		return
	}
	select {
	case p.frames <- f:
		p.hungry = false
	default:
		p.hungry = true
		p.askKey()
	}
}

// feed hands the frames to a pipeline until ctx ends or it takes no more. It begins with a key frame: what waits from the time of the
// pipeline before refers to frames that this one has not seen. It returns errLeft when the publisher has left.
func (p *publisher) feed(ctx context.Context, take func(streaming.IngestFrame) bool) error {
	begun := false
	for {
		select {
		case <-ctx.Done():
			return nil
		case f, ok := <-p.frames:
			if !ok {
				return errLeft
			}
			if begun = begun || f.Key; begun && !take(f) {
				return nil // the bus says why
			}
		}
	}
}

// into pushes frames into a pipeline's source.
func into(source gstapp.AppSrc) func(streaming.IngestFrame) bool {
	return func(f streaming.IngestFrame) bool {
		buf := encodedBuffer(f)
		return buf != nil && source.PushBuffer(buf) == gst.FlowOK
	}
}

// encodedBuffer copies a frame into a buffer; nil when there is no memory for it.
func encodedBuffer(f streaming.IngestFrame) *gst.Buffer {
	buf := gst.NewBufferAllocate(nil, uint(len(f.Data)), nil)
	if buf == nil {
		return nil
	}
	info, ok := buf.Map(gst.MapWrite)
	if !ok {
		return nil
	}
	copy(info.Data(), f.Data)
	info.Unmap()
	buf.SetPTS(gst.ClockTime(f.PTS))
	if !f.Key {
		buf.SetFlags(gst.BufferFlagDeltaUnit)
	}
	return buf
}

// stage is where publishers come and go: it takes what a streaming.Ingest tells, whose functions are called one after the other, and hands
// each publisher to the stream.
type stage struct {
	coming chan *publisher // the newest, until the stream takes him
	ingest atomic.Pointer[streaming.Ingest]
	now    *publisher // nil: nobody; only the ingest's functions use it
}

func newStage() *stage { return &stage{coming: make(chan *publisher, 1)} }

// open lets publishers in at /whip/ and the name.
func (s *stage) open(server *streaming.Server, name string) error {
	i, err := server.AddIngest(streaming.IngestOptions{Name: name, OnFrame: s.frame, OnLive: s.live})
	if err != nil {
		return err
	}
	s.ingest.Store(i)
	return nil
}

// askKey asks the present publisher for a key frame.
func (s *stage) askKey() {
	if i := s.ingest.Load(); i != nil {
		i.RequestKeyFrame()
	}
}

// frame is IngestOptions.OnFrame.
func (s *stage) frame(f streaming.IngestFrame) {
	if s.now == nil {
		s.now = newPublisher(f.Codec, s.askKey)
		select {
		case <-s.coming: // one for whom the stream had no time, and who has left
		default:
		}
		s.coming <- s.now
	}
	s.now.take(f)
}

// live is IngestOptions.OnLive.
func (s *stage) live(live bool) {
	if !live && s.now != nil {
		close(s.now.frames)
		s.now = nil
	}
}
