package element

import (
	"sync"
	"time"
)

// mailbox hands windows from the streaming thread to the worker. It holds one at most: a newer window replaces one that
// waits, so that a slow engine always works on the present. Its lock is a leaf: nothing else is locked under it.
type mailbox struct {
	wake  chan struct{} // holds a token while there is something new to look at
	taken chan struct{} // holds a token after a window was taken

	mu      sync.Mutex
	waiting *window
	free    []*window
	put     uint64 // windows handed in
	dropped uint64 // windows replaced before they were taken
}

func newMailbox() *mailbox {
	return &mailbox{wake: make(chan struct{}, 1), taken: make(chan struct{}, 1)}
}

// blank gives a window to fill, of size bytes.
func (m *mailbox) blank(size int) *window {
	m.mu.Lock()
	defer m.mu.Unlock()
	if n := len(m.free); n > 0 {
		w := m.free[n-1]
		m.free = m.free[:n-1]
		if len(w.pix) == size {
			return w
		}
	}
	return &window{pix: make([]byte, size)}
}

// send puts a filled window in, replacing the one that waits: replaced says so and when that was.
func (m *mailbox) send(w *window) (old time.Duration, replaced bool) {
	m.mu.Lock()
	if m.waiting != nil {
		old, replaced = m.waiting.pts, true
		m.free = append(m.free, m.waiting)
		m.dropped++
	}
	m.waiting = w
	m.put++
	m.mu.Unlock()
	m.wakeUp()
	return old, replaced
}

// take gives the waiting window, or nil. The caller gives it back with release.
func (m *mailbox) take() *window {
	m.mu.Lock()
	defer m.mu.Unlock()
	w := m.waiting
	m.waiting = nil
	if w != nil {
		select {
		case m.taken <- struct{}{}:
		default:
		}
	}
	return w
}

// full says whether a window waits.
func (m *mailbox) full() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.waiting != nil
}

// clear drops what waits.
func (m *mailbox) clear() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.waiting = nil
}

// release takes back a window that is no longer read.
func (m *mailbox) release(w *window) {
	if w == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.free = append(m.free, w)
}

// wakeUp makes the worker look again.
func (m *mailbox) wakeUp() {
	select {
	case m.wake <- struct{}{}:
	default:
	}
}

// counts are the windows handed in and replaced so far.
func (m *mailbox) counts() (put, dropped uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.put, m.dropped
}
