package element

import "sync"

// mailbox hands windows from the streaming thread to the worker. It holds one at most: a newer window replaces one that
// waits, so that a slow engine always works on the present. Its lock is a leaf: nothing else is locked under it.
type mailbox struct {
	wake chan struct{} // holds a token while there is something new to look at

	mu      sync.Mutex
	waiting *window
	free    []*window
	put     uint64 // windows handed in
	dropped uint64 // windows replaced before they were taken
}

func newMailbox() *mailbox { return &mailbox{wake: make(chan struct{}, 1)} }

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

// send puts a filled window in, replacing the one that waits.
func (m *mailbox) send(w *window) {
	m.mu.Lock()
	if m.waiting != nil {
		m.free = append(m.free, m.waiting)
		m.dropped++
	}
	m.waiting = w
	m.put++
	m.mu.Unlock()
	m.wakeUp()
}

// take gives the waiting window, or nil. The caller gives it back with release.
func (m *mailbox) take() *window {
	m.mu.Lock()
	defer m.mu.Unlock()
	w := m.waiting
	m.waiting = nil
	return w
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
