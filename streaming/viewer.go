package streaming

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// ringFrames bounds how far a viewer may fall behind: about a second.
	ringFrames = 32
	// backlogFrames bounds how far he may be behind while he catches up.
	backlogFrames = 1200
	// Who catches up gets so many packets, a pause, and so on: 30 Mb/s.
	catchUpPackets = 32
	catchUpPause   = 10 * time.Millisecond
	// dropLogInterval is the least time between two log lines about one viewer's drops.
	dropLogInterval = time.Second
)

// frameWriter takes one viewer's frames; it may block.
type frameWriter interface {
	writeFrame(f *frame) error
}

// viewer sends a stream to one peer: a bounded ring of frames and one goroutine that writes them, so that a slow peer holds
// up nobody but himself. A viewer who falls behind loses what waits for him and goes on with the next key frame. His
// sequence numbers have no gap then: he would ask again for packets that were never sent.
//
// mu is a leaf: nothing is called while it is held.
type viewer struct {
	out  frameWriter
	heat *heatChannel // nil: he does not draw heat himself
	log  *slog.Logger
	gone bool // he has left the stream; guarded by Stream.mu

	estimate atomic.Int64 // bits a second that his network takes; 0: not known

	wake chan struct{} // one token: the ring has frames, or there is heat

	mu      sync.Mutex
	ring    [ringFrames]*frame
	head, n int
	backlog []*frame // comes before the ring; frames join it until it has been sent
	waiting bool     // for a key frame
	dropped uint64
	unsaid  uint64 // drops that no log line has told yet
	said    time.Time
	newest  []byte // heat that waits; an older one that still did is gone
}

func newViewer(out frameWriter, log *slog.Logger) *viewer {
	return &viewer{out: out, log: log, wake: make(chan struct{}, 1), waiting: true}
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
	if f.key {
		v.backlog = nil // it serves better
	}
	if len(v.backlog) > 0 && len(v.backlog) < backlogFrames && v.n == 0 {
		v.backlog = append(v.backlog, f)
		v.mu.Unlock()
		return false // he is awake
	}
	full := v.n == ringFrames
	if full {
		lost := uint64(ringFrames + len(v.backlog))
		clear(v.ring[:])
		v.backlog = nil
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
	v.wakeUp()
	return needKey
}

// pushHeat hands heat over; the newest wins.
func (v *viewer) pushHeat(b []byte) {
	v.mu.Lock()
	v.newest = b
	v.mu.Unlock()
	v.wakeUp()
}

func (v *viewer) wakeUp() {
	select {
	case v.wake <- struct{}{}:
	default:
	}
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

// catchUp lets a viewer begin with frames that the others have had; without any he waits for a key frame. They are paced: in one go
// they would overflow what networks and players hold.
func (v *viewer) catchUp(frames []*frame) {
	v.mu.Lock()
	v.backlog, v.waiting = frames, len(frames) == 0
	v.mu.Unlock()
	v.wakeUp()
}

// behind tells whether a viewer catches up still.
func (v *viewer) behind() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.backlog) > 0
}

// pop returns the next frame, or nil.
func (v *viewer) pop() *frame {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.backlog) > 0 {
		f := v.backlog[0]
		v.backlog = v.backlog[1:]
		return f
	}
	if v.n == 0 {
		return nil
	}
	f := v.ring[v.head]
	v.ring[v.head] = nil
	v.head = (v.head + 1) % ringFrames
	v.n--
	return f
}

func (v *viewer) popHeat() []byte {
	v.mu.Lock()
	defer v.mu.Unlock()
	b := v.newest
	v.newest = nil
	return b
}

// drops returns how many frames the viewer has lost so far.
func (v *viewer) drops() uint64 {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.dropped
}

// run writes frames until ctx ends or the peer is gone. Any error but that is a packet lost on the way, and he asks again.
func (v *viewer) run(ctx context.Context) {
	unpaced := 0 // packets since the last time that a pause was due
	for {
		select {
		case <-ctx.Done():
			return
		case <-v.wake:
		}
		for f := v.pop(); f != nil; f = v.pop() {
			if ctx.Err() != nil {
				return
			}
			if err := v.out.writeFrame(f); errors.Is(err, io.ErrClosedPipe) || errors.Is(err, io.EOF) || errors.Is(err, errUnbound) {
				return
			}
			if unpaced += len(f.payloads); unpaced >= catchUpPackets {
				if unpaced = 0; v.behind() {
					pause(ctx, catchUpPause)
				}
			}
		}
		if b := v.popHeat(); b != nil && v.heat != nil {
			v.heat.send(b)
		}
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
