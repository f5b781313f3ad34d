package frames

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/pipeline/eval/manifest"
)

// asked are frames near and far, forwards and backwards.
func asked() []int { return []int{0, 20, 40, 50, 100, 150, 149, 40, 0, 199, 41, 120, 7} }

// TestFramesOfUnevenFilms: the caps of these claim a steady rate, the mean.
func TestFramesOfUnevenFilms(t *testing.T) {
	halves := func(i int) float64 { return float64(20*min(i, 100) + 60*max(i-100, 0)) }
	jitter := func(i int) float64 { return float64(40*i - 20*((i+1)%3/2)) } // 20, 60, 40 ms
	for name, ca := range map[string]struct {
		file, encoder string
		pts           func(int) float64
	}{
		"webm, halves": {"f.webm", "vp8enc deadline=1 cpu-used=16 keyframe-max-dist=40 ! webmmux", halves},
		"webm, jitter": {"f.webm", "vp8enc deadline=1 cpu-used=16 keyframe-max-dist=40 ! webmmux", jitter},
		"mp4, halves":  {"f.mp4", "openh264enc gop-size=40 bitrate=400000 ! h264parse ! mp4mux", halves},
		"mkv, jitter":  {"f.mkv", "openh264enc gop-size=40 bitrate=400000 ! h264parse ! matroskamux", jitter},
		"ts, halves":   {"f.ts", "openh264enc gop-size=40 bitrate=400000 ! h264parse ! mpegtsmux", halves},
	} {
		t.Run(name, func(t *testing.T) {
			path := film(t, ca.file, ca.encoder, "25/1", 200, ca.pts)
			checkNumbers(t, path, ca.pts)
		})
	}
}

// TestFramesOfFilmsWithBFrames: in MPEG-TS and fragmented MP4 the first frame's time is not 0.
func TestFramesOfFilmsWithBFrames(t *testing.T) {
	for _, file := range []string{"b.mp4", "b.ts", "b-fragmented.mp4"} {
		t.Run(file, func(t *testing.T) {
			checkNumbers(t, "testdata/"+file, func(i int) float64 { return float64(40 * i) })
		})
	}
}

// checkNumbers asks for frames by number and by time, each way in one reader and each one in a reader of its own.
func checkNumbers(t *testing.T, path string, pts func(int) float64) {
	t.Helper()
	both, last := NewReader(spec(1)), NewReader(spec(1))
	defer both.Close()
	defer func() { last.Close() }()
	for _, want := range asked() {
		got, _, err := shown(t, both, manifest.Media{Kind: manifest.Video, Path: path, FrameNumbers: []int{want}}, 0, false)
		require.NoError(t, err)
		require.Equal(t, []int{want}, got, "by number")
		begins, ends := pts(want), pts(want+1)
		if want == 199 {
			ends = min(ends, begins+20) // how long a film's last frame stands not all containers say
		}
		for _, ms := range []float64{begins, begins + .4*(ends-begins), ends - 2} {
			got, _, err = shown(t, both, manifest.Media{Kind: manifest.Video, Path: path, Times: []float64{ms / 1000}}, 0, false)
			require.NoError(t, err)
			require.Equal(t, []int{want}, got, "by time, %g ms", ms)
		}
		last.Close()
		got, _, err = shown(t, last, manifest.Media{Kind: manifest.Video, Path: path, FrameNumbers: []int{want}}, 0, false)
		require.NoError(t, err)
		require.Equal(t, []int{want}, got, "by number, in a reader that has read nothing")
	}
	_, _, err := shown(t, both, manifest.Media{Kind: manifest.Video, Path: path, FrameNumbers: []int{250}}, 0, false)
	require.ErrorIs(t, err, ErrMissing)
}
