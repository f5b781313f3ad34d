package element

import (
	"time"

	"github.com/go-gst/go-gst/pkg/gst"
)

// frameTime is the time from one frame to the next; where the caps do not say, a guess.
func (v *videogem) frameTime() time.Duration {
	if d := v.layout.info.FrameDuration; d > 0 {
		return d
	}
	return time.Second / 30
}

// updateDelay works out how long aligned mode holds frames and tells the pipeline when that has changed. A frame needs the nearest
// window's answer: that window reaches beyond the frame it is centred on, which is half an interval away at most; one interval more
// is the engine's time. Before the model is there, nothing is held.
func (v *videogem) updateDelay(s *values) {
	spec := v.spec.Load()
	if spec == nil {
		return
	}
	window := s.window
	if window == 0 {
		window = spec.ClipDuration
	}
	frame := v.frameTime()
	ahead := window / time.Duration(spec.Frames) * time.Duration(spec.Frames-1-spec.Frames/2)
	need := ahead + frame*time.Duration(s.interval)*3/2
	delay := (need + frame - 1) / frame * frame
	if v.delay.Swap(int64(delay)) != int64(delay) {
		v.PostMessage(gst.NewMessageLatency(v))
	}
}

// query is GstBaseTransform::query: it adds the delay of aligned mode to the latency.
func (v *videogem) query(direction gst.PadDirection, q *gst.Query) (ok bool) {
	// As for buffers in transformIP: go-gst's reference makes the query read-only.
	gst.UnsafeQueryUnref(q)
	defer v.recovered("query", func() { ok = false })
	if !v.ParentQueryBaseTransform(direction, q) {
		return false
	}
	if direction != gst.PadSrc || q.Type() != gst.QueryLatency {
		return true
	}
	live, least, most := q.ParseLatency()
	v.live.Store(live)
	delay := gst.ClockTime(v.delay.Load())
	if most != gst.ClockTimeNone {
		most += delay
	}
	q.SetLatency(live, least+delay, most)
	return true
}

// askLive asks upstream whether it is live. From a live source nothing may wait.
func (v *videogem) askLive() {
	v.aligned.asked = true
	q := gst.NewQueryLatency()
	defer gst.UnsafeQueryUnref(q)
	if v.GetStaticPad("sink").PeerQuery(q) {
		live, _, _ := q.ParseLatency()
		v.live.Store(live)
	}
}

// awaitModel waits until the model is there, for a source that is not live: all its frames are to have heat. False when the wait was
// ended.
func (v *videogem) awaitModel() bool {
	for v.spec.Load() == nil {
		if v.await(v.loaded) {
			continue
		}
		select {
		case <-v.gate.shutting():
			return false
		default: // the worker has ended: without a model, frames go on as they are
			return true
		}
	}
	return true
}
