package onnx_test

import (
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/engine/backend"
	"github.com/videogem/videogem/engine/gem"
)

// TestBatchEqualsOneByOne runs three clips at once and each alone, in every scope, for two of the frames.
func TestBatchEqualsOneByOne(t *testing.T) {
	const clips, pixels = 3, 8 * 64 * 64 * 3
	s := sets()[0]
	w := openWeights(t, filepath.Join("testdata", "golden", "viclip.pth"))
	text := openGolden(t, filepath.Join("testdata", "golden", "viclip.golden.safetensors")).text(t, s)
	frames := make([]byte, clips*pixels)
	random := rand.New(rand.NewPCG(7, 7))
	for i := range frames {
		// Clips of different brightness: a temperature taken over the whole batch would show.
		frames[i] = byte(random.UintN(uint(60 + 90*(i/pixels))))
	}
	for _, scope := range scopes(s.frames) {
		t.Run(string(scope), func(t *testing.T) {
			tower := session(t, w, s.config([2]int{64, 64}, scope))
			defer func() { require.NoError(t, tower.Close()) }()
			wanted := []int64{6, 1}
			all := runTower(t, tower, backend.Tensor{Shape: []int{clips, 8, 64, 64, 3}, Data: frames}, text, gem.VideoGEM, wanted)
			for c := range clips {
				clip := backend.Tensor{Shape: []int{1, 8, 64, 64, 3}, Data: frames[c*pixels : (c+1)*pixels]}
				one := runTower(t, tower, clip, text, gem.VideoGEM, wanted)
				for i, what := range []string{"heat", "scores", "weights", "embedding"} {
					requireWithin(t, 1e-5, one[i], part(all[i], c, clips), what)
				}
			}
		})
	}
}
