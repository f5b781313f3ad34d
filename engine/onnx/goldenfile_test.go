package onnx_test

import (
	"errors"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/engine/backend"
	"github.com/videogem/videogem/engine/backend/ort"
	"github.com/videogem/videogem/engine/checkpoint"
	"github.com/videogem/videogem/engine/gem"
	"github.com/videogem/videogem/engine/onnx"
)

func session(t *testing.T, w *onnx.Weights, c onnx.ImageConfig) backend.Session {
	t.Helper()
	model, err := onnx.Image(w, c, nil)
	require.NoError(t, err)
	clip := onnx.InputFrames
	if c.Float {
		clip = onnx.InputPixels
	}
	outputs := []string{onnx.OutputHeat, onnx.OutputScore, onnx.OutputWeight, onnx.OutputEmbed}
	if c.Debug {
		outputs = append(outputs, onnx.OutputStack, onnx.OutputAblated)
	}
	s, err := device(t).Load(backend.Graph{
		Model: model, Inputs: []string{clip, onnx.InputText, onnx.InputBase, onnx.InputAlpha, onnx.InputWanted}, Outputs: outputs,
	})
	if errors.Is(err, ort.ErrNoLibrary) {
		t.Skip(err)
	}
	require.NoError(t, err)
	return s
}

// device is the one that VIDEOGEM_TEST_DEVICE names, else the CPU; a test whose device is not there skips.
func device(t *testing.T) backend.Backend {
	t.Helper()
	name := os.Getenv("VIDEOGEM_TEST_DEVICE")
	if name == "" {
		name = string(ort.CPU)
	}
	d, err := ort.ParseDevice(name)
	require.NoError(t, err)
	b, err := ort.New(ort.Options{Device: d})
	if err != nil {
		t.Skip(err)
	}
	return b
}

// inputs are an image tower's for clips that ask for the same texts [P,embed], weighting and frames.
func inputs(clip backend.Tensor, text []float32, embed int, w gem.Weights, wanted []int64) []backend.Tensor {
	clips, prompts := clip.Shape[0], len(text)/embed
	var texts, bases, alphas []float32
	var frames []int64
	for range clips {
		texts, frames = append(texts, text...), append(frames, wanted...)
		for range prompts {
			bases, alphas = append(bases, w.Base[:]...), append(alphas, w.Alpha)
		}
	}
	return []backend.Tensor{
		clip,
		{Shape: []int{clips, prompts, embed}, Data: texts},
		{Shape: []int{clips, prompts, gem.Layers}, Data: bases},
		{Shape: []int{clips, prompts}, Data: alphas},
		{Shape: []int{clips, len(wanted)}, Data: frames},
	}
}

// runTower runs an image tower for five texts; the outputs are in the order of session.
func runTower(t *testing.T, s backend.Session, clip backend.Tensor, text []float32, w gem.Weights, wanted []int64) [][]float32 {
	t.Helper()
	const prompts = 5
	outputs, err := s.Run(inputs(clip, text, len(text)/prompts, w, wanted)...)
	require.NoError(t, err)
	out := make([][]float32, len(outputs))
	for i, o := range outputs {
		out[i] = o.Float32()
	}
	return out
}

func runText(t *testing.T, w *onnx.Weights, s set, golden goldenFile) []float32 {
	t.Helper()
	return textEmbeddings(t, w, onnx.TextConfig{Heads: s.textHeads, Activation: s.activation}, golden)
}

// textEmbeddings runs a text tower on the golden tokens.
func textEmbeddings(t *testing.T, w *onnx.Weights, c onnx.TextConfig, golden goldenFile) []float32 {
	t.Helper()
	model, err := onnx.Text(w, c, nil)
	require.NoError(t, err)
	session, err := device(t).Load(backend.Graph{Model: model, Inputs: []string{onnx.InputTokens}, Outputs: []string{onnx.OutputText}})
	require.NoError(t, err)
	defer func() { require.NoError(t, session.Close()) }()
	tokens := golden.get(t, "tokens")
	ids := make([]int64, len(tokens))
	for i, v := range tokens {
		ids[i] = int64(v)
	}
	out, err := session.Run(backend.Tensor{Shape: []int{5, len(ids) / 5}, Data: ids})
	require.NoError(t, err)
	return out[0].Float32()
}

// goldenFile is a safetensors file of golden numbers.
type goldenFile struct{ file *checkpoint.Checkpoint }

func openGolden(t *testing.T, path string) goldenFile {
	t.Helper()
	c, err := checkpoint.Open(path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	return goldenFile{c}
}

func (g goldenFile) has(name string) bool { return g.file.Has(name) }

func (g goldenFile) get(t *testing.T, name string) []float32 {
	t.Helper()
	tensor, err := g.file.Tensor(name)
	require.NoError(t, err)
	data, err := tensor.Float32()
	require.NoError(t, err)
	return data
}

// bytes is a tensor of bytes as it is.
func (g goldenFile) bytes(t *testing.T, name string) []byte {
	t.Helper()
	tensor, err := g.file.Tensor(name)
	require.NoError(t, err)
	return tensor.Bytes()
}

// text finds the text embeddings: they stand with the first clip of the first size.
func (g goldenFile) text(t *testing.T, s set) []float32 {
	t.Helper()
	for _, name := range g.file.Names() {
		if strings.HasSuffix(name, "text_emb") {
			return g.get(t, name)
		}
	}
	if s.name != "viclip" {
		require.Fail(t, "no text embeddings in the golden set")
	}
	return g.get(t, "text_emb")
}

// part is slice i of n equal ones.
func part(data []float32, i, n int) []float32 {
	size := len(data) / n
	return data[i*size : (i+1)*size]
}

func indices(n int) []int64 {
	out := make([]int64, n)
	for i := range out {
		out[i] = int64(i)
	}
	return out
}

// requireClose holds numbers to the tolerance.
func requireClose(t *testing.T, want, got []float32, what string) {
	t.Helper()
	requireWithin(t, tolerance, want, got, what)
}

func requireWithin(t *testing.T, tolerance float64, want, got []float32, what string) {
	t.Helper()
	require.Len(t, got, len(want), what)
	worst, at := 0., 0
	for i := range want {
		d := math.Abs(float64(want[i]) - float64(got[i]))
		if !(d <= worst) {
			worst, at = d, i
		}
	}
	if !(worst <= tolerance) {
		require.Failf(t, "too far off", "%s: differs by %g at %d: %g, wanted %g", what, worst, at, got[at], want[at])
	}
	if testing.Verbose() {
		t.Logf("%s: max abs difference %.2g", what, worst)
	}
}
