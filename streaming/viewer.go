package streaming

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/pion/rtp"
)

const (
	// ringFrames bounds how far a viewer may fall behind: about a second.
	ringFrames = 32
	// dropLogInterval is the least time between two log lines about one viewer's drops.
	dropLogInterval = time.Second
)

// playoutDelayURI names the header extension by which the sender bounds how long the player may hold frames back.
const playoutDelayURI = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay"

// maxPlayoutDelay is the bound. With a small one and a least delay of 0, browsers show each frame as soon as it is decoded.
const maxPlayoutDelay = 200 * time.Millisecond

// rtpWriter takes one viewer's packets; it may block.
type rtpWriter interface {
	WriteRTP(p *rtp.Packet) error
}

// viewer sends a stream to one peer: a bounded ring of frames and one goroutine that writes them, so that a slow peer holds
// up nobody but himself. A viewer who falls behind loses what waits for him and goes on with the next key frame. His
// sequence numbers have no gap then: he would ask again for packets that were never sent.
//
// mu is a leaf: nothing is called while it is held.
type viewer struct {
	out rtpWriter
	log *slog.Logger

	wake chan struct{} // one token: the ring has frames

	mu      sync.Mutex
	ring    [ringFrames]*frame
	head, n int
	waiting bool // for a key frame
	dropped uint64
	unsaid  uint64 // drops that no log line has told yet
	said    time.Time

	sequence   uint16          // of the next packet; the writing goroutine's alone
	extensions []rtp.Extension // of key frames; set before run
}

func newViewer(out rtpWriter, log *slog.Logger) *viewer {
	return &viewer{
		out: out, log: log, wake: make(chan struct{}, 1), waiting: true,
		sequence: uint16(rand.Uint32() >> 17), //nolint:gosec // RFC 3550 section 5.1; half the range, so that it does not wrap at once
	}
}

// setPlayoutDelay tells the player with each key frame to show frames at once; id is the extension's in this session.
func (v *viewer) setPlayoutDelay(id int) error {
	// Two 12-bit numbers in units of 10 ms: least and most.
	most := uint16(maxPlayoutDelay / (10 * time.Millisecond))
	var h rtp.Header
	if err := h.SetExtension(uint8(id), []byte{0, byte(most >> 8), byte(most)}); err != nil { //nolint:gosec // ids are 1 to 14
		return fmt.Errorf("playout delay: %w", err)
	}
	v.extensions = h.Extensions[:1:1] // who adds to it makes a copy
	return nil
}

// push hands a frame over, or drops it. It never blocks. It returns true when frames were lost and a key frame is needed to
// go on.
func (v *viewer) push(f *frame) (needKey bool) {
	v.mu.Lock()
	if v.waiting && !f.key {
		if v.dropped > 0 { // before the first frame nothing is lost
			v.dropped, v.unsaid = v.dropped+1, v.unsaid+1
		}
		v.mu.Unlock()
		return false
	}
	full := v.n == ringFrames
	if full {
		lost := uint64(ringFrames)
		clear(v.ring[:])
		v.head, v.n = 0, 0
		if !f.key {
			lost++
			v.waiting = true
		}
		v.dropped, v.unsaid = v.dropped+lost, v.unsaid+lost
	}
	if f.key || !full {
		v.waiting = false
		v.ring[(v.head+v.n)%ringFrames] = f
		v.n++
	}
	needKey = v.waiting
	say := v.sayDrops()
	v.mu.Unlock()
	if say > 0 {
		v.log.Warn("viewer is too slow, frames left out", "frames", say)
	}
	select {
	case v.wake <- struct{}{}:
	default:
	}
	return needKey
}

// await lets only a key frame follow what was pushed so far.
func (v *viewer) await() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.waiting = true
}

// sayDrops returns how many drops to log now; mu is held.
func (v *viewer) sayDrops() uint64 {
	now := time.Now()
	if v.unsaid == 0 || now.Sub(v.said) < dropLogInterval {
		return 0
	}
	n := v.unsaid
	v.unsaid, v.said = 0, now
	return n
}

func (v *viewer) pop() *frame {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.n == 0 {
		return nil
	}
	f := v.ring[v.head]
	v.ring[v.head] = nil
	v.head = (v.head + 1) % ringFrames
	v.n--
	return f
}

// drops returns how many frames the viewer has lost so far.
func (v *viewer) drops() uint64 {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.dropped
}

// run writes frames until ctx ends or the peer is gone.
func (v *viewer) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-v.wake:
		}
		for f := v.pop(); f != nil; f = v.pop() {
			if ctx.Err() != nil || v.write(f) != nil {
				return
			}
		}
	}
}

// write sends a frame's packets. It returns an error when the peer is gone; any other is a packet lost on the way, and he
// asks again.
func (v *viewer) write(f *frame) error {
	for _, p := range f.packets {
		q := *p
		q.SequenceNumber = v.sequence
		v.sequence++
		if f.key && v.extensions != nil {
			q.Extension, q.ExtensionProfile, q.Extensions = true, rtp.ExtensionProfileOneByte, v.extensions
		}
		if err := v.out.WriteRTP(&q); errors.Is(err, io.ErrClosedPipe) || errors.Is(err, io.EOF) {
			return err
		}
	}
	return nil
}
