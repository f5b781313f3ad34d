package streaming

import (
	"slices"
	"time"
)

// adaptive tells whether anything can follow the viewers' networks: an encoder's bitrate, or another rung.
func (st *Stream) adaptive() bool {
	return len(st.outputs) > 0 && slices.ContainsFunc(st.outputs, func(o *Output) bool { return o.variant.SetBitrate != nil || o.variant.Rung > 0 })
}

// startBitrate is the estimate that a viewer begins with; 0: he needs none.
func (st *Stream) startBitrate(o *Output) int {
	switch {
	case !st.adaptive():
		return 0
	case o.variant.MaxBitrate > 0:
		return o.variant.MaxBitrate
	}
	return defaultBudget
}

// adapt takes a viewer's new estimate into account: for the encoder he watches, and for the rung he is on.
func (st *Stream) adapt(w *watching, estimate int, now time.Time) {
	o := st.watched(w.viewer)
	if o == nil {
		return
	}
	w.viewer.estimate.Store(int64(estimate))
	o.follow(now)
	var rungs []*Output
	var rates []int
	for rung := 0; st.Output(o.variant.Overlay, rung) != nil; rung++ {
		other := st.Output(o.variant.Overlay, rung)
		rungs, rates = append(rungs, other), append(rates, other.rate())
	}
	if next := w.ladder.step(now, o.variant.Rung, estimate, rates); next != o.variant.Rung {
		w.log.Info("viewer changes quality", "from", o.variant.Rung, "to", next, "estimate", estimate)
		o.move(w.viewer, rungs[next])
	}
}

// rate is what the variant's encoder is told to make.
func (o *Output) rate() int {
	o.stream.mu.Lock()
	defer o.stream.mu.Unlock()
	return o.bitrate
}

// follow sets the encoder to the median of its viewers' estimates, now and then.
func (o *Output) follow(now time.Time) {
	if o.variant.SetBitrate == nil {
		return
	}
	if rate := o.nextRate(now); rate > 0 {
		o.variant.SetBitrate(rate)
	}
}

// nextRate returns the bitrate to set, or 0.
func (o *Output) nextRate(now time.Time) int {
	o.stream.mu.Lock()
	defer o.stream.mu.Unlock()
	if now.Sub(o.rated) < medianPause {
		return 0
	}
	o.rated = now
	var estimates []int64
	for v := range o.viewers {
		if e := v.estimate.Load(); e > 0 {
			estimates = append(estimates, e)
		}
	}
	if len(estimates) == 0 {
		return 0
	}
	slices.Sort(estimates)
	median := float64(estimates[(len(estimates)-1)/2])
	rate := min(max(int(medianShare*median), o.variant.MinBitrate), o.variant.MaxBitrate)
	change := float64(rate-o.bitrate) / float64(o.bitrate)
	atEnd := rate == o.variant.MinBitrate || rate == o.variant.MaxBitrate
	if rate == o.bitrate || !atEnd && change < medianChange && change > -medianChange {
		return 0
	}
	o.bitrate = rate
	return rate
}
