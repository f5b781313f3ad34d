package dataset

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/element/gstshim"
)

// film makes a video of a size.
func film(t *testing.T, path string, w, h int) {
	t.Helper()
	gstshim.Init()
	top, err := gst.ParseLaunch(fmt.Sprintf("videotestsrc num-buffers=2 ! video/x-raw,width=%d,height=%d ! vp8enc deadline=1 cpu-used=16 ! webmmux ! filesink name=out", w, h))
	if err != nil {
		t.Skipf("this machine's GStreamer cannot encode: %v", err)
	}
	pipe := top.(gst.Pipeline)
	defer pipe.SetState(gst.StateNull)
	pipe.GetByName("out").SetObjectProperty("location", path)
	pipe.SetState(gst.StatePlaying)
	m := pipe.GetBus().TimedPopFiltered(60*gst.Second, gst.MessageEOS|gst.MessageError)
	require.NotNil(t, m)
	require.Equal(t, gst.MessageEOS, m.Type())
}

// TestYouCookVideos: with videos, the rule of 640x360 looks at the video itself.
func TestYouCookVideos(t *testing.T) {
	dir := t.TempDir()
	film(t, filepath.Join(dir, "v.webm"), 854, 480)
	film(t, filepath.Join(dir, "WYAFPvlDB_A.webm"), 480, 360)
	o := youCookOptions(t)
	o.Media = Media{Folder: dir, Videos: true}
	m, err := YouCook(t.Context(), o)
	written(t, m, err)
	require.Equal(t, map[string]int{"in no captioned segment": 1, noVideo: 2}, m.Header.Skipped)
	require.Len(t, m.Samples, 4)
	require.Equal(t, [2]int{640, 360}, m.Samples[0].Space)
	require.Equal(t, "v.webm", m.Samples[0].Media.Path)
	require.Equal(t, []float64{20, 20.25, 20.5, 20.75, 21, 21.25, 21.5, 21.75}, m.Samples[0].Media.Times)
	require.Equal(t, [2]int{480, 360}, m.Samples[3].Space)
}
