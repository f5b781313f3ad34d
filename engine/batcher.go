package engine

import (
	"context"
	"sync"
	"time"
)

// batcher lets asks through the image tower, some together, first come first served.
type batcher struct {
	size    int           // asks a pass
	timeout time.Duration // that the oldest ask waits for mates
	pass    func([]*ask)  // runs the tower and finishes the asks
	queue   *queue
	places  chan struct{} // holds a token for each pass that goes on
	passes  sync.WaitGroup
}

// newBatcher starts a batcher that does up to atOnce passes at the same time.
func newBatcher(size, atOnce int, timeout time.Duration, pass func([]*ask)) *batcher {
	b := &batcher{size: size, timeout: timeout, pass: pass, queue: newQueue(), places: make(chan struct{}, atOnce)}
	b.passes.Go(b.dispatch)
	return b
}

// dispatch begins passes until the queue is closed. It takes a batch only when there is a place for it, so that those who come
// meanwhile still get in.
func (b *batcher) dispatch() {
	for {
		b.places <- struct{}{}
		batch := b.next()
		if batch == nil {
			return
		}
		b.passes.Go(func() {
			defer func() { <-b.places }()
			b.pass(batch)
		})
	}
}

// next waits for a batch. It gives nil when the queue was closed.
func (b *batcher) next() []*ask {
	for {
		batch, wait, more := b.queue.take(b.size, b.timeout)
		if len(batch) > 0 || !more {
			return batch
		}
		var over <-chan time.Time // never, unless someone waits for mates
		if wait > 0 {
			over = time.After(wait)
		}
		select {
		case <-b.queue.wake:
		case <-over:
		}
	}
}

// do takes an ask through. When ctx ends first, the ask leaves the queue; once its pass has begun, the end of that is waited for. Either
// way nobody reads the clip after do, nor works on it.
func (b *batcher) do(ctx context.Context, a *ask) error {
	if err := b.queue.add(a); err != nil {
		return err
	}
	select {
	case <-a.done:
		return a.err
	case <-ctx.Done():
		if !b.queue.remove(a) {
			<-a.done // a program that ends while ONNX Runtime works would crash in its exit
		}
		return ctx.Err()
	}
}

// close turns away those who wait, and waits for the passes that go on.
func (b *batcher) close() {
	b.queue.close()
	b.passes.Wait()
}
