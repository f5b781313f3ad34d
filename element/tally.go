package element

import (
	"slices"
	"sync"
	"time"

	"github.com/go-gst/go-gst/pkg/gst"
)

// recent is over how many inferences the percentiles are taken.
const recent = 256

// tally counts inferences. Its lock is a leaf.
type tally struct {
	mu         sync.Mutex
	inferences uint64
	failures   uint64
	took       []time.Duration // of the recent ones, in a ring
	queued     time.Duration   // of the last
}

func (t *tally) reset() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.inferences, t.failures, t.took, t.queued = 0, 0, t.took[:0], 0
}

// done counts an inference and gives how many there were.
func (t *tally) done(took, queued time.Duration) uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.took) < recent {
		t.took = append(t.took, took)
	} else {
		t.took[t.inferences%recent] = took
	}
	t.inferences++
	t.queued = queued
	return t.inferences
}

func (t *tally) failed() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failures++
}

// times are the median and the 95th percentile of the recent inferences and the last one's wait.
func (t *tally) times() (p50, p95, queued time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.took) == 0 {
		return 0, 0, 0
	}
	sorted := slices.Sorted(slices.Values(t.took))
	return sorted[len(sorted)/2], sorted[len(sorted)*95/100], t.queued
}

// statistics is the property stats.
func (v *videogem) statistics() *gst.Structure {
	p50, p95, queued := v.tally.times()
	windows, dropped := v.mail.counts()
	v.tally.mu.Lock()
	inferences, failures := v.tally.inferences, v.tally.failures
	v.tally.mu.Unlock()
	s := gst.NewStructureEmpty(Name + "-stats")
	s.SetValue("frames", v.frames.Load())
	s.SetValue("windows", windows)
	s.SetValue("dropped-windows", dropped)
	s.SetValue("inferences", inferences)
	s.SetValue("failed-inferences", failures)
	s.SetValue("inference-ms-p50", milliseconds(p50))
	s.SetValue("inference-ms-p95", milliseconds(p95))
	s.SetValue("queue-wait-ms", milliseconds(queued))
	age := time.Duration(0)
	if f := v.latest.Load(); f != nil {
		age = v.age(f.pts)
	}
	s.SetValue("heat-age-ms", milliseconds(age))
	return s
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
