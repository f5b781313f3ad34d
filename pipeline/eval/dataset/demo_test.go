package dataset

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/pipeline/democam"
	"github.com/videogem/videogem/pipeline/eval/manifest"
)

// TestDemo compares with the program that evaluated the demo model: 300 clips, 897 targets, whose boxes cover 10.2 % of the frame
// and 23.7 % of which hold its centre.
func TestDemo(t *testing.T) {
	o := DemoOptions{Clips: 300, Seed: 900000000, Clip: democam.DefaultClipConfig(), Mix: "3"}
	m, err := Demo(t.Context(), o)
	written(t, m, err)
	require.Len(t, m.Samples, 897)
	require.Equal(t, map[string]int{"hardly to be seen in the clip": 3}, m.Header.Skipped)
	var area, centre float64
	for _, s := range m.Samples {
		b := s.Boxes[0]
		require.Equal(t, [2]int{96, 96}, s.Space)
		require.Equal(t, 4, s.Key)
		for _, v := range b {
			require.Equal(t, math.Trunc(v), v)
		}
		area += (b[2] - b[0] + 1) * (b[3] - b[1] + 1) / 96 / 96
		if b[0] <= 48 && 48 <= b[2] && b[1] <= 48 && 48 <= b[3] {
			centre++
		}
	}
	require.InDelta(t, .102, area/897, .001)
	require.InDelta(t, .237, centre/897, .0005)
	first := m.Samples[0]
	require.Equal(t, "900000000/0", first.ID)
	config, err := first.Media.Clip.Config()
	require.NoError(t, err)
	require.Equal(t, democam.DefaultClipConfig(), config, "the runner draws the very clip")
	_, truth, err := democam.Clip(first.Media.Clip.Seed, config)
	require.NoError(t, err)
	require.Equal(t, truth.Actors[0].Action, first.Label)
}

func TestDemoBoxesAreWholePixels(t *testing.T) {
	o := DemoOptions{Clips: 3, Seed: 1, Clip: democam.DefaultClipConfig(), Mix: "2:.5,3:.5"}
	o.Clip.Width, o.Clip.Height = 160, 120
	m, err := Demo(t.Context(), o)
	written(t, m, err)
	for _, s := range m.Samples {
		require.Equal(t, manifest.Demo, s.Media.Kind)
		config, err := s.Media.Clip.Config()
		require.NoError(t, err)
		_, truth, err := democam.Clip(s.Media.Clip.Seed, config)
		require.NoError(t, err)
		var exact democam.Box
		for i := range truth.Actors {
			if truth.Actors[i].Action == s.Label {
				exact = truth.Actors[i].Union(s.Key)
			}
		}
		b := s.Boxes[0]
		for x := range 160 { // a pixel is in the box if its centre is
			require.Equal(t, float64(x) >= b[0] && float64(x) <= b[2], exact.X0*160 <= float64(x)+.5 && float64(x)+.5 <= exact.X1*160, "%s: %d of %v in %+v", s.ID, x, b, exact)
		}
	}
}

func TestDemoRefuses(t *testing.T) {
	for _, o := range []DemoOptions{
		{Clips: 0, Mix: "3", Clip: democam.DefaultClipConfig()}, {Clips: 1, Mix: "none", Clip: democam.DefaultClipConfig()}, {Clips: 1, Mix: "3"},
	} {
		_, err := Demo(t.Context(), o)
		require.ErrorIs(t, err, ErrOptions)
	}
}
