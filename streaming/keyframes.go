package streaming

import (
	"sync"
	"time"
)

// keyFrameInterval is the least time between two key-frame requests. Viewers who lose packets together would otherwise make
// the encoder send nothing but key frames.
const keyFrameInterval = 500 * time.Millisecond

// slowInterval is the same for viewers who were too slow. Key frames are large: at the short interval they would make an overloaded
// server, or network, slower still.
const slowInterval = 2 * time.Second

// keyFrames merges the viewers' requests for key frames.
type keyFrames struct {
	ask func()

	mu     sync.Mutex
	last   time.Time
	timer  *time.Timer // runs while a request waits for its turn
	due    time.Time   // when it ends
	closed bool
}

// request asks for a key frame now, or as soon as the interval allows.
func (k *keyFrames) request() { k.within(keyFrameInterval) }

// requestSlow asks for a key frame for viewers who were too slow.
func (k *keyFrames) requestSlow() { k.within(slowInterval) }

func (k *keyFrames) within(interval time.Duration) {
	k.mu.Lock()
	now := time.Now()
	wait := interval - now.Sub(k.last)
	if k.closed || k.timer != nil && !now.Add(wait).Before(k.due) {
		k.mu.Unlock()
		return
	}
	k.stop()
	if wait > 0 {
		k.timer, k.due = time.AfterFunc(wait, k.waited), now.Add(wait)
		k.mu.Unlock()
		return
	}
	k.last = now
	k.mu.Unlock()
	k.ask()
}

func (k *keyFrames) waited() {
	k.mu.Lock()
	if k.closed || k.timer == nil {
		k.mu.Unlock()
		return
	}
	k.timer = nil
	k.last = time.Now()
	k.mu.Unlock()
	k.ask()
}

// sent says that a key frame went out: it serves the request that waits, too.
func (k *keyFrames) sent() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.stop()
}

func (k *keyFrames) close() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.closed = true
	k.stop()
}

func (k *keyFrames) stop() {
	if k.timer != nil {
		k.timer.Stop()
		k.timer = nil
	}
}
