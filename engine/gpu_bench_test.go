package engine_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/engine/backend"
	"github.com/videogem/videogem/engine/backend/ort"
	"github.com/videogem/videogem/engine/checkpoint"
	"github.com/videogem/videogem/engine/gem"
	"github.com/videogem/videogem/engine/graphcache"
	"github.com/videogem/videogem/engine/modeltest"
	"github.com/videogem/videogem/engine/onnx"
)

// gpuModel is one of the models of the GPU benchmark, with random weights of the real size.
type gpuModel struct {
	name         string
	shape        modeltest.Shape
	frames, side int
	device       backend.Backend
}

// BenchmarkGPU gives clips a second for batches of 1 to 64, with three prompts and the heat of the newest frame, as live video
// asks for it. VIDEOGEM_TEST_DEVICE names the device, cuda:0 by default.
func BenchmarkGPU(b *testing.B) {
	name := os.Getenv("VIDEOGEM_TEST_DEVICE")
	if name == "" {
		name = "cuda:0"
	}
	d, err := ort.ParseDevice(name)
	require.NoError(b, err)
	device, err := ort.New(ort.Options{Device: d})
	if errors.Is(err, ort.ErrNoDevice) || errors.Is(err, ort.ErrNoLibrary) {
		b.Skip(err)
	}
	require.NoError(b, err)
	for _, m := range []gpuModel{
		{name: "ViCLIP-B16-8x224", shape: modeltest.ViCLIPB(), frames: 8, side: 224},
		{name: "CLIP-B16-448", shape: modeltest.CLIPB(), frames: 1, side: 448},
	} {
		m.device = device
		path := filepath.Join(b.TempDir(), "model.safetensors")
		m.shape.Write(b, path)
		for _, precision := range []onnx.Precision{onnx.FP32, onnx.FP16} {
			s := m.open(b, path, precision)
			for batch := 1; batch <= 64; batch *= 2 {
				b.Run(fmt.Sprintf("%s/%s/batch-%d", m.name, precision, batch), func(b *testing.B) { m.run(b, s, batch) })
			}
			require.NoError(b, s.Close())
		}
	}
}

// open builds the image tower as the engine does.
func (m gpuModel) open(b *testing.B, path string, precision onnx.Precision) backend.Session {
	b.Helper()
	c, err := checkpoint.Open(path)
	require.NoError(b, err)
	defer func() { require.NoError(b, c.Close()) }()
	w, err := onnx.NewWeights(c)
	require.NoError(b, err)
	config := onnx.ImageConfig{
		Heads: m.shape.Width / 64, Activation: onnx.QuickGELU, Height: m.side, Width: m.side, Frames: m.frames,
		Mean: [3]float32{.5, .5, .5}, Std: [3]float32{.25, .25, .25}, Depth: 7, Iterations: 1, Scopes: []gem.Scope{gem.Joint},
		Precision: precision, HalfProducts: true,
	}
	built, err := graphcache.Cache{Dir: b.TempDir()}.Build("bench", func(weights *os.File) ([]byte, error) {
		return onnx.Image(w, config, &onnx.External{File: graphcache.WeightsFile, W: weights})
	})
	require.NoError(b, err)
	s, err := m.device.Load(backend.Graph{
		File: built, Half: precision == onnx.FP16,
		Inputs:  []string{onnx.InputFrames, onnx.InputText, onnx.InputBase, onnx.InputAlpha, onnx.InputWanted},
		Outputs: []string{onnx.OutputHeat, onnx.OutputScore, onnx.OutputWeight, onnx.OutputEmbed},
	})
	require.NoError(b, err)
	return s
}

func (m gpuModel) run(b *testing.B, s backend.Session, batch int) {
	b.Helper()
	const prompts = 3
	bases, alphas, wanted := make([]float32, 0, batch*prompts*gem.Layers), make([]float32, batch*prompts), make([]int64, batch)
	for i := range alphas {
		bases, alphas[i] = append(bases, gem.VideoGEM.Base[:]...), gem.VideoGEM.Alpha
	}
	for i := range wanted {
		wanted[i] = int64(m.frames - 1)
	}
	inputs := []backend.Tensor{
		{Shape: []int{batch, m.frames, m.side, m.side, 3}, Data: make([]byte, batch*m.frames*m.side*m.side*3)},
		{Shape: []int{batch, prompts, m.shape.Embed}, Data: make([]float32, batch*prompts*m.shape.Embed)},
		{Shape: []int{batch, prompts, gem.Layers}, Data: bases},
		{Shape: []int{batch, prompts}, Data: alphas},
		{Shape: []int{batch, 1}, Data: wanted},
	}
	_, err := s.Run(inputs...) // the first run chooses kernels
	require.NoError(b, err)
	for b.Loop() {
		_, err := s.Run(inputs...)
		require.NoError(b, err)
	}
	b.ReportMetric(float64(batch)*float64(b.N)/b.Elapsed().Seconds(), "clips/s")
}
