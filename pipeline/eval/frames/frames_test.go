package frames

import (
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/go-gst/go-gst/pkg/gstapp"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/videogem/videogem/element/gstshim"
	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/imaging"
	"github.com/videogem/videogem/engine/model"
	"github.com/videogem/videogem/pipeline/democam"
	"github.com/videogem/videogem/pipeline/eval/manifest"
	"github.com/videogem/videogem/pipeline/internal/media"
	"github.com/videogem/videogem/pipeline/internal/rgb"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	filmW, filmH = 160, 96
	bits         = 10
)

// numbered is a picture that shows a number: ten bars, white for one, the lowest bit first.
func numbered(n int) imaging.RGB {
	p := imaging.RGB{W: filmW, H: filmH, Pix: make([]byte, filmW*filmH*3)}
	for y := range filmH {
		for x := range filmW {
			if n>>(x*bits/filmW)&1 == 1 {
				copy(p.Pix[(y*filmW+x)*3:], []byte{255, 255, 255})
			}
		}
	}
	return p
}

// number reads it again.
func number(p imaging.RGB) (n int) {
	for b := range bits {
		if x := (2*b + 1) * p.W / (2 * bits); p.Pix[(p.H/2*p.W+x)*3] > 127 {
			n |= 1 << b
		}
	}
	return n
}

// film encodes numbered frames. pts gives each one's time in milliseconds; rate is what the caps claim.
func film(t *testing.T, name, encoder, rate string, frames int, pts func(i int) float64) string {
	t.Helper()
	gstshim.Init()
	path := filepath.Join(t.TempDir(), name)
	top, err := gst.ParseLaunch(fmt.Sprintf("appsrc name=in format=time block=true caps=\"video/x-raw,format=RGB,width=%d,height=%d,framerate=%s\" ! videoconvert ! %s ! filesink name=out",
		filmW, filmH, rate, encoder))
	if err != nil {
		t.Skipf("this machine's GStreamer cannot encode: %v", err)
	}
	pipe := top.(gst.Pipeline)
	defer pipe.SetState(gst.StateNull)
	pipe.GetByName("out").SetObjectProperty("location", path)
	source := pipe.GetByName("in").(gstapp.AppSrc)
	pipe.SetState(gst.StatePlaying)
	for i := range frames {
		buf := rgb.Buffer(numbered(i).Pix, filmW, filmH)
		buf.SetPTS(gst.ClockTime(pts(i) * 1e6))
		buf.SetDuration(gst.ClockTime((pts(i+1) - pts(i)) * 1e6))
		require.Equal(t, gst.FlowOK, source.PushBuffer(buf))
	}
	source.EndOfStream()
	m := pipe.GetBus().TimedPopFiltered(60*gst.Second, gst.MessageEOS|gst.MessageError)
	require.NotNil(t, m)
	require.Equal(t, gst.MessageEOS, m.Type())
	return path
}

// spec is a model of n frames that sees the films at their own size.
func spec(n int) engine.Spec {
	return engine.Spec{Name: "test", Frames: n, Width: filmW, Height: filmH, Resize: model.BilinearStretch}
}

// shown reads a sample and gives the numbers on its frames.
func shown(t *testing.T, r *Reader, m manifest.Media, key int, repeat bool) ([]int, Clip, error) {
	t.Helper()
	c, err := r.Read(t.Context(), &manifest.Sample{ID: "x", Media: m, Key: key}, repeat)
	if err != nil {
		return nil, c, err
	}
	var numbers []int
	size := filmW * filmH * 3
	for i := range c.Frames {
		numbers = append(numbers, number(imaging.RGB{W: filmW, H: filmH, Pix: c.Pix[i*size : (i+1)*size]}))
	}
	return numbers, c, nil
}

// TestVideosToTheFrame asks for frames all over films, forwards, backwards and far apart.
func TestVideosToTheFrame(t *testing.T) {
	steady := func(fps float64) func(int) float64 {
		return func(i int) float64 { return float64(i) * 1000 / fps }
	}
	const frames = 500
	for name, ca := range map[string]struct {
		file, encoder, rate string
		fps                 float64
	}{
		"webm":           {"f.webm", "vp8enc deadline=1 cpu-used=16 keyframe-max-dist=90 ! webmmux", "25/1", 25},
		"NTSC":           {"f.mkv", "vp8enc deadline=1 cpu-used=16 keyframe-max-dist=128 ! matroskamux", "30000/1001", 30000. / 1001},
		"mp4, B-frames":  {"f.mp4", "x264enc speed-preset=superfast bframes=3 b-adapt=false key-int-max=60 ! h264parse ! mp4mux", "24/1", 24},
		"mp4, openh264":  {"f.mp4", "openh264enc gop-size=60 bitrate=400000 ! h264parse ! mp4mux", "30/1", 30},
		"motion jpeg":    {"f.avi", "jpegenc ! avimux", "10/1", 10},
		"key frame rare": {"f.webm", "vp8enc deadline=1 cpu-used=16 keyframe-max-dist=1000 ! webmmux", "50/1", 50},
	} {
		t.Run(name, func(t *testing.T) {
			path := film(t, ca.file, ca.encoder, ca.rate, frames, steady(ca.fps))
			at := func(i int) float64 { return (float64(i) + .4) / ca.fps } // while frame i is on show
			r := NewReader(spec(8))
			defer r.Close()
			for _, first := range []int{0, 3, 200, 201, 90, 440, 480, 30, 7, 484} {
				want := []int{first, first + 1, first + 2, first + 3, first + 4, first + 8, first + 10, first + 15}
				var times []float64
				for _, i := range want {
					times = append(times, at(i))
				}
				got, _, err := shown(t, r, manifest.Media{Kind: manifest.Video, Path: path, Times: times}, 4, false)
				require.NoError(t, err)
				require.Equal(t, want, got, "by time")
				got, _, err = shown(t, r, manifest.Media{Kind: manifest.Video, Path: path, FrameNumbers: want}, 4, false)
				require.NoError(t, err)
				require.Equal(t, want, got, "by number")
				for k, i := range want {
					times[k] = float64(i) / ca.fps // to the nanosecond, though Matroska keeps milliseconds
				}
				got, _, err = shown(t, r, manifest.Media{Kind: manifest.Video, Path: path, Times: times}, 4, false)
				require.NoError(t, err)
				require.Equal(t, want, got, "by the time at which each one begins")
			}
			last := NewReader(spec(1))
			defer last.Close()
			got, _, err := shown(t, last, manifest.Media{Kind: manifest.Video, Path: path, FrameNumbers: []int{frames - 1}}, 0, false)
			require.NoError(t, err)
			require.Equal(t, []int{frames - 1}, got)
			for _, m := range []manifest.Media{
				{Kind: manifest.Video, Path: path, FrameNumbers: []int{frames}},
				{Kind: manifest.Video, Path: path, FrameNumbers: []int{-1}},
				{Kind: manifest.Video, Path: path, Times: []float64{frames/ca.fps + .01}},
				{Kind: manifest.Video, Path: path, Times: []float64{-.01}},
				{Kind: manifest.Video, Path: path + "x", Times: []float64{1}},
			} {
				_, _, err := shown(t, last, m, 0, false)
				require.ErrorIs(t, err, ErrMissing, m)
			}
		})
	}
}

// TestVideoOfUnevenRate has frames of 20 to 200 ms, and no rate to work times out from.
func TestVideoOfUnevenRate(t *testing.T) {
	pts := func(i int) float64 { return float64(20*i + 180*(i/7)) }
	path := film(t, "f.mkv", "vp8enc deadline=1 cpu-used=16 keyframe-max-dist=40 ! matroskamux", "0/1", 200, pts)
	r := NewReader(spec(8))
	defer r.Close()
	for _, want := range [][]int{{0, 1, 5, 6, 7, 8, 13, 14}, {150, 151, 152, 153, 154, 155, 160, 199}, {60, 61, 62, 63, 64, 65, 66, 67}} {
		var times []float64
		for _, i := range want {
			times = append(times, (pts(i)+5)/1000)
		}
		got, _, err := shown(t, r, manifest.Media{Kind: manifest.Video, Path: path, Times: times}, 4, false)
		require.NoError(t, err)
		require.Equal(t, want, got, "by time")
		got, _, err = shown(t, r, manifest.Media{Kind: manifest.Video, Path: path, FrameNumbers: want}, 4, false)
		require.NoError(t, err)
		require.Equal(t, want, got, "by number")
	}
}

func TestBrokenVideo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f.mp4")
	require.NoError(t, os.WriteFile(path, []byte("rubbish"), 0o600))
	r := NewReader(spec(1))
	defer r.Close()
	_, _, err := shown(t, r, manifest.Media{Kind: manifest.Video, Path: path, Times: []float64{0}}, 0, false)
	require.ErrorIs(t, err, ErrUnreadable)
	_, _, err = media.VideoSize(t.Context(), path)
	require.ErrorIs(t, err, media.ErrInput)
}

func TestSize(t *testing.T) {
	path := film(t, "f.webm", "vp8enc deadline=1 cpu-used=16 ! webmmux", "25/1", 3, func(i int) float64 { return float64(40 * i) })
	w, h, err := media.VideoSize(t.Context(), path)
	require.NoError(t, err)
	require.Equal(t, [2]int{filmW, filmH}, [2]int{w, h})
}

func TestImages(t *testing.T) {
	dir := t.TempDir()
	var paths []string
	for i := range 8 {
		paths = append(paths, filepath.Join(dir, fmt.Sprintf("%d.png", i)))
		f, err := os.Create(paths[i])
		require.NoError(t, err)
		require.NoError(t, png.Encode(f, numbered(i).Image()))
		require.NoError(t, f.Close())
	}
	r := NewReader(spec(8))
	defer r.Close()
	all := manifest.Media{Kind: manifest.Images, Paths: paths}
	got, c, err := shown(t, r, all, 4, false)
	require.NoError(t, err)
	require.Equal(t, []int{0, 1, 2, 3, 4, 5, 6, 7}, got)
	require.Equal(t, 4, c.Key)
	require.Equal(t, 4, number(c.Picture))

	got, _, err = shown(t, NewReader(spec(1)), all, 4, false)
	require.NoError(t, err)
	require.Equal(t, []int{4}, got, "a model of one frame sees the key frame")

	got, c, err = shown(t, r, manifest.Media{Kind: manifest.Images, Paths: paths[6:7]}, 0, false)
	require.NoError(t, err)
	require.Equal(t, []int{6, 6, 6, 6, 6, 6, 6, 6}, got, "a still picture stands in every place")
	require.False(t, c.Repeated, "nothing is missing")

	_, _, err = shown(t, NewReader(spec(4)), all, 4, false)
	require.ErrorIs(t, err, ErrCount)

	require.NoError(t, os.WriteFile(paths[2], []byte("rubbish"), 0o600))
	_, _, err = shown(t, r, all, 4, false)
	require.ErrorIs(t, err, ErrUnreadable)
	require.NoError(t, os.Remove(paths[2]))
	_, _, err = shown(t, r, all, 4, false)
	require.ErrorIs(t, err, ErrMissing)
	got, c, err = shown(t, r, all, 4, true)
	require.NoError(t, err)
	require.Equal(t, []int{4, 4, 4, 4, 4, 4, 4, 4}, got)
	require.True(t, c.Repeated)
	_, _, err = shown(t, r, all, 2, true)
	require.ErrorIs(t, err, ErrMissing, "a key frame has no stand-in")
}

func TestDemo(t *testing.T) {
	clip := &manifest.Clip{Seed: 900000003, Width: 96, Height: 96, Frames: 8, Span: 2, Actors: "3", Ease: 1, MinHeight: .4, MaxHeight: .65}
	s := manifest.Sample{ID: "x", Media: manifest.Media{Kind: manifest.Demo, Clip: clip}, Key: 4}
	config, err := clip.Config()
	require.NoError(t, err)
	want, _, err := democam.Clip(clip.Seed, config)
	require.NoError(t, err)
	sp := spec(8)
	sp.Width, sp.Height = 96, 96
	c, err := NewReader(sp).Read(t.Context(), &s, false)
	require.NoError(t, err)
	require.Equal(t, want, c.Pix)
	require.Equal(t, want[4*96*96*3:5*96*96*3], c.Picture.Pix)

	clip.Shuffle = true
	shuffled, err := NewReader(sp).Read(t.Context(), &s, false)
	require.NoError(t, err)
	require.Equal(t, c.Picture.Pix, shuffled.Picture.Pix, "the key frame stays where it is")
	const size = 96 * 96 * 3
	for i, at := range clip.Order() {
		require.Equal(t, want[at*size:(at+1)*size], shuffled.Pix[i*size:(i+1)*size])
	}
	require.NotEqual(t, c.Pix, shuffled.Pix)
}
