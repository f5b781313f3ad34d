package checkpoint

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPublishedLayouts opens the checkpoints of the golden set: every tensor must be there, finite, and of the size its shape says.
func TestPublishedLayouts(t *testing.T) {
	shared := os.Getenv("VIDEOGEM_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared")
	}
	if _, err := os.Stat(filepath.Join(shared, "golden")); err != nil {
		t.Skipf("the golden set is not there: %v", err)
	}
	for _, c := range []struct {
		path, tensor string
		count        int
		dtype        DType
		shape        []int
	}{
		{"golden/openai_clip.pt", "visual.conv1.weight", 149, F16, []int{128, 3, 16, 16}},
		{"golden/openai_clip.pt", "input_resolution", 149, I64, []int{}},
		{"golden/viclip.pth", "vision_encoder.temporal_positional_embedding", 147, F16, []int{1, 8, 64}},
		{"golden/hf_clip", "visual_projection.weight", 190, F16, []int{32, 64}},
		{"golden/openclip", "text_projection", 146, F16, []int{16, 32}},
		{"demo/model.safetensors", "", 0, "", nil},
		{"demo/checkpoint-d4.pt", "", 0, "", nil},
	} {
		t.Run(c.path+":"+c.tensor, func(t *testing.T) {
			ckpt, err := Open(filepath.Join(shared, c.path))
			require.NoError(t, err)
			names := ckpt.Names()
			require.NotEmpty(t, names)
			for _, name := range names {
				require.True(t, ckpt.Has(name))
				tensor, err := ckpt.Tensor(name)
				require.NoError(t, err)
				require.Equal(t, name, tensor.Name)
				require.NoError(t, tensor.CheckFinite())
				require.Len(t, tensor.Bytes(), tensor.Len()*tensor.DType.Size())
			}
			if c.tensor != "" {
				require.Len(t, names, c.count)
				tensor, err := ckpt.Tensor(c.tensor)
				require.NoError(t, err)
				require.Equal(t, c.dtype, tensor.DType)
				require.Equal(t, c.shape, tensor.Shape)
			}
			require.NoError(t, ckpt.Close())
		})
	}
}

func TestOpen(t *testing.T) {
	one := safetensorsOf(t, map[string]entry{"a": {F32, []int{2}, [2]int{0, 8}}}, []byte{0, 0, 0x80, 0x3f, 0, 0, 0, 0x40})
	write := func(t *testing.T, folder, name string, data []byte) string {
		t.Helper()
		path := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(path, data, 0o600))
		return path
	}
	t.Run("file and folder", func(t *testing.T) {
		folder := filepath.Join(t.TempDir(), "odd [name]*")
		require.NoError(t, os.Mkdir(folder, 0o700))
		path := write(t, folder, "weights.safetensors", one)
		for _, p := range []string{path, folder} {
			c, err := Open(p)
			require.NoError(t, err)
			tensor, err := c.Tensor("a")
			require.NoError(t, err)
			values, err := tensor.Float32()
			require.NoError(t, err)
			require.Equal(t, []float32{1, 2}, values)
			_, err = c.Tensor("b")
			require.ErrorIs(t, err, ErrNoTensor)
			require.NoError(t, c.Close())
		}
	})
	t.Run("shards", func(t *testing.T) {
		folder := t.TempDir()
		write(t, folder, "model-1.safetensors", one)
		write(t, folder, "model-2.safetensors", safetensorsOf(t, map[string]entry{"b": {U8, []int{1}, [2]int{0, 1}}}, []byte{7}))
		index := write(t, folder, "model.safetensors.index.json", []byte(`{"metadata":{"total_size":9},"weight_map":{"a":"model-1.safetensors","b":"model-2.safetensors"}}`))
		for _, p := range []string{index, folder} {
			c, err := Open(p)
			require.NoError(t, err)
			require.Equal(t, []string{"a", "b"}, c.Names())
			require.NoError(t, c.Close())
		}
		for name, text := range map[string]string{
			"missing tensor": `{"weight_map":{"a":"model-1.safetensors","c":"model-2.safetensors"}}`,
			"other folder":   `{"weight_map":{"a":"../model-1.safetensors"}}`,
			"twice":          `{"weight_map":{"a":"model-1.safetensors","a":"model-2.safetensors"}}`,
			"empty":          `{}`,
			"no JSON":        `weights`,
		} {
			write(t, folder, "model.safetensors.index.json", []byte(text))
			_, err := Open(index)
			require.ErrorIs(t, err, ErrMalformed, name)
		}
		write(t, folder, "model.safetensors.index.json", []byte(`{"weight_map":{"a":"model-9.safetensors"}}`))
		_, err := Open(index)
		require.ErrorIs(t, err, os.ErrNotExist)
	})
	t.Run("nothing to open", func(t *testing.T) {
		folder := t.TempDir()
		_, err := Open(filepath.Join(folder, "none"))
		require.ErrorIs(t, err, os.ErrNotExist)
		_, err = Open(folder)
		require.ErrorIs(t, err, ErrFormat)
		_, err = Open(write(t, folder, "empty.pt", nil))
		require.ErrorIs(t, err, ErrFormat)
		write(t, folder, "other.pt", nil)
		_, err = Open(folder)
		require.ErrorContains(t, err, "name the one to use")
	})
}

func TestRename(t *testing.T) {
	c, err := FromBytes("test", safetensorsOf(t, map[string]entry{"m.a": {U8, []int{1}, [2]int{0, 1}}, "m.b": {U8, []int{1}, [2]int{1, 2}}, "c": {U8, []int{1}, [2]int{2, 3}}}, []byte{7, 8, 9}))
	require.NoError(t, err)
	require.ErrorIs(t, c.Rename(func(string) string { return "x" }), ErrMalformed)
	require.Equal(t, []string{"c", "m.a", "m.b"}, c.Names(), "nothing has changed")
	require.NoError(t, c.Rename(func(name string) string {
		rest, ok := strings.CutPrefix(name, "m.")
		if !ok {
			return ""
		}
		return rest
	}))
	require.Equal(t, []string{"a", "b"}, c.Names())
	b, err := c.Tensor("b")
	require.NoError(t, err)
	require.Equal(t, "b", b.Name)
	require.Equal(t, []byte{8}, b.Bytes())
}

func TestConcurrentReads(t *testing.T) {
	c, err := FromBytes("test", safetensorsOf(t, map[string]entry{"a": {F16, []int{4}, [2]int{0, 8}}}, []byte{0, 0x3c, 0, 0x3c, 0, 0x3c, 0, 0x3c}))
	require.NoError(t, err)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			tensor, err := c.Tensor("a")
			if err == nil {
				_, err = tensor.Float32()
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}
