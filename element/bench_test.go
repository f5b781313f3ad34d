package element_test

import (
	"fmt"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/stretchr/testify/require"
)

// BenchmarkFrame is what one frame costs in an element, the source's cost included: compare with identity. CPU time, because wall time
// says little on a busy machine.
func BenchmarkFrame(b *testing.B) {
	newFake("fake-bench")
	const still = "model=fake-bench prompts=x inference-interval=1000000 threshold=-1 "
	for _, size := range []string{"width=16,height=16", "width=1920,height=1080"} {
		for _, ca := range []struct{ name, element string }{
			{"identity", "identity"},
			{"no prompts", "videogem"},
			{"nothing due", "videogem overlay=none attach-meta=false " + still},
			{"meta", "videogem overlay=none " + still},
			{"heat-floor 0", "videogem attach-meta=false heat-floor=0 " + still},
			{"every frame to the window", "videogem overlay=none attach-meta=false model=fake-bench prompts=x inference-interval=1"},
			{"aligned", "videogem mode=aligned overlay=none attach-meta=false model=fake-bench prompts=x inference-interval=30"},
		} {
			b.Run(size+"/"+ca.name, func(b *testing.B) {
				top, err := gst.ParseLaunch(fmt.Sprintf("videotestsrc pattern=black num-buffers=%d ! video/x-raw,format=I420,%s,framerate=30/1 ! %s ! fakesink",
					b.N, size, ca.element))
				require.NoError(b, err)
				pipe := top.(gst.Pipeline)
				defer pipe.SetState(gst.StateNull)
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				cpu := cpuTime(b)
				pipe.SetState(gst.StatePlaying)
				require.NotNil(b, pipe.GetBus().TimedPopFiltered(gst.ClockTimeNone, gst.MessageEOS|gst.MessageError))
				b.ReportMetric(float64(cpuTime(b)-cpu)/float64(b.N)/1e3, "cpu-us/frame")
				runtime.ReadMemStats(&after)
				b.ReportMetric(float64(after.Mallocs-before.Mallocs)/float64(b.N), "mallocs/frame")
			})
		}
	}
}

func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
