package overlay_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/go-gst/go-gst/pkg/gstvideo"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/element/gstshim"
	"github.com/videogem/videogem/element/overlay"
	"github.com/videogem/videogem/engine/gem"
)

// TestLayKeepsToTheFramesStrides lays a texture on a frame as GStreamer allocates it and on one whose rows and planes lie further
// apart, as decoders in hardware make them: the pictures must be equal, and the bytes between rows untouched.
func TestLayKeepsToTheFramesStrides(t *testing.T) {
	gstshim.Init()
	const w, h, padding, gap = 67, 45, 64, 4096
	for _, format := range overlay.Formats() {
		t.Run(format, func(t *testing.T) {
			info, err := gstshim.ParseCaps(gst.CapsFromString(fmt.Sprintf("video/x-raw,format=%s,width=%d,height=%d", format, w, h)))
			require.NoError(t, err)
			l, err := overlay.NewLayout(format, w, h)
			require.NoError(t, err)
			tex := overlay.NewPainter(l).Paint([]overlay.Heat{{
				Map: gem.Map{H: 2, W: 2, Data: []float32{0, 1, .8, 0}}, Color: overlay.PromptColor(0), Text: "ab", Box: &overlay.Box{X1: 1, Y1: 1},
			}}, overlay.Style{Opacity: .6, Floor: .3, Kind: overlay.KindAll, Label: true})

			tight, padded := filled(t, 1<<16), filled(t, 1<<17)
			f := gstshim.NewFrame()
			require.NoError(t, f.Map(info, tight, true))
			var offset [4]uint
			var stride [4]int32
			var at uint
			for i, p := range tex.Planes {
				stride[i] = int32(f.Stride(i) + padding)
				offset[i] = at
				at += uint(int(stride[i])*p.Rows + gap)
			}
			tex.Lay(f)
			var want [][]byte
			for i, p := range tex.Planes {
				want = append(want, rows(f, i, p))
			}
			f.Unmap()

			gstvideo.BufferAddVideoMetaFull(padded, gstvideo.VideoFrameFlagNone, gstvideo.VideoFormatFromString(format), w, h, uint(len(tex.Planes)), offset, stride)
			require.NoError(t, f.Map(info, padded, true))
			defer f.Unmap()
			require.Equal(t, int(stride[0]), f.Stride(0), "the meta counts")
			tex.Lay(f)
			for i, p := range tex.Planes {
				require.Equal(t, want[i], rows(f, i, p), "plane %d", i)
				require.NotEqual(t, bytes.Repeat([]byte{128}, len(want[i])), want[i], "plane %d: something is drawn", i)
				plane := f.Plane(i, p.Rows)
				for y := range p.Rows {
					between := plane[y*f.Stride(i)+p.Width : (y+1)*f.Stride(i)]
					require.Equal(t, bytes.Repeat([]byte{128}, len(between)), between, "plane %d after row %d", i, y)
				}
			}
		})
	}
}

// filled is a buffer of grey.
func filled(t *testing.T, size uint) *gst.Buffer {
	t.Helper()
	buf := gst.NewBufferAllocate(nil, size, nil)
	m, ok := buf.Map(gst.MapWrite)
	require.True(t, ok)
	defer m.Unmap()
	for i := range m.Data() {
		m.Data()[i] = 128
	}
	return buf
}

// rows copies a plane without what lies between its rows.
func rows(f *gstshim.Frame, i int, p overlay.Plane) []byte {
	plane, out := f.Plane(i, p.Rows), []byte(nil)
	for y := range p.Rows {
		out = append(out, plane[y*f.Stride(i):][:p.Width]...)
	}
	return out
}
