package engine

import (
	"slices"
	"sync"
	"time"
)

// queue holds the asks that wait for a pass, in the order in which they came. A caller with one ask at a time stands at its end again
// after each answer, so that all such callers get an equal share however often they would like to come.
type queue struct {
	wake chan struct{} // holds a token while there is something new to look at

	mu      sync.Mutex // guards what follows; a leaf
	waiting []*ask
	closed  bool
}

func newQueue() *queue { return &queue{wake: make(chan struct{}, 1)} }

// add puts an ask at the end.
func (q *queue) add(a *ask) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return ErrClosed
	}
	q.waiting = append(q.waiting, a)
	q.nudge()
	return nil
}

// remove takes an ask out whose caller went away, and says whether it still waited.
func (q *queue) remove(a *ask) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	i := slices.Index(q.waiting, a)
	if i >= 0 {
		q.waiting = slices.Delete(q.waiting, i, i+1)
	}
	return i >= 0
}

// take gives the next batch: the oldest ask and up to size-1 of those behind it that fit. It gives nothing, and how long to wait for
// more (0: until someone comes), while the batch is not full and its oldest came less than timeout ago. more is false when the queue
// was closed.
func (q *queue) take(size int, timeout time.Duration) (batch []*ask, wait time.Duration, more bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) == 0 {
		return nil, 0, !q.closed
	}
	oldest := q.waiting[0]
	for _, a := range q.waiting {
		if len(batch) < size && fitAll(batch, a) {
			batch = append(batch, a)
		}
	}
	if wait = timeout - time.Since(oldest.arrived); len(batch) < size && wait > 0 {
		return nil, wait, true
	}
	q.waiting = slices.DeleteFunc(q.waiting, func(a *ask) bool { return slices.Contains(batch, a) })
	return batch, 0, true
}

// fitAll says whether an ask fits to all of a batch.
func fitAll(batch []*ask, a *ask) bool {
	return !slices.ContainsFunc(batch, func(b *ask) bool { return !b.fits(a) })
}

// close lets nobody in any more and turns those away who wait.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	for _, a := range q.waiting {
		a.err = ErrClosed
		close(a.read)
		close(a.done)
	}
	q.waiting = nil
	q.nudge()
}

// nudge leaves a token; q.mu is held, but a token never blocks.
func (q *queue) nudge() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}
