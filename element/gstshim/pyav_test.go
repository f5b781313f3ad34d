package gstshim

import (
	"fmt"
	"os"
	"testing"

	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/stretchr/testify/require"
)

// The RGB that PyAV 18.1 makes of 4:2:0 (VideoFrame.to_ndarray(format="rgb24")): of a natural picture of 96x72 pixels in testdata, and of
// the patches.
var pyav = map[string]struct {
	matrix  string
	full    bool
	natural string
	patches [8][3]int
}{
	"bt601":   {"601", false, "natural-bt601.rgb", [8][3]int{{253, 0, 0}, {0, 254, 0}, {0, 0, 254}, {255, 255, 255}, {0, 0, 0}, {64, 64, 64}, {199, 149, 118}, {18, 78, 28}}},
	"bt709":   {"709", false, "natural-bt709.rgb", [8][3]int{{254, 0, 0}, {0, 254, 0}, {0, 0, 254}, {255, 255, 255}, {0, 0, 0}, {64, 64, 64}, {199, 148, 119}, {20, 79, 30}}},
	"1:4:0:0": {"601", true, "natural-601-full.rgb", [8][3]int{{254, 0, 0}, {0, 254, 1}, {0, 0, 254}, {255, 255, 255}, {0, 0, 0}, {64, 64, 64}, {199, 149, 121}, {19, 79, 29}}},
}

func testdata(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)
	return data
}

// TestColorEqualsPyAV: what files are grounded on is what Python programs see.
func TestColorEqualsPyAV(t *testing.T) {
	for color, want := range pyav {
		line := ColorName + " ! video/x-raw,format=RGB"
		got, _ := convert(t, testdata(t, "natural.i420"), "format=I420,width=96,height=72,colorimetry="+color, line)
		require.Equal(t, testdata(t, want.natural), got, color)
		got, _ = convert(t, patchFrame(t, "I420", want.matrix, want.full, 16), "format=I420,width=128,height=16,colorimetry="+color, line)
		for i, p := range want.patches {
			for k := range 3 {
				require.Equal(t, p[k], int(got[(8*128+16*i+8)*3+k]), "%s patch %v", color, patches[i])
			}
		}
	}
}

// TestScalerEqualsPyAV: what the element shows the model is within 1 of PyAV's RGB, scaled: on patches everywhere, on a natural picture in
// the mean of each colour, since PyAV's colour has edges of two pixels where ours is smooth.
func TestScalerEqualsPyAV(t *testing.T) {
	Init()
	scale := func(pix []byte, color string, w, h, toW, toH int) []byte {
		info, err := ParseCaps(gst.CapsFromString(fmt.Sprintf("video/x-raw,format=I420,width=%d,height=%d,colorimetry=%s", w, h, color)))
		require.NoError(t, err)
		s, err := NewScaler(info, toW, toH)
		require.NoError(t, err)
		defer s.Close()
		buf := gst.NewBufferAllocate(nil, uint(len(pix)), nil)
		m, ok := buf.Map(gst.MapWrite)
		require.True(t, ok)
		copy(m.Data(), pix)
		m.Unmap()
		f := NewFrame()
		require.NoError(t, f.Map(info, buf, false))
		defer f.Unmap()
		dst := make([]byte, toW*toH*3)
		s.Scale(f, dst)
		return dst
	}
	for color, want := range pyav {
		for _, factor := range []int{1, 2, 4} {
			w, h := 128/factor, 16/factor
			got := scale(patchFrame(t, "I420", want.matrix, want.full, 16), color, 128, 16, w, h)
			for i, p := range want.patches {
				for k := range 3 {
					require.InDelta(t, p[k], int(got[(h/2*w+(16*i+8)/factor)*3+k]), 1, "%s / %d patch %v", color, factor, patches[i])
				}
			}
			w, h = 96/factor, 72/factor
			got = scale(testdata(t, "natural.i420"), color, 96, 72, w, h)
			full := testdata(t, want.natural)
			var off [3]float64
			for y := range 72 {
				for x := range 96 {
					for k := range 3 {
						off[k] += float64(got[(y/factor*w+x/factor)*3+k]) - float64(full[(y*96+x)*3+k])
					}
				}
			}
			for k := range 3 {
				require.InDelta(t, 0, off[k]/(72*96), 1, "%s / %d", color, factor)
			}
			t.Logf("%s / %d: %.2f %.2f %.2f of 255 off in the mean", color, factor, off[0]/(72*96), off[1]/(72*96), off[2]/(72*96))
		}
	}
}
