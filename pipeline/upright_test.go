package pipeline

import (
	"testing"

	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/go-gst/go-gst/pkg/gstapp"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/element/gstshim"
	"github.com/videogem/videogem/streaming"
)

// TestUpright: what viewers and the model see is turned and mirrored as the container or EXIF says, and of square pixels.
func TestUpright(t *testing.T) {
	gstshim.Init()
	for file, want := range map[string]struct {
		width, height int
		red           int // a column that is red; the middle is grey
	}{"turned.mp4": {128, 64, 8}, "mirrored.mp4": {64, 128, 56}, "anamorphic.mp4": {128, 64, 8}, "exif6.jpg": {128, 64, 8}} {
		s, err := ParseSource("testdata/upright/" + file)
		require.NoError(t, err)
		top, err := gst.ParseLaunch(input(s, "", 0) + " ! " + upright("vp8") + " ! appsink name=out sync=false")
		require.NoError(t, err)
		pipe := top.(gst.Pipeline)
		pipe.SetState(gst.StatePlaying)
		sample := pipe.GetByName("out").(gstapp.AppSink).TryPullSample(10 * gst.Second)
		require.NotNil(t, sample, file)
		info, err := gstshim.ParseCaps(sample.GetCaps())
		require.NoError(t, err)
		require.Equal(t, [2]int{want.width, want.height}, [2]int{info.Width, info.Height}, file)
		require.Equal(t, "I420", info.Format)
		require.InDelta(t, 1, info.PixelAspect, 0, file)
		f := gstshim.NewFrame()
		require.NoError(t, f.Map(info, sample.GetBuffer(), false))
		row := f.Plane(2, info.Height/2)[info.Height/4*f.Stride(2):] // Cr
		require.Greater(t, int(row[want.red/2]), 180, file)
		require.InDelta(t, 128, int(row[info.Width/4]), 8, file)
		f.Unmap()
		gst.UnsafeSampleUnref(sample)
		pipe.SetState(gst.StateNull)
	}
}

// TestStatusSaysTheUprightSize: /api/streams says the size that is shown.
func TestStatusSaysTheUprightSize(t *testing.T) {
	s := start(t, options("testdata/upright/turned.mp4", "testdata/upright/anamorphic.mp4"))
	for _, st := range s.started {
		eventually(t, st, st.source.Name, func(r streaming.Status) bool { return [2]int{r.Width, r.Height} == [2]int{128, 64} })
	}
}
