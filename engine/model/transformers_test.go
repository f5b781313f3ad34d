package model_test

import (
	"encoding/binary"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/engine/checkpoint"
	"github.com/videogem/videogem/engine/model"
)

// saved is what save_pretrained of transformers 5 wrote: see testdata/transformers5/make.py.
type saved struct {
	Tensors map[string][][3]any        `json:"tensors"` // by file: name, type, shape
	Files   map[string]json.RawMessage `json:"files"`
}

// write writes the save with random numbers into a folder.
func (s saved) write(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range s.Files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), text, 0o600))
	}
	for name, tensors := range s.Tensors {
		type entry struct {
			DType   string `json:"dtype"`
			Shape   []int  `json:"shape"`
			Offsets [2]int `json:"data_offsets"`
		}
		header := map[string]any{"__metadata__": map[string]string{"format": "pt"}}
		end := 0
		for _, tensor := range tensors {
			e := entry{DType: tensor[1].(string), Shape: []int{}}
			size := checkpoint.DType(e.DType).Size()
			for _, d := range tensor[2].([]any) {
				e.Shape = append(e.Shape, int(d.(float64)))
				size *= int(d.(float64))
			}
			e.Offsets = [2]int{end, end + size}
			end += size
			header[tensor[0].(string)] = e
		}
		text, err := json.Marshal(header)
		require.NoError(t, err)
		data := binary.LittleEndian.AppendUint64(nil, uint64(len(text)))
		data = append(data, text...)
		random := rand.New(rand.NewPCG(1, 2))
		for range end / 2 { // finite in all types: no exponent is all ones
			data = binary.LittleEndian.AppendUint16(data, uint16(random.UintN(1<<16))&0xbbff)
		}
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), data, 0o600))
	}
	return dir
}

func transformers5(t *testing.T, name string) saved {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "transformers5", name+".json"))
	require.NoError(t, err)
	var s saved
	require.NoError(t, json.Unmarshal(data, &s))
	return s
}

// TestTransformers5 opens what transformers 5.23 saves: whole models in all precisions and in shards; parts and other models are told what
// they are, with the configuration beside them and without it.
func TestTransformers5(t *testing.T) {
	for _, name := range []string{"full", "half", "bf16", "shards"} {
		t.Run(name, func(t *testing.T) {
			s := transformers5(t, name)
			if name == "shards" {
				require.Len(t, s.Tensors, 2)
			}
			dir := s.write(t)
			m := load(t, dir)
			require.Equal(t, model.FamilyCLIP, m.Manifest.Family)
			require.Equal(t, [2]int{2, 2}, [2]int{m.Manifest.VisionHeads, m.Manifest.TextHeads})
			require.Empty(t, m.Assumed)
			c, err := checkpoint.Open(dir)
			require.NoError(t, err)
			defer func() { require.NoError(t, c.Close()) }()
			tensor, err := c.Tensor("text_model.embeddings.token_embedding.weight")
			require.NoError(t, err)
			require.NoError(t, tensor.CheckFinite())
			require.Equal(t, map[string]checkpoint.DType{"full": checkpoint.F32, "shards": checkpoint.F32, "half": checkpoint.F16, "bf16": checkpoint.BF16}[name], tensor.DType)
		})
	}
	for name, says := range map[string]string{
		"vision": "image tower alone", "vision-projection": "image tower alone", "text-projection": "text tower alone", "siglip": "SigLIP", "siglip2": "SigLIP 2",
	} {
		for _, beside := range []bool{true, false} {
			s := transformers5(t, name)
			if !beside {
				s.Files = nil
			}
			_, err := model.Load(s.write(t))
			require.ErrorIs(t, err, model.ErrKind, name)
			require.ErrorContains(t, err, says)
		}
	}
}
