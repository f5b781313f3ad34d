package onnx_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/engine/backend"
	"github.com/videogem/videogem/engine/checkpoint"
	"github.com/videogem/videogem/engine/gem"
	"github.com/videogem/videogem/engine/onnx"
)

// TestGoldenPixels gives the towers normalised pixels: the authors' own where the golden set has them.
func TestGoldenPixels(t *testing.T) {
	dir := goldenFolder(t)
	for _, s := range sets()[1:] {
		t.Run(s.name, func(t *testing.T) {
			golden := openGolden(t, filepath.Join(dir, s.name+".golden.safetensors"))
			size, prefix := [2]int{64, 64}, "r64x64/c0/"
			if !golden.has(prefix + "pixels") {
				size, prefix = [2]int{96, 128}, "r96x128/c0/"
			}
			testPixels(t, openWeights(t, filepath.Join(dir, s.checkpoint)), s, golden, size, prefix, golden.get(t, prefix+"pixels"))
		})
	}
}

// TestGoldenPixelsOfClips normalises the golden frames itself: the set has no pixels of ViCLIP's.
func TestGoldenPixelsOfClips(t *testing.T) {
	s := sets()[0]
	golden := openGolden(t, filepath.Join("testdata", "golden", "viclip.golden.safetensors"))
	prefix := "r64x64/c0/"
	frames := golden.bytes(t, prefix+"frames_u8")
	const plane = 64 * 64
	pixels := make([]float32, len(frames))
	for f := range s.frames {
		for i := range plane {
			for c := range 3 {
				v := float32(frames[(f*plane+i)*3+c]) / 255
				pixels[(f*3+c)*plane+i] = (v - s.mean[c]) / s.std[c]
			}
		}
	}
	testPixels(t, openWeights(t, filepath.Join("testdata", "golden", "viclip.pth")), s, golden, [2]int{64, 64}, prefix+"all/", pixels)
}

func testPixels(t *testing.T, w *onnx.Weights, s set, golden goldenFile, size [2]int, prefix string, pixels []float32) {
	t.Helper()
	config := s.config(size, gem.Joint)
	config.Float = true
	tower := session(t, w, config)
	defer func() { require.NoError(t, tower.Close()) }()
	for i, weighting := range modes() {
		clip := backend.Tensor{Shape: []int{1, s.frames, 3, size[0], size[1]}, Data: pixels}
		out := runTower(t, tower, clip, golden.text(t, s), weighting, indices(s.frames))
		requireClose(t, part(golden.get(t, prefix+"heat_low"), i, 4), out[0], prefix+"heat")
		requireClose(t, golden.get(t, prefix+"cos_scores"), out[1], prefix+"scores")
		requireClose(t, part(golden.get(t, prefix+"weights"), i, 4), out[2], prefix+"weights")
		requireClose(t, golden.get(t, prefix+"feat_ori_cls"), out[3], prefix+"embedding")
	}
}

// openWeights opens a checkpoint for the length of a test.
func openWeights(t *testing.T, path string) *onnx.Weights {
	t.Helper()
	c, err := checkpoint.Open(path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	w, err := onnx.NewWeights(c)
	require.NoError(t, err)
	return w
}
