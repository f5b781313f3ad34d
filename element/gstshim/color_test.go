package gstshim

import (
	"bytes"
	"fmt"
	"math"
	"testing"

	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/go-gst/go-gst/pkg/gstapp"
	"github.com/stretchr/testify/require"
)

// patches are the colours that every conversion is to keep, R, G, B.
var patches = [][3]float64{{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {255, 255, 255}, {0, 0, 0}, {64, 64, 64}, {200, 150, 120}, {20, 80, 30}}

// matrices hold Kr and Kb as their standards write them.
var matrices = map[string][2]float64{"601": {.299, .114}, "709": {.2126, .0722}, "2020": {.2627, .0593}, "240": {.212, .087}}

// toYUV is the plain formula of ITU-R BT.601, 709 and 2020, in numbers of a depth.
func toYUV(rgb [3]float64, matrix string, full bool, depth int) [3]float64 {
	kr, kb := matrices[matrix][0], matrices[matrix][1]
	r, g, b := rgb[0]/255, rgb[1]/255, rgb[2]/255
	y := kr*r + (1-kr-kb)*g + kb*b
	u, v := (b-y)/(2*(1-kb)), (r-y)/(2*(1-kr))
	unit := float64(int(1) << (depth - 8))
	if full {
		most := float64(int(1)<<depth - 1)
		return [3]float64{y * most, u*most + 128*unit, v*most + 128*unit}
	}
	return [3]float64{(16 + 219*y) * unit, (128 + 224*u) * unit, (128 + 224*v) * unit}
}

// toRGB goes back from 8 bits of limited range.
func toRGB(yuv [3]float64, matrix string) [3]float64 {
	kr, kb := matrices[matrix][0], matrices[matrix][1]
	y, u, v := (yuv[0]-16)/219, (yuv[1]-128)/224, (yuv[2]-128)/224
	r, b := y+2*(1-kr)*v, y+2*(1-kb)*u
	g := (y - kr*r - kb*b) / (1 - kr - kb)
	return [3]float64{clamp(r), clamp(g), clamp(b)}
}

func clamp(x float64) float64 { return 255 * min(max(x, 0), 1) }

// patchFrame draws the patches beside each other, 16 pixels wide, in one of three layouts.
func patchFrame(t *testing.T, format, matrix string, full bool, rows int) []byte {
	t.Helper()
	depth, bytesEach := 8, 1
	if format == "I420_10LE" || format == "P010_10LE" {
		depth, bytesEach = 10, 2
	}
	planes := [3][]float64{}
	for y := range rows {
		for _, p := range patches {
			c := toYUV(p, matrix, full, depth)
			for x := range 16 {
				planes[0] = append(planes[0], c[0])
				if format == "Y444" || (x%2 == 0 && (format == "Y42B" || format == "YUY2" || y%2 == 0)) {
					planes[1] = append(planes[1], c[1])
					planes[2] = append(planes[2], c[2])
				}
			}
		}
	}
	var out []byte
	put := func(x float64, shift int) {
		v := int(math.Round(min(max(x, 0), float64(int(1)<<depth-1)))) << shift
		out = append(out, byte(v))
		if bytesEach == 2 {
			out = append(out, byte(v>>8))
		}
	}
	switch format {
	case "NV12", "P010_10LE":
		shift := 0
		if depth == 10 {
			shift = 6
		}
		for _, v := range planes[0] {
			put(v, shift)
		}
		for i := range planes[1] {
			put(planes[1][i], shift)
			put(planes[2][i], shift)
		}
	case "YUY2":
		for i := range planes[1] {
			put(planes[0][2*i], 0)
			put(planes[1][i], 0)
			put(planes[0][2*i+1], 0)
			put(planes[2][i], 0)
		}
	default:
		for _, p := range planes {
			for _, v := range p {
				put(v, 0)
			}
		}
	}
	return out
}

// convert sends one frame through a line with the element in it and gives what comes out, with its caps.
func convert(t *testing.T, pix []byte, caps, line string) ([]byte, *VideoInfo) {
	t.Helper()
	Init()
	require.NoError(t, RegisterColor(nil))
	top, err := gst.ParseLaunch(fmt.Sprintf("appsrc name=in format=time caps=\"video/x-raw,framerate=30/1,%s\" ! %s ! appsink name=out sync=false", caps, line))
	require.NoError(t, err)
	pipe := top.(gst.Pipeline)
	defer pipe.SetState(gst.StateNull)
	pipe.SetState(gst.StatePlaying)
	buf := gst.NewBufferAllocate(nil, uint(len(pix)), nil)
	m, ok := buf.Map(gst.MapWrite)
	require.True(t, ok)
	copy(m.Data(), pix)
	m.Unmap()
	require.Equal(t, gst.FlowOK, pipe.GetByName("in").(gstapp.AppSrc).PushBuffer(buf))
	sample := pipe.GetByName("out").(gstapp.AppSink).TryPullSample(5 * gst.Second)
	require.NotNil(t, sample, "%s through %s", caps, line)
	defer gst.UnsafeSampleUnref(sample)
	info, err := ParseCaps(sample.GetCaps())
	require.NoError(t, err)
	out, ok := sample.GetBuffer().Map(gst.MapRead)
	require.True(t, ok)
	defer out.Unmap()
	return bytes.Clone(out.Data()), info
}

// TestColorKeepsPatches: whatever comes in goes out with the same colours, within what 8 bits can say.
func TestColorKeepsPatches(t *testing.T) {
	colors := map[string]struct {
		matrix string
		full   bool
	}{"bt601": {"601", false}, "bt709": {"709", false}, "1:4:0:0": {"601", true}, "1:3:5:1": {"709", true}, "2:4:0:0": {"601", false}, "smpte240m": {"240", false}}
	const w, h = 128, 6
	for _, format := range []string{"I420", "NV12", "YUY2", "Y42B", "Y444", "I420_10LE", "P010_10LE"} {
		for color, c := range colors {
			pix := patchFrame(t, format, c.matrix, c.full, h)
			caps := fmt.Sprintf("format=%s,width=%d,height=%d,colorimetry=%s", format, w, h, color)
			for _, to := range []string{"601", "709"} {
				out, info := convert(t, pix, caps, ColorName+" ! video/x-raw,format=I420,colorimetry=bt"+to)
				require.Equal(t, to == "709", info.BT709)
				for i, want := range patches {
					x := 16*i + 8
					got := toRGB([3]float64{float64(out[2*w+x]), float64(out[w*h+w/2+x/2]), float64(out[w*h*5/4+w/2+x/2])}, to)
					for k := range 3 {
						require.InDelta(t, want[k], got[k], 2.5, "%s %s to %s, patch %v: %v", format, color, to, want, got)
					}
				}
			}
			out, _ := convert(t, pix, caps, ColorName+" ! video/x-raw,format=RGB")
			for i, want := range patches {
				for k := range 3 {
					require.InDelta(t, want[k], float64(out[2*w*3+(16*i+8)*3+k]), 2, "%s %s to RGB, patch %v", format, color, want)
				}
			}
		}
	}
}

// BenchmarkColor is what converting a 720p frame costs, beside a source that makes the same frame over and over.
func BenchmarkColor(b *testing.B) {
	Init()
	require.NoError(b, RegisterColor(nil))
	for _, c := range [][2]string{
		{"I420,colorimetry=bt709", "I420,colorimetry=bt709"}, {"I420,colorimetry=bt709", "I420,colorimetry=bt601"}, {"I420,colorimetry=1:4:0:0", "I420,colorimetry=bt601"},
		{"I420,colorimetry=bt709", "RGB"}, {"NV12,colorimetry=bt709", "I420,colorimetry=bt709"}, {"RGB", "I420,colorimetry=bt601"},
		{"I420_10LE,colorimetry=bt2100-pq", "I420,colorimetry=bt709"}, {"I420_10LE,colorimetry=bt2100-pq", "RGB"},
	} {
		b.Run(c[0]+" to "+c[1], func(b *testing.B) {
			top, err := gst.ParseLaunch(fmt.Sprintf("videotestsrc num-buffers=%d pattern=black ! video/x-raw,width=1280,height=720,format=%s ! %s ! video/x-raw,format=%s ! fakesink", b.N, c[0], ColorName, c[1]))
			require.NoError(b, err)
			before := cpuTime(b)
			top.(gst.Pipeline).SetState(gst.StatePlaying)
			require.NotNil(b, top.(gst.Pipeline).GetBus().TimedPopFiltered(gst.ClockTimeNone, gst.MessageEOS|gst.MessageError))
			top.(gst.Pipeline).SetState(gst.StateNull)
			b.ReportMetric(float64((cpuTime(b)-before).Microseconds())/float64(b.N), "cpu-us/op")
		})
	}
}
