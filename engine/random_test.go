package engine_test

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/x448/float16"
)

// shape is what a random checkpoint needs.
type shape struct {
	prefix                    [2]string // of the image and the text tower
	width, layers, grid       int       // of the image tower; patch is 16
	frames                    int       // 0: an image model
	textWidth, textLayers     int
	vocabulary, context, side int // side is the embedding size
}

// viclipB and clipB are ViCLIP-B/16 and CLIP ViT-B/16 as published.
func viclipB() shape {
	return shape{[2]string{"vision_encoder.", "text_encoder."}, 768, 12, 14, 8, 512, 12, 49408, 32, 512}
}

func clipB() shape {
	return shape{[2]string{"visual.", ""}, 768, 12, 14, 0, 512, 12, 49408, 77, 512}
}

// tensors lists names and shapes.
func (s shape) tensors() map[string][]int {
	const patch = 16
	conv := []int{s.width, 3, patch, patch}
	v, t := s.prefix[0], s.prefix[1]
	all := map[string][]int{
		v + "class_embedding": {s.width}, v + "positional_embedding": {1 + s.grid*s.grid, s.width}, v + "proj": {s.width, s.side},
		v + "ln_pre.weight": {s.width}, v + "ln_pre.bias": {s.width}, v + "ln_post.weight": {s.width}, v + "ln_post.bias": {s.width},
		t + "positional_embedding": {s.context, s.textWidth}, t + "token_embedding.weight": {s.vocabulary, s.textWidth},
		t + "text_projection": {s.textWidth, s.side}, t + "ln_final.weight": {s.textWidth}, t + "ln_final.bias": {s.textWidth},
	}
	scale := "logit_scale"
	if s.frames > 0 {
		conv = []int{s.width, 3, 1, patch, patch}
		all[v+"temporal_positional_embedding"] = []int{1, s.frames, s.width}
		scale = "temp"
	}
	all[scale], all[v+"conv1.weight"] = []int{}, conv
	for _, tower := range []struct {
		prefix        string
		width, layers int
	}{{v, s.width, s.layers}, {t, s.textWidth, s.textLayers}} {
		for i := range tower.layers {
			p, c := fmt.Sprintf("%stransformer.resblocks.%d.", tower.prefix, i), tower.width
			for name, dims := range map[string][]int{
				"attn.in_proj_weight": {3 * c, c}, "attn.in_proj_bias": {3 * c}, "attn.out_proj.weight": {c, c}, "attn.out_proj.bias": {c},
				"ln_1.weight": {c}, "ln_1.bias": {c}, "ln_2.weight": {c}, "ln_2.bias": {c},
				"mlp.c_fc.weight": {4 * c, c}, "mlp.c_fc.bias": {4 * c}, "mlp.c_proj.weight": {c, 4 * c}, "mlp.c_proj.bias": {c},
			} {
				all[p+name] = dims
			}
		}
	}
	return all
}

// write writes a safetensors file of half floats: random numbers, ones for the norms. It gives the number of weights.
func (s shape) write(t testing.TB, path string) (weights int) {
	t.Helper()
	type entry struct {
		DType   string `json:"dtype"`
		Shape   []int  `json:"shape"`
		Offsets [2]int `json:"data_offsets"`
	}
	header := map[string]entry{}
	all := s.tensors()
	names := slices.Sorted(maps.Keys(all))
	end := 0
	for _, name := range names {
		dims, n := all[name], 2
		for _, d := range dims {
			n *= d
		}
		header[name] = entry{"F16", dims, [2]int{end, end + n}}
		end += n
	}
	text, err := json.Marshal(header)
	require.NoError(t, err)
	f, err := os.Create(path)
	require.NoError(t, err)
	w := bufio.NewWriterSize(f, 1<<20)
	_, err = w.Write(append(binary.LittleEndian.AppendUint64(nil, uint64(len(text))), text...))
	require.NoError(t, err)
	random := rand.New(rand.NewPCG(1, 2))
	block := make([]byte, 1<<20)
	for i := 0; i < len(block); i += 2 {
		binary.LittleEndian.PutUint16(block[i:], float16.Fromfloat32(float32(random.NormFloat64()*.03)).Bits())
	}
	ones := make([]byte, 1<<13)
	for i := 0; i < len(ones); i += 2 {
		binary.LittleEndian.PutUint16(ones[i:], float16.Fromfloat32(1).Bits())
	}
	for _, name := range names {
		e := header[name]
		for left := e.Offsets[1] - e.Offsets[0]; left > 0; {
			from := 2 * random.IntN(len(block)/4)
			piece := block[from:min(len(block), from+left)]
			if strings.Contains(name, "ln_") && strings.HasSuffix(name, ".weight") {
				piece = ones[:left]
			}
			_, err = w.Write(piece)
			require.NoError(t, err)
			left -= len(piece)
		}
	}
	require.NoError(t, w.Flush())
	require.NoError(t, f.Close())
	return end / 2
}
