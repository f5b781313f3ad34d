package element_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/go-gst/go-gst/pkg/gstapp"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/element"
	"github.com/videogem/videogem/engine"
)

func TestLiveVideoNeverWaitsForADeadEngine(t *testing.T) {
	f := newFake("fake-dead")
	f.answers = make(chan struct{}) // never
	pipe := launch(t, "videotestsrc num-buffers=200 ! video/x-raw,format=I420,width=160,height=120,framerate=30/1 ! "+
		`videogem name=gem model=fake-dead prompts=x inference-interval=1 ! appsink name=out sync=false`)
	pts, _ := arrivals(t, pipe)
	requireEveryFrame(t, 200, pts)
	gem := pipe.GetByName("gem")
	// The model may come after the first frames, but not after a file of any length: these frames are not held back by anything.
	require.Equal(t, uint64(200), gem.ObjectProperty("stats").(*gst.Structure).GetValue("frames"))
}

func TestAlignedLiveVideoNeverWaitsForADeadEngine(t *testing.T) {
	f := newFake("fake-dead-live")
	f.answers = make(chan struct{})
	pipe := launch(t, "videotestsrc is-live=true num-buffers=60 ! video/x-raw,format=I420,width=160,height=120,framerate=30/1 ! "+
		`videogem mode=aligned model=fake-dead-live prompts=x ! appsink name=out sync=false`)
	pts, _ := arrivals(t, pipe)
	require.Len(t, pts, 60)
	require.IsIncreasing(t, pts)
}

func TestFailingInferenceCostsTheHeatAlone(t *testing.T) {
	f := newFake("fake-failing")
	f.err.Store(&errFake)
	pipe := launch(t, "videotestsrc is-live=true ! video/x-raw,format=I420,width=160,height=120,framerate=30/1 ! "+
		`videogem name=gem model=fake-failing prompts=x inference-interval=1 ! fakesink`)
	gem := pipe.GetByName("gem")
	require.Eventually(t, func() bool { return gem.ObjectProperty("state") == int32(3) }, 20*time.Second, 10*time.Millisecond, "degraded")
	for {
		d, ok, err := element.ParseDetection(pipe.GetBus().TimedPopFiltered(20*gst.Second, gst.MessageElement))
		require.NoError(t, err)
		if ok {
			require.Equal(t, errFake.Error(), d.FailureText)
			break
		}
	}
	f.err.Store(nil)
	require.Eventually(t, func() bool { return gem.ObjectProperty("state") == int32(2) }, 20*time.Second, 10*time.Millisecond, "running again")
	require.NotZero(t, gem.ObjectProperty("stats").(*gst.Structure).GetValue("failed-inferences"))
}

func TestPanicIsAnErrorOfTheElement(t *testing.T) {
	f := newFake("fake-panic")
	f.panics.Store(true)
	pipe := launch(t, "videotestsrc is-live=true ! video/x-raw,format=I420,width=160,height=120,framerate=30/1 ! "+
		`videogem model=fake-panic prompts=x inference-interval=1 ! fakesink`)
	m := pipe.GetBus().TimedPopFiltered(20*gst.Second, gst.MessageError)
	require.NotNil(t, m)
	_, err := m.ParseError()
	require.ErrorContains(t, err, "fake engine")
}

func TestAlignedHeatIsOfTheSameMoment(t *testing.T) {
	// Frame i is of brightness i; the engine's heat is at place i/16 of its map for the frame that it was asked for.
	f := newFake("fake-moment")
	f.seen = func(c engine.Clip, wanted int) int { return int(c.Pix[wanted*c.H*c.W*3]) / 16 }
	pipe := launch(t, "appsrc name=in format=time caps=video/x-raw,format=RGB,width=8,height=8,framerate=30/1 ! "+
		`videogem mode=aligned model=fake-moment prompts=x inference-interval=1 overlay=none threshold=-1 ! appsink name=out sync=false`)
	const frames = 256
	src := pipe.GetByName("in").(gstapp.AppSrc)
	go func() {
		for i := range frames {
			buf := gst.NewBufferAllocate(nil, 8*8*3, nil)
			buf.Memset(0, byte(i), 8*8*3)
			buf.SetPTS(gst.ClockTime(time.Duration(i) * time.Second / 30))
			buf.SetDuration(gst.ClockTime(time.Second / 30))
			src.PushBuffer(buf)
		}
		src.EndOfStream()
	}()
	sink := pipe.GetByName("out").(gstapp.AppSink)
	for i := range frames {
		sample := sink.TryPullSample(20 * gst.Second)
		require.NotNil(t, sample, "frame %d: %s", i, pending(pipe))
		regions := readRegions(t, sample)
		require.Len(t, regions, 1, "frame %d", i)
		// Column and row of the 4x4 map that the picture's brightness says.
		require.Equal(t, [2]int{i / 16 % 4 * 2, i / 64 * 2}, [2]int{regions[0].X, regions[0].Y}, "frame %d", i)
	}
	require.Nil(t, sink.TryPullSample(20*gst.Second))
	require.True(t, sink.IsEOS())
}

func TestAlignedKeepsEventsInTheirPlaces(t *testing.T) {
	newFake("fake-events")
	pipe := launch(t, `videogem name=gem mode=aligned model=fake-events prompts=x ! fakesink async=false`)
	in, out := pipe.GetByName("gem").GetStaticPad("sink"), pipe.GetByName("gem").GetStaticPad("src")
	var order []string
	out.AddProbe(gst.PadProbeTypeBuffer, func(_ gst.Pad, info *gst.PadProbeInfo) gst.PadProbeReturn {
		order = append(order, fmt.Sprint(time.Duration(info.GetBuffer().PTS()).Milliseconds()))
		return gst.PadProbeOK
	})
	out.AddProbe(gst.PadProbeTypeEventDownstream|gst.PadProbeTypeEventFlush, func(_ gst.Pad, info *gst.PadProbeInfo) gst.PadProbeReturn {
		order = append(order, gst.EventTypeGetName(info.GetEvent().GetType()))
		return gst.PadProbeOK
	})
	// This test is the streaming thread.
	frame := func(ms, size int) {
		buf := gst.NewBufferAllocate(nil, uint(size*size), nil)
		buf.SetPTS(gst.ClockTime(ms) * gst.Millisecond)
		require.Equal(t, gst.FlowOK, in.Chain(buf))
	}
	event := func(e *gst.Event) { require.True(t, in.SendEvent(e)) }
	caps := func(size int) {
		event(gst.NewEventCaps(gst.CapsFromString(fmt.Sprintf("video/x-raw,format=GRAY8,width=%d,height=%d,framerate=20/1", size, size))))
	}
	segment := gst.NewSegment()
	segment.Init(gst.FormatTime)
	event(gst.NewEventStreamStart("test"))
	caps(64)
	event(gst.NewEventSegment(segment))
	frame(0, 64)
	frame(50, 64)
	event(gst.NewEventGap(100*gst.Millisecond, 50*gst.Millisecond))
	frame(150, 64)
	require.Equal(t, []string{"stream-start", "caps", "segment"}, order, "nothing else has its heat yet")
	caps(32)
	frame(200, 32)
	event(gst.NewEventSegment(segment))
	frame(0, 32)
	event(gst.NewEventFlushStart())
	event(gst.NewEventFlushStop(true))
	event(gst.NewEventSegment(segment))
	frame(300, 32)
	event(gst.NewEventEOS())
	require.Equal(t, []string{
		"stream-start", "caps", "segment", "0", "50", "gap", "150", "caps", "200", "segment", // the frame at 0 is flushed
		"flush-start", "flush-stop", "segment", "300", "eos",
	}, order)
}

func TestLateFramesGoOnUntouched(t *testing.T) {
	newFake("fake-late")
	p := play(t, "checkers-8", "model=fake-late inference-interval=1000 opacity=1")
	p.until("drawn on", func(f frame) bool { return len(f.classes) == 1 })
	late := gst.NewEventQos(gst.QosTypeUnderflow, 1.5, gst.ClockTimeDiff(gst.Hour), 1)
	require.True(t, p.gem.GetStaticPad("src").SendEvent(late))
	p.until("plain", func(f frame) bool { return len(f.classes) == 0 })
	punctual := gst.NewEventQos(gst.QosTypeUnderflow, .5, gst.ClockTimeDiff(-5), 10)
	require.True(t, p.gem.GetStaticPad("src").SendEvent(punctual))
	p.until("drawn on again", func(f frame) bool { return len(f.classes) == 1 })
}

func TestStartsOverAfterItsEnd(t *testing.T) {
	newFake("fake-over")
	for _, mode := range []string{"live", "aligned"} {
		t.Run(mode, func(t *testing.T) {
			pipe := launch(t, "videotestsrc ! video/x-raw,format=I420,width=160,height=120,framerate=30/1 ! "+
				"videogem name=gem model=fake-over prompts=x inference-interval=1 mode="+mode+" ! appsink name=out sync=false max-buffers=2")
			for range 3 {
				require.True(t, pipe.Seek(1, gst.FormatTime, gst.SeekFlagFlush|gst.SeekFlagAccurate, gst.SeekTypeSet, 0, gst.SeekTypeSet, int64(gst.Second)))
				pts, _ := arrivals(t, pipe)
				requireEveryFrame(t, 30, pts)
			}
		})
	}
}
