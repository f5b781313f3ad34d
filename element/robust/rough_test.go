package robust

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/go-gst/go-gst/pkg/gstapp"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/element"
)

const tick = time.Second / 30

func TestThousandStateCycles(t *testing.T) {
	requireLibrary(t)
	for _, mode := range []string{"live", "aligned"} {
		t.Run(mode, func(t *testing.T) {
			pipe := parse(t, `videotestsrc is-live=true ! video/x-raw,format=I420,width=64,height=48,framerate=120/1 ! `+
				`videogem prompts="a person waving" inference-interval=1 mode=`+mode+` ! videogemoverlay ! fakesink`)
			for i := range 500 {
				require.NotEqual(t, gst.StateChangeFailure, pipe.SetState(gst.StatePlaying))
				if i%25 == 0 { // now and then up to the first finding; else as fast as it goes
					await(t, pipe, func(element.Detection) bool { return true })
				}
				require.Equal(t, gst.StateChangeSuccess, pipe.SetState(gst.StateNull))
			}
		})
	}
}

func TestTwoPipelinesOfEightElements(t *testing.T) {
	requireLibrary(t)
	line := `videotestsrc num-buffers=90 pattern=ball ! video/x-raw,format=I420,width=160,height=120,framerate=30/1 ! tee name=t `
	for i := range 8 {
		mode := []string{"live", "aligned"}[i%2]
		line += fmt.Sprintf(`t. ! queue max-size-buffers=100 max-size-time=0 ! videogem mode=%s batch-size=4 inference-interval=%d prompts="a person waving; number %d" ! `+
			`fakesink name=out%d async=false `, mode, 5+i, i, i)
	}
	pipes := []gst.Pipeline{parse(t, line), parse(t, line)}
	var wg sync.WaitGroup
	for _, pipe := range pipes {
		require.NotEqual(t, gst.StateChangeFailure, pipe.SetState(gst.StatePlaying))
		wg.Go(func() { await(t, pipe, nil) })
	}
	wg.Wait()
	for _, pipe := range pipes {
		for i := range 8 {
			stats, ok := pipe.GetByName(fmt.Sprintf("out%d", i)).ObjectProperty("stats").(*gst.Structure)
			require.True(t, ok)
			require.Equal(t, uint64(90), stats.GetValue("rendered"), "element %d", i)
		}
	}
}

// TestSeek jumps to and fro while playing: what comes after a jump begins at its place and has no gap up to the end.
func TestSeek(t *testing.T) {
	requireLibrary(t)
	const frames = 150
	for _, mode := range []string{"live", "aligned"} {
		t.Run(mode, func(t *testing.T) {
			pipe := parse(t, fmt.Sprintf(`videotestsrc num-buffers=%d ! video/x-raw,format=NV12,width=160,height=120,framerate=30/1 ! `+
				`videogem prompts="a person waving" mode=%s ! fakesink name=out`, frames, mode))
			var mu sync.Mutex
			var seen []time.Duration
			onBuffers(pipe, "out", "sink", func(pts time.Duration) {
				mu.Lock()
				defer mu.Unlock()
				seen = append(seen, pts)
			})
			require.NotEqual(t, gst.StateChangeFailure, pipe.SetState(gst.StatePaused))
			for _, to := range []time.Duration{2 * time.Second, 0, 3 * time.Second, time.Second} {
				_, _, ret := pipe.GetState(gst.ClockTime(time.Minute))
				require.Equal(t, gst.StateChangeSuccess, ret)
				require.True(t, pipe.SeekSimple(gst.FormatTime, gst.SeekFlagFlush, int64(to)))
			}
			require.NotEqual(t, gst.StateChangeFailure, pipe.SetState(gst.StatePlaying))
			await(t, pipe, nil)
			mu.Lock()
			defer mu.Unlock()
			last := seen[max(0, slices.Index(seen, time.Second)):]
			require.GreaterOrEqual(t, len(last), 2)
			for i := 1; i < len(last); i++ {
				if last[i-1] == last[i] && i == 1 {
					continue // the preroll of the seek before
				}
				require.InDelta(t, float64(tick), float64(last[i]-last[i-1]), 2, "after %v", last[i-1])
			}
		})
	}
}

// source feeds a pipeline from Go.
type source struct {
	t    *testing.T
	pipe gst.Pipeline
	src  gstapp.AppSrc
	n    int
}

func newSource(t *testing.T, rest string) *source {
	t.Helper()
	pipe := play(t, "appsrc name=in format=time ! "+rest)
	src, ok := pipe.GetByName("in").(gstapp.AppSrc)
	require.True(t, ok)
	return &source{t: t, pipe: pipe, src: src}
}

// push sends frames of so many bytes.
func (s *source) push(frames int, size uint) {
	s.t.Helper()
	for range frames {
		buf := gst.NewBufferAllocate(nil, size, nil)
		buf.SetPTS(gst.ClockTime(time.Duration(s.n) * tick))
		buf.SetDuration(gst.ClockTime(tick))
		require.Equal(s.t, gst.FlowOK, s.src.PushBuffer(buf))
		s.n++
	}
}

// TestCapsChangeInMidStream plays streams of other formats and sizes one after another: new caps, a new segment, PTS from zero.
func TestCapsChangeInMidStream(t *testing.T) {
	requireLibrary(t)
	const frames = 40
	kinds := []struct {
		caps string
		tick time.Duration
	}{
		{"video/x-raw,format=I420,width=64,height=48,framerate=30/1", time.Second / 30},
		{"video/x-raw,format=RGBA,width=33,height=21,framerate=30/1", time.Second / 30},
		{"video/x-raw,format=P010_10LE,width=128,height=64,framerate=50/1,pixel-aspect-ratio=4/3", time.Second / 50},
		{"video/x-raw,format=GRAY8,width=320,height=240,framerate=15/1", time.Second / 15},
	}
	for _, mode := range []string{"live", "aligned"} {
		t.Run(mode, func(t *testing.T) {
			line := `concat name=all ! videogem prompts="a person waving" overlay=all inference-interval=2 mode=` + mode + ` ! videogemoverlay ! appsink name=out sync=false `
			for _, k := range kinds {
				line += fmt.Sprintf("videotestsrc pattern=ball num-buffers=%d ! %s ! all. ", frames, k.caps)
			}
			pipe := play(t, line)
			sink, ok := pipe.GetByName("out").(gstapp.AppSink)
			require.True(t, ok)
			for i := range frames * len(kinds) {
				sample := sink.TryPullSample(gst.ClockTime(time.Minute))
				if sample == nil {
					await(t, pipe, nil) // tells an error
				}
				require.NotNil(t, sample, "frame %d", i)
				k := kinds[i/frames]
				require.True(t, sample.GetCaps().CanIntersect(gst.CapsFromString(k.caps)), "frame %d: %v", i, sample.GetCaps())
				require.InDelta(t, float64(time.Duration(i%frames)*k.tick), float64(sample.GetBuffer().PTS()), 50, "frame %d", i)
			}
			require.Nil(t, sink.TryPullSample(gst.ClockTime(time.Minute)), "no frame comes twice")
			require.True(t, sink.IsEOS())
		})
	}
}

// TestFlush drops what waits, and what comes after it flows again.
func TestFlush(t *testing.T) {
	requireLibrary(t)
	for _, mode := range []string{"live", "aligned"} {
		t.Run(mode, func(t *testing.T) {
			const size = 64 * 48
			s := newSource(t, `videogem name=gem prompts="a person waving" mode=`+mode+` ! appsink name=out sync=false`)
			s.src.SetCaps(gst.CapsFromString("video/x-raw,format=GRAY8,width=64,height=48,framerate=30/1"))
			sink, ok := s.pipe.GetByName("out").(gstapp.AppSink)
			require.True(t, ok)
			for range 5 {
				s.push(30, size)
				require.True(t, s.src.SendEvent(gst.NewEventFlushStart()))
				require.True(t, s.src.SendEvent(gst.NewEventFlushStop(true)))
				s.n += 1000
			}
			first := time.Duration(s.n) * tick
			s.push(30, size)
			_ = s.src.EndOfStream()
			var last time.Duration
			for !sink.IsEOS() {
				if sample := sink.TryPullSample(gst.ClockTime(time.Minute)); sample != nil {
					last = time.Duration(sample.GetBuffer().PTS())
				}
			}
			require.GreaterOrEqual(t, last, first)
		})
	}
}

// TestMemoryIsFlat fits a line through the resident memory over 20,000 frames of 1080p with 1,000 changes of the prompts.
func TestMemoryIsFlat(t *testing.T) {
	if underRace {
		t.Skip("the race detector's own memory grows; scripts/test.sh runs this once more without it")
	}
	requireLibrary(t)
	const frames, changes, limit = 20_000, 1000, 5e6
	pipe := parse(t, fmt.Sprintf(`videotestsrc pattern=black num-buffers=%d ! video/x-raw,format=I420,width=1920,height=1080,framerate=1000/1 ! `+
		`videogem name=gem prompts="a person waving" overlay=all inference-interval=100 ! fakesink sync=false`, frames))
	turn := make(chan int)
	n := 0
	onBuffers(pipe, "gem", "sink", func(time.Duration) {
		if n++; n%(frames/changes) == 0 {
			turn <- n // the stream waits for the change
		}
	})
	require.NotEqual(t, gst.StateChangeFailure, pipe.SetState(gst.StatePlaying))
	gem, bus := pipe.GetByName("gem"), pipe.GetBus()
	var xs, ys []float64
	ended := false
	for i := range changes {
		at := <-turn
		gem.SetObjectProperty("prompts", fmt.Sprintf("a person waving; a person number %d", i))
		for m := bus.Pop(); m != nil; m = bus.Pop() {
			require.NotEqual(t, gst.MessageError, m.Type())
			ended = ended || m.Type() == gst.MessageEOS
		}
		if at > frames/4 && i%10 == 0 {
			xs, ys = append(xs, float64(at)), append(ys, settledMemory(t))
		}
	}
	if !ended {
		await(t, pipe, func(element.Detection) bool { return false })
	}
	grown := slope(xs, ys) * frames
	t.Logf("resident memory: %.1f MB, %+.2f MB over %d frames", ys[len(ys)-1]/1e6, grown/1e6, frames)
	require.Less(t, grown, limit)
}
