package gstshim

import (
	"math/rand/v2"
	"testing"

	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/stretchr/testify/require"
)

func TestEnvironmentOfAPrivateGStreamer(t *testing.T) {
	require.Nil(t, environment("/usr/lib/x86_64-linux-gnu/libgstreamer-1.0.so.0", "", "/home/u"), "the system's own needs nothing")
	require.Nil(t, environment("/lib/x86_64-linux-gnu/libgstreamer-1.0.so.0", "", "/home/u"))
	require.Nil(t, environment("", "", "/home/u"))
	require.Equal(t, map[string]string{
		"GST_PLUGIN_SYSTEM_PATH": "/home/u/.cache/videogem/debian13/usr/lib/x86_64-linux-gnu/gstreamer-1.0",
		"GST_REGISTRY_FORK":      "no",
		"GST_REGISTRY":           "/home/u/.cache/videogem/gstreamer-registry.bin",
	}, environment("/home/u/.cache/videogem/debian13/usr/lib/x86_64-linux-gnu/libgstreamer-1.0.so.0", "", "/home/u"))
	require.Equal(t, "/tmp/c/videogem/gstreamer-registry.bin", environment("/opt/gst/lib/libgstreamer-1.0.so.0", "/tmp/c", "/home/u")["GST_REGISTRY"])
}

func TestBlendEqualsTheFormula(t *testing.T) {
	const width, rows, stride = 37, 5, 64
	r := rand.New(rand.NewPCG(1, 2))
	dst, add, keep := make([]byte, rows*stride), make([]byte, rows*width), make([]byte, rows*width)
	for i := range dst {
		dst[i] = byte(r.UintN(256))
	}
	for i := range keep {
		keep[i] = byte(r.UintN(256))
		add[i] = byte(r.UintN(256 - uint(keep[i])))
	}
	spans := []int32{0, width, 3, 20, 0, 0, 36, 37, 5, 36}
	want := append([]byte(nil), dst...)
	for y := range rows {
		for x := spans[2*y]; x < spans[2*y+1]; x++ {
			o := y*width + int(x)
			want[y*stride+int(x)] = byte(int(dst[y*stride+int(x)])*(int(keep[o])+1)>>8) + add[o]
		}
	}
	Blend(dst, stride, add, keep, width, spans)
	require.Equal(t, want, dst)
	Blend(nil, 0, nil, nil, 0, nil) // nothing to do is fine
}

func TestParseCaps(t *testing.T) {
	Init()
	v, err := ParseCaps(gst.CapsFromString("video/x-raw,format=NV12,width=1920,height=1080,framerate=30/1,colorimetry=bt709"))
	require.NoError(t, err)
	require.Equal(t, "NV12", v.Format)
	require.Equal(t, [2]int{1920, 1080}, [2]int{v.Width, v.Height})
	require.True(t, v.BT709)
	require.False(t, v.FullRange)
	_, err = ParseCaps(gst.CapsFromString("audio/x-raw"))
	require.ErrorIs(t, err, ErrCaps)
}

// grey makes a buffer of one plane of RGBA, its left half black and its right half white.
func grey(t *testing.T, width, height int) *gst.Buffer {
	t.Helper()
	buf := gst.NewBufferAllocate(nil, uint(width*height*4), nil)
	info, ok := buf.Map(gst.MapWrite)
	require.True(t, ok)
	defer info.Unmap()
	for i := range info.Data() {
		if i/4%width >= width/2 {
			info.Data()[i] = 255
		} else {
			info.Data()[i] = 0
		}
	}
	return buf
}

func TestScalerStretches(t *testing.T) {
	Init()
	info, err := ParseCaps(gst.CapsFromString("video/x-raw,format=RGBA,width=64,height=32,framerate=30/1"))
	require.NoError(t, err)
	s, err := NewScaler(info, 10, 6) // rows of 30 bytes: the converter's own rows are padded
	require.NoError(t, err)
	defer s.Close()
	f := NewFrame()
	require.NoError(t, f.Map(info, grey(t, 64, 32), false))
	defer f.Unmap()
	require.Equal(t, 256, f.Stride(0))
	dst := make([]byte, 10*6*3)
	s.Scale(f, dst)
	for y := range 6 {
		require.Zero(t, dst[y*30], "row %d begins black", y)
		require.Equal(t, byte(255), dst[y*30+29], "row %d ends white", y)
	}
}

func TestMapRefusesAShortBuffer(t *testing.T) {
	Init()
	info, err := ParseCaps(gst.CapsFromString("video/x-raw,format=RGBA,width=64,height=32"))
	require.NoError(t, err)
	require.ErrorIs(t, NewFrame().Map(info, gst.NewBufferAllocate(nil, 100, nil), false), ErrMap)
}

// BenchmarkBlend lays full-frame heat on a frame: 720p and 1080p, RGBA and I420.
func BenchmarkBlend(b *testing.B) {
	for name, bytes := range map[string]int{"720p RGBA": 1280 * 720 * 4, "720p I420": 1280 * 720 * 3 / 2, "1080p RGBA": 1920 * 1080 * 4, "1080p I420": 1920 * 1080 * 3 / 2} {
		b.Run(name, func(b *testing.B) {
			width, rows := bytes/720, 720
			dst, add, keep, spans := make([]byte, bytes), make([]byte, bytes), make([]byte, bytes), make([]int32, 2*rows)
			for y := range rows {
				spans[2*y+1] = int32(width)
			}
			b.SetBytes(int64(bytes))
			for b.Loop() {
				Blend(dst, width, add, keep, width, spans)
			}
		})
	}
}
