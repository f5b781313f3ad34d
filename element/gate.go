package element

import "sync"

// gate holds the streaming thread back in nothing while it is open; shutting it ends every wait. It is shut while the element is
// flushed and on the way down from PAUSED. Its lock is a leaf.
type gate struct {
	mu     sync.Mutex
	closed bool
	done   chan struct{}
}

// open allows waits again.
func (g *gate) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed || g.done == nil {
		g.closed, g.done = false, make(chan struct{})
	}
}

// shut ends all waits.
func (g *gate) shut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.closed && g.done != nil {
		close(g.done)
	}
	g.closed = true
}

// shutting is closed when the gate is shut.
func (g *gate) shutting() <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.done
}
