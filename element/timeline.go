package element

import (
	"slices"
	"sync"
	"time"
)

// timeline holds the windows of aligned mode in the order of their frames' PTS, those with an answer and those that still wait for
// one. The streaming thread adds and looks up, the worker answers. Its lock is a leaf.
type timeline struct {
	changed chan struct{} // holds a token after an answer came

	mu      sync.Mutex
	round   uint64 // counts clearings: answers to windows of an earlier round are dropped
	entries []entry
}

// entry is one window. found is nil when its inference failed.
type entry struct {
	pts      time.Duration
	answered bool
	found    *finding
}

func newTimeline() *timeline { return &timeline{changed: make(chan struct{}, 1)} }

// expect adds a window that is to be handed to the worker and gives the round to answer with. A second window for the same frame
// changes nothing.
func (t *timeline) expect(pts time.Duration) (round uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	i, ok := t.at(pts)
	if !ok {
		t.entries = slices.Insert(t.entries, i, entry{pts: pts})
	}
	return t.round
}

// forget takes a window out again that will have no answer.
func (t *timeline) forget(pts time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if i, ok := t.at(pts); ok && !t.entries[i].answered {
		t.entries = slices.Delete(t.entries, i, i+1)
	}
}

// answer notes what a window's inference found. An answer to a window that is no longer there is dropped.
func (t *timeline) answer(pts time.Duration, round uint64, f *finding) {
	t.mu.Lock()
	if i, ok := t.at(pts); ok && round == t.round {
		t.entries[i].answered, t.entries[i].found = true, f
	}
	t.mu.Unlock()
	select {
	case t.changed <- struct{}{}:
	default:
	}
}

// nearest gives the window nearest to a frame; with answered set, of those that have an answer. Windows before it are dropped:
// frames come in order.
func (t *timeline) nearest(pts time.Duration, answered bool) (e entry, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	best := -1
	for i := range t.entries {
		if answered && !t.entries[i].answered {
			continue
		}
		if best < 0 || (t.entries[i].pts-pts).Abs() < (t.entries[best].pts-pts).Abs() {
			best = i
		}
	}
	if best < 0 {
		return entry{}, false
	}
	t.entries = slices.Delete(t.entries, 0, best)
	return t.entries[0], true
}

// clear forgets all windows.
func (t *timeline) clear() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.entries = nil
	t.round++
}

func (t *timeline) at(pts time.Duration) (int, bool) {
	return slices.BinarySearchFunc(t.entries, pts, func(e entry, p time.Duration) int { return int(e.pts - p) })
}
