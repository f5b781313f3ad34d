package onnx_test

import (
	"fmt"
	"math"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/engine/backend"
	"github.com/videogem/videogem/engine/gem"
)

// TestGEMOfDepthSix compares with GEM's own repository, which has the self-self path in the last six blocks and asks for
// "a photo of a cat." and the like.
func TestGEMOfDepthSix(t *testing.T) {
	dir := goldenFolder(t)
	for _, s := range sets()[1:3] {
		numbers := openGolden(t, filepath.Join(dir, s.name+".gem_original.safetensors"))
		clips := openGolden(t, filepath.Join(dir, s.name+".golden.safetensors"))
		weights := openWeights(t, filepath.Join(dir, s.checkpoint))
		text := numbers.get(t, "text_emb")
		for _, size := range s.sizes {
			config := s.config(size, gem.Joint)
			config.Depth = 6
			tower := session(t, weights, config)
			for clip := range 2 {
				prefix := fmt.Sprintf("r%dx%d/c%d/", size[0], size[1], clip)
				heat := runDepth(t, tower, clips.bytes(t, prefix+"frames_u8"), size, 1, text, gem.None)
				requireClose(t, numbers.get(t, prefix+"heat_low"), heat, s.name+" "+prefix+"GEM's own heat")
			}
			require.NoError(t, tower.Close())
		}
	}
}

// TestEveryDepth runs the depth analysis of the paper: 0 is the final state's own patch tokens.
func TestEveryDepth(t *testing.T) {
	dir := filepath.Join("testdata", "golden")
	s := sets()[0]
	clips := openGolden(t, filepath.Join(dir, "viclip.golden.safetensors"))
	weights := openWeights(t, filepath.Join(dir, s.checkpoint))
	text := clips.text(t, s)
	frames := clips.bytes(t, "r64x64/c0/frames_u8")
	seen := map[float32]bool{}
	for depth := range gem.Layers {
		config := s.config([2]int{64, 64}, gem.Joint)
		config.Depth = depth
		tower := session(t, weights, config)
		heat := runDepth(t, tower, frames, [2]int{64, 64}, 8, text, gem.VideoGEM)
		require.NoError(t, tower.Close())
		for _, v := range heat {
			require.False(t, math.IsNaN(float64(v)) || v < -1.001 || v > 1.001, "depth %d: %g is no cosine", depth, v)
		}
		require.False(t, seen[heat[0]], "depth %d gives the heat of another depth", depth)
		seen[heat[0]] = true
	}
}

// runDepth gives the heat of all frames of a clip.
func runDepth(t *testing.T, tower backend.Session, frames []byte, size [2]int, n int, text []float32, w gem.Weights) []float32 {
	t.Helper()
	const embed = 32
	clip := backend.Tensor{Shape: []int{1, n, size[0], size[1], 3}, Data: frames}
	out, err := tower.Run(inputs(clip, text, embed, w, indices(n))...)
	require.NoError(t, err)
	return out[0].Float32()
}
