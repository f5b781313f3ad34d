package onnx_test

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/engine/backend"
	"github.com/videogem/videogem/engine/checkpoint"
	"github.com/videogem/videogem/engine/gem"
	"github.com/videogem/videogem/engine/onnx"
)

// TestPointAgreementWithRounding is TestPointAgreement on weights that half floats do not hold exactly, as the golden models' are.
func TestPointAgreementWithRounding(t *testing.T) {
	folder := filepath.Join("testdata", "golden")
	s := sets()[0]
	golden := openGolden(t, filepath.Join(folder, "viclip.golden.safetensors"))
	w := unevenWeights(t, filepath.Join(folder, "viclip.pth"))
	frames := backend.Tensor{Shape: []int{1, 8, 64, 64, 3}, Data: golden.bytes(t, "r64x64/c0/frames_u8")}
	for _, p := range precisions() {
		var a agreement
		for _, scope := range scopes(s.frames) {
			config := s.config([2]int{64, 64}, scope)
			exact := session(t, w, config)
			config.Precision, config.HalfProducts = p.precision, p.half
			rough := session(t, w, config)
			want := runTower(t, exact, frames, golden.text(t, s), gem.VideoGEM, indices(s.frames))
			got := runTower(t, rough, frames, golden.text(t, s), gem.VideoGEM, indices(s.frames))
			a.compare(want, got, [2]int{64, 64})
			require.NoError(t, exact.Close())
			require.NoError(t, rough.Close())
		}
		t.Logf("%s half products %v: %d of %d points within one patch (%.1f %%), heat differs by up to %.2g, scores %.2g",
			p.precision, p.half, a.near, a.points, 100*a.share(), a.heat, a.score)
		require.NotZero(t, a.heat, "nothing was rounded")
		require.GreaterOrEqual(t, a.share(), p.share)
	}
}

// unevenWeights is a checkpoint with every weight moved by up to a thousandth, in float32.
func unevenWeights(t *testing.T, path string) *onnx.Weights {
	t.Helper()
	c, err := checkpoint.Open(path)
	require.NoError(t, err)
	defer func() { require.NoError(t, c.Close()) }()
	random := rand.New(rand.NewPCG(3, 1))
	header := map[string]any{}
	var data []byte
	for _, name := range c.Names() {
		tensor, err := c.Tensor(name)
		require.NoError(t, err)
		values, err := tensor.Float32()
		require.NoError(t, err)
		from := len(data)
		for _, v := range values {
			data = binary.LittleEndian.AppendUint32(data, math.Float32bits(v*float32(1+.001*random.Float64())))
		}
		header[name] = map[string]any{"dtype": "F32", "shape": append([]int{}, tensor.Shape...), "data_offsets": []int{from, len(data)}}
	}
	text, err := json.Marshal(header)
	require.NoError(t, err)
	file := append(binary.LittleEndian.AppendUint64(nil, uint64(len(text))), text...)
	moved, err := checkpoint.FromBytes("moved", append(file, data...))
	require.NoError(t, err)
	w, err := onnx.NewWeights(moved)
	require.NoError(t, err)
	return w
}
