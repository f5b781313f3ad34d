package robust

import (
	"bytes"
	"testing"
	"time"

	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/go-gst/go-gst/pkg/gstapp"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/element/gstshim"
)

// pull gives the next sample of an appsink.
func pull(t *testing.T, pipe gst.Pipeline, name string) *gst.Sample {
	t.Helper()
	sink, ok := pipe.GetByName(name).(gstapp.AppSink)
	require.True(t, ok)
	sample := sink.TryPullSample(gst.ClockTime(time.Minute))
	if sample == nil {
		await(t, pipe, nil) // tells an error
	}
	require.NotNil(t, sample)
	return sample
}

// pixels copies a buffer.
func pixels(t *testing.T, buf *gst.Buffer) []byte {
	t.Helper()
	m, ok := buf.Map(gst.MapRead)
	require.True(t, ok)
	defer m.Unmap()
	return bytes.Clone(m.Data())
}

// TestMetaComesThroughTeeQueueAndConversion reads through GStreamer's own functions what is left of the meta after a conversion to half
// the size and another format.
func TestMetaComesThroughTeeQueueAndConversion(t *testing.T) {
	requireLibrary(t)
	pipe := play(t, `videotestsrc pattern=ball num-buffers=10 ! video/x-raw,format=I420,width=320,height=240,framerate=30/1 ! `+
		`videogem mode=aligned overlay=none prompts="a person waving; a ball" threshold=-1 ! tee name=t `+
		`t. ! queue ! appsink name=whole sync=false t. ! queue ! videoconvertscale ! video/x-raw,format=RGBA,width=160,height=120 ! appsink name=half sync=false`)
	for range 10 {
		whole, classes, err := gstshim.ReadAnalytics(pull(t, pipe, "whole").GetBuffer())
		require.NoError(t, err)
		half, halfClasses, err := gstshim.ReadAnalytics(pull(t, pipe, "half").GetBuffer())
		require.NoError(t, err)
		require.Len(t, whole, 2)
		require.Len(t, half, 2)
		require.Equal(t, classes, halfClasses)
		for i, prompt := range []string{"a person waving", "a ball"} {
			w, h := whole[i], half[i]
			require.Equal(t, prompt, w.Label)
			require.Equal(t, prompt, h.Label)
			require.Equal(t, prompt, classes[i].Label)
			require.Equal(t, w.Confidence, classes[i].Confidence)
			require.True(t, w.X >= 0 && w.Y >= 0 && w.W > 0 && w.H > 0 && w.X+w.W <= 320 && w.Y+w.H <= 240, "%+v", w)
			for _, pair := range [][2]int{{w.X, h.X}, {w.Y, h.Y}, {w.W, h.W}, {w.H, h.H}} {
				require.InDelta(t, float64(pair[0])/2, float64(pair[1]), 1)
			}
			require.Equal(t, [4]int{0, 0, 320, 240}, [4]int{w.Mask.X, w.Mask.Y, w.Mask.W, w.Mask.H})
			require.Equal(t, [4]int{0, 0, 160, 120}, [4]int{h.Mask.X, h.Mask.Y, h.Mask.W, h.Mask.H})
			require.Equal(t, w.Mask.Pix, h.Mask.Pix)
			require.Contains(t, w.Mask.Pix, byte(255), "the hottest place")
			require.Contains(t, w.Mask.Pix, byte(0), "the coldest")
		}
	}
}

// TestStockOverlayDrawsTheBoxes compares frames with and without GStreamer's own objectdetectionoverlay.
func TestStockOverlayDrawsTheBoxes(t *testing.T) {
	requireLibrary(t)
	if gst.ElementFactoryFind("objectdetectionoverlay") == nil {
		t.Skip("this GStreamer has no objectdetectionoverlay (plugins-bad with pango and cairo)")
	}
	pipe := play(t, `videotestsrc pattern=ball num-buffers=3 ! video/x-raw,format=RGBA,width=320,height=240,framerate=30/1 ! `+
		`videogem mode=aligned overlay=none prompts="a ball" threshold=-1 ! tee name=t `+
		`t. ! queue ! appsink name=plain sync=false t. ! queue ! objectdetectionoverlay draw-labels=false ! appsink name=drawn sync=false`)
	for range 3 {
		plain, drawn := pull(t, pipe, "plain").GetBuffer(), pull(t, pipe, "drawn").GetBuffer()
		regions, _, err := gstshim.ReadAnalytics(plain)
		require.NoError(t, err)
		require.Len(t, regions, 1)
		r, a, b := regions[0], pixels(t, plain), pixels(t, drawn)
		onEdge, elsewhere := 0, 0
		for i := 0; i < len(a); i += 4 {
			if bytes.Equal(a[i:i+3], b[i:i+3]) {
				continue
			}
			if x, y := i/4%320, i/4/320; near(x, r.X, r.X+r.W) || near(y, r.Y, r.Y+r.H) {
				onEdge++
			} else {
				elsewhere++
			}
		}
		require.Greater(t, onEdge, r.W+r.H, "the box's edges: %+v", r)
		require.Zero(t, elsewhere)
	}
}

// near says whether a place is at one of two ends.
func near(x, a, b int) bool { return max(x-a, a-x) <= 3 || max(x-b, b-x) <= 3 }
