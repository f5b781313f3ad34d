package robust

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/videogem/videogem/element"
)

// The benchmarks run once each (-benchtime 1x) and print numbers beside the limits of the element's specification. What is measured
// is the processor time of the streaming thread between an element's two pads: inference has threads of its own.

const runs = 5 // the median of which counts

// threadTime is the processor time of this thread.
func threadTime() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t); err != nil {
		panic(err)
	}
	return time.Duration(t.Nano())
}

// costs plays a pipeline whose element e is to be measured, and gives what each of so many frames cost, from the first on for which
// ready says yes.
func costs(b *testing.B, line string, frames int, ready func(gst.Pipeline) bool) []time.Duration {
	b.Helper()
	pipe := parse(b, line)
	var begin time.Duration
	var out []time.Duration
	done, on := make(chan struct{}), false
	onBuffers(pipe, "e", "sink", func(time.Duration) {
		on = on || ready(pipe)
		begin = threadTime()
	})
	onBuffers(pipe, "e", "src", func(time.Duration) {
		end := threadTime()
		if !on || len(out) == frames {
			return
		}
		if out = append(out, end-begin); len(out) == frames {
			close(done)
		}
	})
	require.NotEqual(b, gst.StateChangeFailure, pipe.SetState(gst.StatePlaying))
	select {
	case <-done:
	case <-time.After(2 * time.Minute):
		require.Fail(b, "too few frames came", "%d", len(out))
	}
	pipe.SetState(gst.StateNull)
	return out
}

func median(d []time.Duration) time.Duration {
	return slices.Sorted(slices.Values(d))[len(d)/2]
}

// microseconds is the median of the runs' medians.
func microseconds(b *testing.B, line string, frames int, ready func(gst.Pipeline) bool) float64 {
	b.Helper()
	var all []time.Duration
	for range runs {
		all = append(all, median(costs(b, line, frames, ready)))
	}
	return float64(median(all)) / float64(time.Microsecond)
}

func always(gst.Pipeline) bool { return true }

// found is ready when the element has heat, and has had a frame's time to show it.
func found(pipe gst.Pipeline) bool {
	stats, ok := pipe.GetByName("e").ObjectProperty("stats").(*gst.Structure)
	if !ok {
		return false
	}
	n, _ := stats.GetValue("inferences").(uint64)
	time.Sleep(time.Millisecond) // gives the worker the processor
	return n > 1
}

func camera(format string, width, height, rate int) string {
	return fmt.Sprintf("videotestsrc pattern=ball ! video/x-raw,format=%s,width=%d,height=%d,framerate=%d/1 ! ", format, width, height, rate)
}

// BenchmarkIdle: no overlay, no meta, no window due. Limit: 5 us a frame over identity.
func BenchmarkIdle(b *testing.B) {
	requireLibrary(b)
	const frames = 20_000
	for b.Loop() {
		idle := microseconds(b, camera("I420", 64, 48, 30)+"identity name=e ! fakesink", frames, always)
		ours := microseconds(b, camera("I420", 64, 48, 30)+
			`videogem name=e overlay=none attach-meta=false prompts="a person waving" inference-interval=2000000000 ! fakesink`, frames, always)
		b.ReportMetric(idle, "identity-us")
		b.ReportMetric(ours, "videogem-us")
		b.ReportMetric(ours-idle, "over-us(limit:5)")
	}
}

// BenchmarkFeeding: every frame goes into a window. Limit: 600 us a frame of 1080p.
func BenchmarkFeeding(b *testing.B) {
	requireLibrary(b)
	for _, format := range []string{"I420", "NV12", "RGBA", "P010_10LE"} {
		b.Run(format, func(b *testing.B) {
			for b.Loop() {
				b.ReportMetric(microseconds(b, camera(format, 1920, 1080, 1000)+
					`videogem name=e overlay=none attach-meta=false prompts="a person waving" inference-interval=1 ! fakesink`, 200, found), "us(limit:600)")
			}
		})
	}
}

// BenchmarkHeat: heat on the whole frame of 1080p. Limit: 2500 us for I420 and NV12, 5000 us for RGBA.
func BenchmarkHeat(b *testing.B) {
	requireLibrary(b)
	for _, format := range []string{"I420", "NV12", "RGBA", "P010_10LE"} {
		b.Run(format, func(b *testing.B) {
			for b.Loop() {
				b.ReportMetric(microseconds(b, camera(format, 1920, 1080, 1000)+
					`videogem name=e heat-floor=0 attach-meta=false prompts="a person waving" inference-interval=20 ! fakesink`, 200, found), "us")
			}
		})
	}
}

// BenchmarkMallocs: heat, label and meta on every frame. Limit: 5 allocations a frame on our side of the binding.
func BenchmarkMallocs(b *testing.B) {
	requireLibrary(b)
	count := func(element string) float64 {
		const frames = 5000
		pipe := parse(b, fmt.Sprintf("videotestsrc num-buffers=%d ! video/x-raw,format=I420,width=64,height=48,framerate=30/1 ! %s ! fakesink", frames, element))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		require.NotEqual(b, gst.StateChangeFailure, pipe.SetState(gst.StatePlaying))
		await(b, pipe, nil)
		runtime.ReadMemStats(&after)
		return float64(after.Mallocs-before.Mallocs) / frames
	}
	for b.Loop() {
		b.ReportMetric(count("identity"), "identity-mallocs")
		b.ReportMetric(count(`videogem overlay=none attach-meta=false`), "passing-mallocs")
		b.ReportMetric(count(`videogem prompts="a person waving" inference-interval=1000`), "heat-and-meta-mallocs(limit:5)")
	}
}

// BenchmarkSlowEngine: live mode under inference at least ten times slower than the interval. Limit: no frame lost, none held up by
// 5 ms or more. It runs in a process of its own, with a model that looks at larger pictures.
func BenchmarkSlowEngine(b *testing.B) {
	requireLibrary(b)
	if os.Getenv(inputSize) == "" {
		self, err := os.Executable()
		require.NoError(b, err)
		for b.Loop() {
			child := exec.CommandContext(b.Context(), self, "-test.run=xxx", "-test.bench=SlowEngine", "-test.benchtime=1x")
			child.Env = append(os.Environ(), inputSize+"=240")
			out, err := child.CombinedOutput()
			require.NoError(b, err, string(out))
			for _, m := range regexp.MustCompile(`([0-9.]+) (\S+:\S+)`).FindAllStringSubmatch(string(out), -1) {
				var v float64
				_, err := fmt.Sscan(m[1], &v)
				require.NoError(b, err)
				b.ReportMetric(v, m[2])
			}
		}
		return
	}
	for b.Loop() {
		const frames = 600
		pipe := parse(b, fmt.Sprintf("videotestsrc is-live=true pattern=ball num-buffers=%d ! video/x-raw,format=I420,width=1920,height=1080,framerate=30/1 ! "+
			`queue ! videogem name=e prompts="a person waving" inference-interval=1 ! fakesink sync=false`, frames))
		var in, out, above int
		var began, worst time.Duration
		var at time.Time
		onBuffers(pipe, "e", "sink", func(time.Duration) { in++; at, began = time.Now(), threadTime() })
		onBuffers(pipe, "e", "src", func(time.Duration) {
			out++
			worst = max(worst, threadTime()-began)
			if time.Since(at) > 5*time.Millisecond {
				above++
			}
		})
		require.NotEqual(b, gst.StateChangeFailure, pipe.SetState(gst.StatePlaying))
		var took time.Duration
		var last element.Detection
		await(b, pipe, func(d element.Detection) bool { last, took = d, max(took, d.Inference); return false })
		b.ReportMetric(float64(last.Inference)/float64(tick), "intervals/inference:(10-or-more)")
		b.ReportMetric(float64(in-out), "lost:(limit:0)")
		b.ReportMetric(float64(worst)/1e6, "worst-cpu-ms:(limit:5)")
		b.ReportMetric(float64(above), "frames-held-5ms:(limit:0)")
	}
}

// BenchmarkAligned: 3,000 frames at 30 fps with a window of 2 s. Limit: the declared latency is the real delay within one frame (33 ms),
// no frame lost or doubled.
func BenchmarkAligned(b *testing.B) {
	requireLibrary(b)
	for b.Loop() {
		const frames = 3000
		pipe := parse(b, fmt.Sprintf("videotestsrc is-live=true pattern=ball num-buffers=%d ! video/x-raw,format=I420,width=320,height=240,framerate=30/1 ! "+
			`videogem name=e mode=aligned window-duration=2000000000 prompts="a person waving" ! fakesink name=out sync=false`, frames))
		came := make(map[time.Duration]time.Time, frames)
		var delays []time.Duration
		var outs []time.Duration
		var declared time.Duration
		onBuffers(pipe, "e", "sink", func(pts time.Duration) { came[pts] = time.Now() })
		onBuffers(pipe, "e", "src", func(pts time.Duration) { // on the same thread
			if len(outs) >= frames/10 && len(outs) < frames*9/10 { // neither before the model was there nor after the end
				delays = append(delays, time.Since(came[pts]))
			}
			outs = append(outs, pts)
		})
		require.NotEqual(b, gst.StateChangeFailure, pipe.SetState(gst.StatePlaying))
		await(b, pipe, func(element.Detection) bool {
			whole, before := gst.NewQueryLatency(), gst.NewQueryLatency()
			if e := pipe.GetByName("e"); e.Query(whole) && e.GetStaticPad("sink").PeerQuery(before) {
				_, all, _ := whole.ParseLatency()
				_, upstream, _ := before.ParseLatency()
				declared = time.Duration(all - upstream)
			}
			return false
		})
		doubled := len(outs) - len(slices.Compact(slices.Sorted(slices.Values(outs))))
		b.ReportMetric(float64(declared)/1e6, "declared-ms")
		b.ReportMetric(float64(median(delays))/1e6, "delay-ms")
		b.ReportMetric(float64(declared-median(delays))/1e6, "difference-ms(limit:33)")
		b.ReportMetric(float64(frames-len(outs)+doubled), "lost(limit:0)")
		b.ReportMetric(float64(doubled), "doubled(limit:0)")
	}
}
