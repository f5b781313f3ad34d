package element

import (
	"sync/atomic"
	"time"

	"github.com/go-gst/go-gst/pkg/gst"
)

// lateness is what downstream's QoS events say: frames before a running time come too late anyway.
type lateness struct {
	until atomic.Int64 // running time, ns; 0: nothing is late
}

// note takes a QoS event in: frames up to twice the delay after the one that was late will be late too, as GstBaseTransform has it.
func (l *lateness) note(diff gst.ClockTimeDiff, timestamp gst.ClockTime) {
	if timestamp == gst.ClockTimeNone || diff <= 0 {
		l.clear()
		return
	}
	l.until.Store(int64(timestamp) + 2*diff)
}

func (l *lateness) clear() { l.until.Store(0) }

// of says whether a frame is late.
func (l *lateness) of(v *videogem, pts time.Duration) bool {
	until := time.Duration(l.until.Load())
	if until == 0 {
		return false
	}
	running := v.runningTime(pts)
	return running >= 0 && running < until
}
