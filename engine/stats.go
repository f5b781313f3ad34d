package engine

import (
	"sync/atomic"
	"time"
)

// Stats count what the engine did.
type Stats struct {
	Grounds  uint64        // clips that went through the image tower
	Runs     uint64        // passes of the image tower; fewer than Grounds when clips went together
	Batched  uint64        // clips that shared their pass with others
	Queued   time.Duration // how long all clips together waited for their pass to begin
	TextRuns uint64        // prompts that went through the text tower; the others came from the cache
}

// counts are what Stats is read from.
type counts struct {
	grounds, runs, batched atomic.Uint64
	queued                 atomic.Int64 // nanoseconds
}

// Stats gives the counts so far.
func (e *Engine) Stats() Stats {
	c := &e.counts
	return Stats{
		Grounds: c.grounds.Load(), Runs: c.runs.Load(), Batched: c.batched.Load(), Queued: time.Duration(c.queued.Load()),
		TextRuns: e.text.runs.Load(),
	}
}
