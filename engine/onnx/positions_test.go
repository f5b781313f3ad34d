package onnx

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/engine/checkpoint"
)

// TestPositionsAgainstPyTorch resizes position embeddings to the grids of the golden set, non-square ones too.
func TestPositionsAgainstPyTorch(t *testing.T) {
	dir := os.Getenv("VIDEOGEM_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared")
	}
	c, err := checkpoint.Open(filepath.Join(dir, "golden", "aux", "posembed.safetensors"))
	if err != nil {
		t.Skipf("the full golden set is not there: %v", err)
	}
	defer func() { require.NoError(t, c.Close()) }()
	checked := 0
	for _, name := range c.Names() {
		stem, ok := strings.CutSuffix(name, "/in")
		if !ok {
			continue
		}
		var h, w, toH, toW int
		_, err := fmt.Sscanf(stem, "%dx%d_to_%dx%d", &h, &w, &toH, &toW)
		require.NoError(t, err)
		in, out := read(t, c, name), read(t, c, stem+"/out")
		channels := len(in) / (1 + h*w)
		require.InDeltaSlice(t, out[channels:], resizePositions(in[channels:], h, w, toH, toW, channels), 1e-5, stem)
		checked++
	}
	require.NotZero(t, checked)
}

func read(t *testing.T, c *checkpoint.Checkpoint, name string) []float32 {
	t.Helper()
	tensor, err := c.Tensor(name)
	require.NoError(t, err)
	data, err := tensor.Float32()
	require.NoError(t, err)
	return data
}
