package gstshim

import (
	"testing"

	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/go-gst/go-gst/pkg/gstapp"
	"github.com/stretchr/testify/require"
)

func someRegions() ([]Region, []Class) {
	ramp := make([]byte, 9*5)
	for i := range ramp {
		ramp[i] = byte(i * 5)
	}
	return []Region{
		{Label: "a person waving", Confidence: .75, X: 10, Y: 20, W: 100, H: 80, Mask: &Mask{Width: 9, Height: 5, Pix: ramp, W: 320, H: 240}},
		{Label: "ein Hund läuft", Confidence: .25, X: 0, Y: 0, W: 320, H: 240},
	}, []Class{{"a person waving", .75}, {"ein Hund läuft", .25}, {"nothing", 0}}
}

func TestAnalyticsComeBackAsTheyWere(t *testing.T) {
	Init()
	buf := gst.NewBuffer()
	regions, classes := someRegions()
	require.NoError(t, AttachAnalytics(buf, regions[:1], classes))
	require.NoError(t, AttachAnalytics(buf, regions[1:], nil), "what is there stays")
	gotRegions, gotClasses, err := ReadAnalytics(buf)
	require.NoError(t, err)
	require.Equal(t, regions, gotRegions)
	require.Equal(t, classes, gotClasses)
}

func TestNoAnalytics(t *testing.T) {
	Init()
	regions, classes, err := ReadAnalytics(gst.NewBuffer())
	require.NoError(t, err)
	require.Empty(t, regions)
	require.Empty(t, classes)
}

func TestAttachAnalyticsRefusesABadMask(t *testing.T) {
	Init()
	for name, m := range map[string]Mask{
		"short":   {Width: 4, Height: 4, Pix: make([]byte, 15), W: 8, H: 8},
		"empty":   {W: 8, H: 8},
		"nowhere": {Width: 1, Height: 1, Pix: make([]byte, 1)},
	} {
		err := AttachAnalytics(gst.NewBuffer(), []Region{{Label: "x", Mask: &m}}, nil)
		require.ErrorIs(t, err, ErrAnalytics, name)
		require.ErrorContains(t, err, `"x": mask of`, name)
	}
}

// TestAnalyticsAreScaledWithTheVideo sends meta through a tee, a queue and a conversion to half the size.
func TestAnalyticsAreScaledWithTheVideo(t *testing.T) {
	Init()
	top, err := gst.ParseLaunch("appsrc name=in caps=video/x-raw,format=RGBA,width=320,height=240,framerate=30/1 format=time ! tee ! queue ! " +
		"videoconvertscale ! video/x-raw,format=NV12,width=160,height=120 ! appsink name=out sync=false")
	require.NoError(t, err)
	pipe := top.(gst.Pipeline)
	defer pipe.SetState(gst.StateNull)
	require.NotEqual(t, gst.StateChangeFailure, pipe.SetState(gst.StatePlaying))
	buf := grey(t, 320, 240)
	regions, classes := someRegions()
	require.NoError(t, AttachAnalytics(buf, regions, classes))
	require.Equal(t, gst.FlowOK, pipe.GetByName("in").(gstapp.AppSrc).PushBuffer(buf))
	sample := pipe.GetByName("out").(gstapp.AppSink).TryPullSample(10 * gst.Second)
	require.NotNil(t, sample)
	gotRegions, gotClasses, err := ReadAnalytics(sample.GetBuffer())
	require.NoError(t, err)
	for i := range regions {
		r := &regions[i]
		r.X, r.Y, r.W, r.H = r.X/2, r.Y/2, r.W/2, r.H/2
	}
	regions[0].Mask.W, regions[0].Mask.H = 160, 120
	require.Equal(t, regions, gotRegions)
	require.Equal(t, classes, gotClasses)
}

// BenchmarkAttachAnalytics is what meta costs a frame: two prompts with masks of 14x14.
func BenchmarkAttachAnalytics(b *testing.B) {
	Init()
	m := &Mask{Width: 14, Height: 14, Pix: make([]byte, 14*14), W: 1920, H: 1080}
	regions := []Region{{Label: "a person waving", Mask: m}, {Label: "a person running", Mask: m}}
	classes := []Class{{"a person waving", .5}, {"a person running", .5}}
	for b.Loop() {
		buf := gst.NewBuffer()
		if err := AttachAnalytics(buf, regions, classes); err != nil {
			b.Fatal(err)
		}
		gst.UnsafeBufferUnref(buf)
	}
}
