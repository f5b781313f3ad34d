package gstshim

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/stretchr/testify/require"
)

func TestEnvironmentOfAPrivateGStreamer(t *testing.T) {
	require.Nil(t, environment("/usr/lib/x86_64-linux-gnu/libgstreamer-1.0.so.0", "", "/home/u", true), "the system's own needs nothing")
	require.Nil(t, environment("/lib/x86_64-linux-gnu/libgstreamer-1.0.so.0", "", "/home/u", true))
	require.Nil(t, environment("", "", "/home/u", false))
	require.Equal(t, map[string]string{
		"GST_PLUGIN_SYSTEM_PATH": "/home/u/.cache/videogem/debian13/usr/lib/x86_64-linux-gnu/gstreamer-1.0",
		"GST_PLUGIN_SCANNER":     "/home/u/.cache/videogem/debian13/tools/gst-plugin-scanner",
		"GST_REGISTRY":           "/home/u/.cache/videogem/gstreamer-registry.bin",
	}, environment("/home/u/.cache/videogem/debian13/usr/lib/x86_64-linux-gnu/libgstreamer-1.0.so.0", "", "/home/u", true))
	require.Equal(t, map[string]string{
		"GST_PLUGIN_SYSTEM_PATH": "/opt/gst/lib/gstreamer-1.0",
		"GST_REGISTRY_FORK":      "no",
		"GST_REGISTRY":           "/tmp/c/videogem/gstreamer-registry.bin",
	}, environment("/opt/gst/lib/libgstreamer-1.0.so.0", "/tmp/c", "/home/u", false), "no scanner that would start")
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

func TestBlendWideEqualsTheFormula(t *testing.T) {
	const width, rows, stride = 36, 4, 48
	r := rand.New(rand.NewPCG(1, 2))
	dst, add, keep := make([]byte, rows*stride), make([]byte, rows*width), make([]byte, rows*width)
	for o := 0; o < len(dst); o += 2 {
		binary.LittleEndian.PutUint16(dst[o:], uint16(r.UintN(1024)<<6))
	}
	for o := 0; o < len(keep); o += 2 {
		k := r.UintN(65536)
		if o%3 == 0 {
			k = 65535
		}
		binary.LittleEndian.PutUint16(keep[o:], uint16(k))
		binary.LittleEndian.PutUint16(add[o:], uint16(r.UintN(65536-k)))
	}
	spans := []int32{0, width, 4, 20, 0, 0, 34, 36}
	want := append([]byte(nil), dst...)
	for y := range rows {
		for x := spans[2*y]; x < spans[2*y+1]; x += 2 {
			d, o := want[y*stride+int(x):], y*width+int(x)
			v, lose := int(binary.LittleEndian.Uint16(d)), 65535-int(binary.LittleEndian.Uint16(keep[o:]))
			if lose > 0 {
				v = v - v*lose>>16 + int(binary.LittleEndian.Uint16(add[o:]))
			} // else nothing is lost and nothing added: not a bit may change
			binary.LittleEndian.PutUint16(d, uint16(v)&^63)
		}
	}
	BlendWide(dst, stride, add, keep, width, spans)
	require.Equal(t, want, dst)
}

func TestParseCaps(t *testing.T) {
	Init()
	v, err := ParseCaps(gst.CapsFromString("video/x-raw,format=NV12,width=1920,height=1080,framerate=30/1,colorimetry=bt709"))
	require.NoError(t, err)
	require.Equal(t, "NV12", v.Format)
	require.Equal(t, [2]int{1920, 1080}, [2]int{v.Width, v.Height})
	require.True(t, v.BT709)
	require.False(t, v.FullRange)
	require.False(t, v.Multiview)
	require.Equal(t, 1., v.PixelAspect)
	v, err = ParseCaps(gst.CapsFromString("video/x-raw,format=P010_10LE,width=720,height=576,pixel-aspect-ratio=16/15,colorimetry=bt2020,multiview-mode=side-by-side"))
	require.NoError(t, err)
	require.True(t, v.BT2020)
	require.True(t, v.Multiview)
	require.InDelta(t, 16./15, v.PixelAspect, 1e-9)
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

// TestScalerKeepsColours: a picture of one colour has that colour at any size, and a ramp stays where it is.
func TestScalerKeepsColours(t *testing.T) {
	Init()
	for _, format := range []string{"RGBA", "RGB", "xRGB", "GRAY8", "I420", "NV21", "YUY2", "UYVY", "P010_10LE"} {
		for _, size := range [][2]int{{64, 64}, {98, 98}, {131, 75}, {320, 240}, {641, 359}, {1920, 1080}, {40, 2000}} {
			info, err := ParseCaps(gst.CapsFromString(fmt.Sprintf("video/x-raw,format=%s,width=%d,height=%d,colorimetry=1:4:0:0", format, size[0], size[1])))
			require.NoError(t, err)
			buf := gst.NewBufferAllocate(nil, uint((size[0]+8)*(size[1]+8)*4), nil)
			m, ok := buf.Map(gst.MapWrite)
			require.True(t, ok)
			for i := range m.Data() {
				m.Data()[i] = 128 // grey in each of them
			}
			m.Unmap()
			f := NewFrame()
			require.NoError(t, f.Map(info, buf, false))
			for _, to := range []int{8, 48, 96} {
				s, err := NewScaler(info, to, to)
				require.NoError(t, err)
				dst := make([]byte, to*to*3)
				s.Scale(f, dst)
				s.Close()
				for i, v := range dst {
					if v < 127 || v > 129 {
						require.Failf(t, "another colour", "%s %v to %d: byte %d is %d", format, size, to, i, v)
					}
				}
			}
			f.Unmap()
		}
	}
}

func TestScalerIsTheMeanOfWhatItStandsFor(t *testing.T) {
	Init()
	const w, h, to = 1280, 720, 80
	info, err := ParseCaps(gst.CapsFromString("video/x-raw,format=RGBA,width=1280,height=720"))
	require.NoError(t, err)
	at := func(x, y, c int) float64 { // waves of several lengths, other ones in each colour
		return 127 + 60*math.Sin(float64(x)*.02*float64(c+1)) + 60*math.Sin(float64(y)*.7+float64(c))
	}
	buf := gst.NewBufferAllocate(nil, w*h*4, nil)
	m, ok := buf.Map(gst.MapWrite)
	require.True(t, ok)
	for i := range w * h * 4 {
		m.Data()[i] = byte(at(i/4%w, i/4/w, i%4))
	}
	m.Unmap()
	f := NewFrame()
	require.NoError(t, f.Map(info, buf, false))
	defer f.Unmap()
	s, err := NewScaler(info, to, to)
	require.NoError(t, err)
	defer s.Close()
	dst := make([]byte, to*to*3)
	s.Scale(f, dst)
	for i, v := range dst {
		var sum float64
		for y := range h / to {
			for x := range w / to {
				sum += math.Floor(at(i/3%to*(w/to)+x, i/3/to*(h/to)+y, i%3))
			}
		}
		require.InDelta(t, sum/(w/to*h/to), float64(v), 1, "byte %d", i)
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

// BenchmarkScale is what sampling a 1080p frame costs, beside mapping it.
func BenchmarkScale(b *testing.B) {
	Init()
	for _, format := range []string{"I420", "NV12", "RGBA", "P010_10LE"} {
		for _, size := range []int{96, 224} {
			b.Run(fmt.Sprintf("%s %d", format, size), func(b *testing.B) {
				info, err := ParseCaps(gst.CapsFromString("video/x-raw,width=1920,height=1080,format=" + format))
				require.NoError(b, err)
				s, err := NewScaler(info, size, size)
				require.NoError(b, err)
				defer s.Close()
				f := NewFrame()
				require.NoError(b, f.Map(info, gst.NewBufferAllocate(nil, 1920*1080*4, nil), false))
				defer f.Unmap()
				dst := make([]byte, size*size*3)
				before := cpuTime(b)
				for b.Loop() {
					s.Scale(f, dst)
				}
				b.ReportMetric(float64((cpuTime(b)-before).Microseconds())/float64(b.N), "cpu-us/op")
			})
		}
	}
}

// cpuTime is the processor time of this process: wall clock says little on a shared machine.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
