package boxes_test

import (
	"fmt"
	"log/slog"
	"os"
	"testing"

	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/go-gst/go-gst/pkg/gstapp"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/videogem/videogem/element/boxes"
	"github.com/videogem/videogem/element/gstshim"
)

func TestMain(m *testing.M) {
	gstshim.Init()
	if err := boxes.Register(nil, slog.New(slog.DiscardHandler)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	goleak.VerifyTestMain(m)
}

const width, height = 160, 90

// drawn sends a grey frame with meta through the element and gives the pixels that come out.
func drawn(t *testing.T, properties string, regions []gstshim.Region, classes []gstshim.Class) []byte {
	t.Helper()
	top, err := gst.ParseLaunch(fmt.Sprintf("appsrc name=in format=time caps=video/x-raw,format=RGB,width=%d,height=%d,framerate=30/1 ! "+
		"videogemoverlay name=overlay %s ! appsink name=out sync=false", width, height, properties))
	require.NoError(t, err)
	pipe := top.(gst.Pipeline)
	defer pipe.SetState(gst.StateNull)
	require.NotEqual(t, gst.StateChangeFailure, pipe.SetState(gst.StatePlaying))
	var pix []byte
	for range 2 { // the second frame takes the texture of the first
		buf := gst.NewBufferAllocate(nil, width*height*3, nil)
		m, ok := buf.Map(gst.MapWrite)
		require.True(t, ok)
		for i := range m.Data() {
			m.Data()[i] = 90
		}
		m.Unmap()
		require.NoError(t, gstshim.AttachAnalytics(buf, regions, classes))
		require.Equal(t, gst.FlowOK, pipe.GetByName("in").(gstapp.AppSrc).PushBuffer(buf))
		sample := pipe.GetByName("out").(gstapp.AppSink).TryPullSample(10 * gst.Second)
		require.NotNil(t, sample)
		out, ok := sample.GetBuffer().Map(gst.MapRead)
		require.True(t, ok)
		got := append([]byte(nil), out.Data()...)
		out.Unmap()
		if pix != nil {
			require.Equal(t, pix, got)
		}
		pix = got
	}
	return pix
}

func at(pix []byte, x, y int) [3]byte { return [3]byte(pix[(y*width+x)*3:]) }

var grey = [3]byte{90, 90, 90}

func TestDrawsBoxesInTheColoursOfTheClasses(t *testing.T) {
	regions := []gstshim.Region{{Label: "b", Confidence: .5, X: 40, Y: 30, W: 60, H: 40}}
	pix := drawn(t, "overlay=box label=false", regions, []gstshim.Class{{Label: "a"}, {Label: "b", Confidence: .5}})
	edge := at(pix, 70, 30)
	require.Greater(t, edge[2], edge[0], "the second prompt is blue, though the first was not seen: %v", edge)
	require.Equal(t, grey, at(pix, 70, 50), "nothing within")
	require.Equal(t, grey, at(pix, 10, 10), "nothing outside")
	pix = drawn(t, "overlay=box label=false", regions, nil)
	require.Greater(t, at(pix, 70, 30)[0], at(pix, 70, 30)[2], "without classes the first is red")
}

func TestDrawsHeatOfMasksOverTheFrame(t *testing.T) {
	mask := &gstshim.Mask{Width: 2, Height: 1, Pix: []byte{0, 255}, W: width, H: height}
	regions := []gstshim.Region{{Label: "a", X: 80, W: 80, H: height, Mask: mask}}
	pix := drawn(t, "overlay=heat label=false", regions, nil)
	require.NotEqual(t, grey, at(pix, 150, 45))
	require.Equal(t, grey, at(pix, 5, 45))
	mask.W = width / 2
	require.Equal(t, grey, at(drawn(t, "overlay=heat label=false", regions, nil), 150, 45), "a mask of a part of the frame")
}

func TestDrawsLabels(t *testing.T) {
	regions := []gstshim.Region{{Label: "waving", Confidence: .5, X: 40, Y: 30, W: 60, H: 40}}
	require.NotEqual(t, drawn(t, "overlay=box label=false", regions, nil), drawn(t, "overlay=box", regions, nil))
}

func TestDrawsNothing(t *testing.T) {
	regions := []gstshim.Region{{Label: "a", X: 40, Y: 30, W: 60, H: 40}}
	for _, properties := range []string{"overlay=none", "opacity=0"} {
		for i, v := range drawn(t, properties, regions, nil) {
			require.Equal(t, byte(90), v, "%s: byte %d", properties, i)
		}
	}
	for i, v := range drawn(t, "", nil, nil) {
		require.Equal(t, byte(90), v, "no meta: byte %d", i)
	}
}

// TestWarnsOnceOfFramesWithoutMeta: videoflip drops meta even when it turns nothing; an empty one says that nothing was seen.
func TestWarnsOnceOfFramesWithoutMeta(t *testing.T) {
	for between, want := range map[string]int{"identity": 0, "videoflip method=none": 1} {
		top, err := gst.ParseLaunch("appsrc name=in format=time caps=video/x-raw,format=RGB,width=16,height=16,framerate=30/1 ! " + between + " ! videogemoverlay ! fakesink sync=false")
		require.NoError(t, err)
		pipe := top.(gst.Pipeline)
		pipe.SetState(gst.StatePlaying)
		source := pipe.GetByName("in").(gstapp.AppSrc)
		for range 200 {
			buf := gst.NewBufferAllocate(nil, 16*16*3, nil)
			require.NoError(t, gstshim.AttachAnalytics(buf, nil, nil))
			require.Equal(t, gst.FlowOK, source.PushBuffer(buf))
		}
		source.EndOfStream()
		warnings := 0
		for {
			m := pipe.GetBus().TimedPopFiltered(10*gst.Second, gst.MessageEOS|gst.MessageError|gst.MessageWarning)
			require.NotNil(t, m)
			if m.Type() != gst.MessageWarning {
				require.Equal(t, gst.MessageEOS, m.Type())
				break
			}
			warnings++
		}
		pipe.SetState(gst.StateNull)
		require.Equal(t, want, warnings, between)
	}
}

func TestPropertiesKeepTheirValues(t *testing.T) {
	e := gst.ElementFactoryMake(boxes.Name, "")
	for name, value := range map[string]any{"opacity": .25, "heat-floor": .5, "label": false} {
		e.SetObjectProperty(name, value)
		require.Equal(t, value, e.ObjectProperty(name), name)
	}
}
