package pipeline

import (
	"testing"

	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/go-gst/go-gst/pkg/gstapp"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/element/gstshim"
)

// TestHDRIsMapped: what encoder and model get of an HDR file of ten bits is that of an ordinary screen: greys of 1000, 0, 50 and 203 cd/m2 by ITU-R
// BT.2390, without a tint.
func TestHDRIsMapped(t *testing.T) {
	gstshim.Init()
	for _, file := range []string{"pq-360.mp4", "hlg-360.mp4"} {
		s, err := ParseSource("testdata/colors/" + file)
		require.NoError(t, err)
		top, err := gst.ParseLaunch(input(s, "", 0) + " ! " + upright("vp8") + " ! appsink name=out sync=false")
		require.NoError(t, err)
		pipe := top.(gst.Pipeline)
		pipe.SetState(gst.StatePlaying)
		sample := pipe.GetByName("out").(gstapp.AppSink).TryPullSample(10 * gst.Second)
		if sample == nil {
			if m := pipe.GetBus().PopFiltered(gst.MessageError); m != nil {
				d, e := m.ParseError()
				t.Fatal(file, d, e)
			}
		}
		require.NotNil(t, sample, file)
		info, err := gstshim.ParseCaps(sample.GetCaps())
		require.NoError(t, err)
		f := gstshim.NewFrame()
		require.NoError(t, f.Map(info, sample.GetBuffer(), false))
		for i, want := range map[int]float64{3: 255, 4: 0, 5: 142, 6: 230} {
			x, y := (2*i+1)*info.Width/16, info.Height*3/4
			require.InDelta(t, 16+want*219/255, int(f.Plane(0, info.Height)[y*f.Stride(0)+x]), 4, "%s %d", file, i)
			for c := range 2 {
				require.InDelta(t, 128, int(f.Plane(c+1, info.Height/2)[y/2*f.Stride(c+1)+x/2]), 2, "%s %d", file, i)
			}
		}
		f.Unmap()
		gst.UnsafeSampleUnref(sample)
		pipe.SetState(gst.StateNull)
	}
}
