package element_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/go-gst/go-gst/pkg/gstapp"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/element"
	"github.com/videogem/videogem/element/gstshim"
)

// arrivals pulls all samples until the end of the stream and gives each frame's PTS and how many prompts its meta scores.
func arrivals(t *testing.T, pipe gst.Pipeline) (pts []time.Duration, scored []int) {
	t.Helper()
	sink := pipe.GetByName("out").(gstapp.AppSink)
	for {
		sample := sink.TryPullSample(20 * gst.Second)
		if sample == nil {
			require.True(t, sink.IsEOS(), "nothing came in time: %v", pending(pipe))
			return pts, scored
		}
		buf := sample.GetBuffer()
		pts = append(pts, time.Duration(buf.PTS()))
		_, classes, err := gstshim.ReadAnalytics(buf)
		require.NoError(t, err)
		scored = append(scored, len(classes))
		gst.UnsafeSampleUnref(sample)
	}
}

// readRegions reads a sample's meta and gives the sample back.
func readRegions(t *testing.T, sample *gst.Sample) []gstshim.Region {
	t.Helper()
	defer gst.UnsafeSampleUnref(sample)
	regions, _, err := gstshim.ReadAnalytics(sample.GetBuffer())
	require.NoError(t, err)
	return regions
}

// pending is the error that waits on the bus.
func pending(pipe gst.Pipeline) string {
	if m := pipe.GetBus().TimedPopFiltered(0, gst.MessageError); m != nil {
		debug, err := m.ParseError()
		return fmt.Sprint(err, " ", debug)
	}
	return "no error"
}

// requireEveryFrame checks that n frames of 30 a second came in order, each once.
func requireEveryFrame(t *testing.T, n int, pts []time.Duration) {
	t.Helper()
	require.Len(t, pts, n)
	for i, p := range pts {
		require.InDelta(t, float64(i)*float64(time.Second)/30, float64(p), 2, "frame %d", i)
	}
}

func TestAlignedGivesEveryFrameItsHeat(t *testing.T) {
	requireLibrary(t)
	for _, n := range []int{1, 5, 20, 61, 150} { // shorter than half a window, than a window, longer
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			pipe := launch(t, fmt.Sprintf("videotestsrc pattern=ball num-buffers=%d ! video/x-raw,format=I420,width=160,height=120,framerate=30/1 ! "+
				`videogem mode=aligned prompts="a person waving; a person running" ! appsink name=out sync=false`, n))
			pts, scored := arrivals(t, pipe)
			requireEveryFrame(t, n, pts)
			for i, s := range scored {
				require.Equal(t, 2, s, "prompts of frame %d", i)
			}
		})
	}
}

func TestAlignedLosesNothingInALongStream(t *testing.T) {
	newFake("fake-long")
	pipe := launch(t, "videotestsrc num-buffers=3000 ! video/x-raw,format=I420,width=64,height=64,framerate=30/1 ! "+
		`videogem mode=aligned model=fake-long prompts=x window-duration=2000000000 ! appsink name=out sync=false max-buffers=10`)
	pts, scored := arrivals(t, pipe)
	requireEveryFrame(t, 3000, pts)
	for i, s := range scored {
		require.Equal(t, 1, s, "prompts of frame %d", i)
	}
}

func TestAlignedAsksForWindowsAtTheirInterval(t *testing.T) {
	requireLibrary(t)
	pipe := launch(t, "videotestsrc num-buffers=121 ! video/x-raw,format=I420,width=160,height=120,framerate=30/1 ! "+
		`videogem name=gem mode=aligned prompts="a person waving" inference-interval=10 ! fakesink`)
	var centres []time.Duration
	await(t, pipe, func(d element.Detection) bool {
		centres = append(centres, d.PTS)
		return false
	})
	require.NotEmpty(t, centres)
	require.Zero(t, centres[0], "the first window is centred on the first frame")
	for i := 1; i < len(centres); i++ {
		require.InDelta(t, 10./30, (centres[i] - centres[i-1]).Seconds(), .01, "window %d", i)
	}
	require.Equal(t, 4*time.Second, centres[len(centres)-1].Round(time.Millisecond), "the last on the last")
}

func TestAlignedLatencyIsTheDelay(t *testing.T) {
	requireLibrary(t)
	for _, window := range []time.Duration{time.Second, 2 * time.Second} {
		t.Run(window.String(), func(t *testing.T) {
			pipe := launch(t, "videotestsrc is-live=true ! video/x-raw,format=I420,width=160,height=120,framerate=30/1 ! "+
				fmt.Sprintf(`videogem name=gem mode=aligned prompts="a person waving" window-duration=%d ! fakesink name=out sync=false`, window))
			gem := pipe.GetByName("gem")
			in, out := make(chan time.Duration, 1000), make(chan time.Duration, 1000)
			probe(gem.GetStaticPad("sink"), in)
			probe(gem.GetStaticPad("src"), out)
			await(t, pipe, func(d element.Detection) bool { return d.Inferences > 2 })
			query := gst.NewQueryLatency()
			require.True(t, gem.GetStaticPad("src").Query(query))
			live, least, _ := query.ParseLatency()
			require.True(t, live)
			// The source's own latency is one frame.
			declared := time.Duration(least) - time.Second/30
			require.Greater(t, declared, window/4)
			require.Less(t, declared, window)
			pipe.SetState(gst.StateNull)
			close(in)
			close(out)
			require.InDelta(t, declared.Seconds(), held(in, out).Seconds(), 1./30)
		})
	}
}

// probe sends the PTS of the frames that pass a pad; the channel is large enough for all.
func probe(pad gst.Pad, to chan<- time.Duration) {
	pad.AddProbe(gst.PadProbeTypeBuffer, func(_ gst.Pad, info *gst.PadProbeInfo) gst.PadProbeReturn {
		select {
		case to <- time.Duration(info.GetBuffer().PTS()):
		default:
		}
		return gst.PadProbeOK
	})
}

// held is how far the last frame that came in is ahead of the last that went out.
func held(in, out <-chan time.Duration) time.Duration {
	var first, last time.Duration
	for p := range in {
		first = p
	}
	for p := range out {
		last = p
	}
	return first - last
}

func TestAlignedSeekForgetsWhatWaits(t *testing.T) {
	requireLibrary(t)
	pipe := launch(t, "videotestsrc num-buffers=300 ! video/x-raw,format=I420,width=160,height=120,framerate=30/1 ! "+
		`videogem mode=aligned prompts="a person waving" ! appsink name=out sync=false max-buffers=1`)
	sink := pipe.GetByName("out").(gstapp.AppSink)
	for range 10 {
		sample := sink.TryPullSample(20 * gst.Second)
		require.NotNil(t, sample)
		gst.UnsafeSampleUnref(sample)
	}
	require.True(t, pipe.SeekSimple(gst.FormatTime, gst.SeekFlagFlush|gst.SeekFlagAccurate, 5*int64(gst.Second)))
	sample := sink.TryPullSample(20 * gst.Second)
	require.NotNil(t, sample)
	require.Equal(t, 5*gst.Second, sample.GetBuffer().PTS())
	gst.UnsafeSampleUnref(sample)
}

func TestAlignedStopsWhileItWaits(t *testing.T) {
	requireLibrary(t)
	pipe := launch(t, "videotestsrc ! video/x-raw,format=I420,width=160,height=120,framerate=30/1 ! "+
		`videogem mode=aligned prompts="a person waving" inference-interval=1 ! fakesink`)
	for range 10 {
		require.NotEqual(t, gst.StateChangeFailure, pipe.SetState(gst.StatePlaying))
		await(t, pipe, func(element.Detection) bool { return true })
		require.Equal(t, gst.StateChangeSuccess, pipe.SetState(gst.StateNull))
	}
}
