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
	o.follow(now, medianPause)
	var rungs []*Output
	var rates []int
	for rung := 0; st.Output(o.variant.Overlay, rung) != nil; rung++ {
		other := st.Output(o.variant.Overlay, rung)
		rungs, rates = append(rungs, other), append(rates, other.rate())
	}
	bound := st.bound(w.viewer, o)
	next := w.ladder.step(now, o.variant.Rung, bound.variant.Rung, estimate, rates)
	switch {
	case next != bound.variant.Rung:
		w.log.Info("viewer changes quality", "from", o.variant.Rung, "to", next, "estimate", estimate)
		o.move(w.viewer, rungs[next])
	case bound != o:
		bound.keys.request() // it has not come yet
	}
}

// estimated is told of a viewer's new estimate at once. One that is far below what is made is acted on: each moment more fills the network.
func (st *Stream) estimated(w *watching, estimate int, now time.Time) {
	o := st.watched(w.viewer)
	if o == nil || float64(estimate) >= fallenShare*float64(o.rate()) {
		return
	}
	w.viewer.estimate.Store(int64(estimate))
	o.follow(now, fallenPause)
}

// bound is the variant that a viewer of o waits for; o where there is none.
func (st *Stream) bound(v *viewer, o *Output) *Output {
	st.mu.Lock()
	defer st.mu.Unlock()
	for _, other := range st.outputs {
		if _, ok := other.coming[v]; ok {
			return other
		}
	}
	return o
}

// rate is what a viewer of the variant takes: what its encoder was told to make, or where nobody watches, and it would follow him, the
// least it makes.
func (o *Output) rate() int {
	o.stream.mu.Lock()
	defer o.stream.mu.Unlock()
	if o.variant.SetBitrate != nil && len(o.viewers)+len(o.coming) == 0 {
		return o.variant.MinBitrate
	}
	return o.bitrate
}

// follow sets the encoder to what its viewers' networks take, where that was not done for so long.
func (o *Output) follow(now time.Time, pause time.Duration) {
	o.stream.mu.Lock()
	due := now.Sub(o.rated) >= pause
	o.stream.mu.Unlock()
	if due {
		o.adjust(now)
	}
}

// adjust sets the encoder to what its viewers' networks take.
func (o *Output) adjust(now time.Time) {
	if o.variant.SetBitrate == nil {
		return
	}
	if rate := o.nextRate(now); rate > 0 {
		o.stream.log.Debug("the bitrate follows the viewers", "bitrate", rate, "overlay", o.variant.Overlay, "rung", o.variant.Rung)
		o.variant.SetBitrate(rate)
	}
}

// nextRate returns the bitrate to set, or 0.
func (o *Output) nextRate(now time.Time) int {
	lowest := o.stream.Output(o.variant.Overlay, o.variant.Rung+1) == nil
	o.stream.mu.Lock()
	defer o.stream.mu.Unlock()
	o.rated = now
	var estimates []int64
	add := func(v *viewer) {
		if e := v.estimate.Load(); e > 0 {
			estimates = append(estimates, e)
		}
	}
	for v := range o.viewers {
		add(v)
	}
	for v := range o.coming {
		add(v)
	}
	if len(estimates) == 0 {
		return 0
	}
	rate := min(max(int(medianShare*median(estimates, lowest)), o.variant.MinBitrate), o.variant.MaxBitrate)
	change := float64(rate-o.bitrate) / float64(o.bitrate)
	atEnd := rate == o.variant.MinBitrate || rate == o.variant.MaxBitrate
	if rate == o.bitrate || !atEnd && change < medianChange && change > -medianChange {
		return 0
	}
	o.bitrate = rate
	return rate
}

// median is the one in the middle; of two, the lower one or the higher one. Those below it have a rung to go to, or have not.
func median(estimates []int64, lower bool) float64 {
	slices.Sort(estimates)
	if lower {
		return float64(estimates[(len(estimates)-1)/2])
	}
	return float64(estimates[len(estimates)/2])
}
