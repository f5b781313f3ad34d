package pipeline

import (
	"sync"
	"time"
)

// timelineStep is how far the time goes on from one pipeline's last frame to the next one's first.
const timelineStep = time.Second / 30

// timeline makes one time that only goes forward out of the running times of the pipelines that a stream has one after the other: a
// camera comes back, a file starts over, another publisher comes. Its lock is a leaf.
type timeline struct {
	mu     sync.Mutex
	base   time.Duration // of the present pipeline's running times
	newest time.Duration
}

// of is the stream's time at a running time of the present pipeline.
func (t *timeline) of(running time.Duration) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.base + running
}

// passed is of, for a frame that goes out.
func (t *timeline) passed(running time.Duration) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.newest = max(t.newest, t.base+running)
	return t.base + running
}

// next says that running times begin at 0 again.
func (t *timeline) next() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.newest > 0 {
		t.base = t.newest + timelineStep
	}
}
