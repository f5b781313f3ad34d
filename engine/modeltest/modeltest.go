// Package modeltest makes checkpoints of random weights for tests and benchmarks: of a real model's shape, so that it costs what the
// real one costs, where the real one cannot be had.
package modeltest

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

// Shape is the shape of a random checkpoint in ViCLIP's or OpenAI's layout. Heads are 64 channels wide, patches 16 pixels.
type Shape struct {
	Width, Layers, Grid   int // of the image tower; Grid is the patches along a side
	Frames                int // 0: OpenAI's layout, an image model
	TextWidth, TextLayers int
	Vocabulary, Context   int
	Embed                 int
}

// ViCLIPB is ViCLIP-B/16 as published: 150 million weights, 1,569 tokens a clip of 8 frames of 224x224.
func ViCLIPB() Shape { return Shape{768, 12, 14, 8, 512, 12, 49408, 32, 512} }

// CLIPB is CLIP ViT-B/16 as published.
func CLIPB() Shape { return Shape{768, 12, 14, 0, 512, 12, 49408, 77, 512} }

// Small is a ViCLIP of a few weights that loads in no time. With Grid 14 it has the tokens of ViCLIPB at a small part of the cost.
func Small() Shape { return Shape{128, 8, 4, 8, 64, 1, 49408, 32, 32} }

// tensors lists names and shapes.
func (s Shape) tensors() map[string][]int {
	const patch = 16
	conv := []int{s.Width, 3, patch, patch}
	v, t := "visual.", ""
	if s.Frames > 0 {
		v, t = "vision_encoder.", "text_encoder."
	}
	all := map[string][]int{
		v + "class_embedding": {s.Width}, v + "positional_embedding": {1 + s.Grid*s.Grid, s.Width}, v + "proj": {s.Width, s.Embed},
		v + "ln_pre.weight": {s.Width}, v + "ln_pre.bias": {s.Width}, v + "ln_post.weight": {s.Width}, v + "ln_post.bias": {s.Width},
		t + "positional_embedding": {s.Context, s.TextWidth}, t + "token_embedding.weight": {s.Vocabulary, s.TextWidth},
		t + "text_projection": {s.TextWidth, s.Embed}, t + "ln_final.weight": {s.TextWidth}, t + "ln_final.bias": {s.TextWidth},
	}
	scale := "logit_scale"
	if s.Frames > 0 {
		conv = []int{s.Width, 3, 1, patch, patch}
		all[v+"temporal_positional_embedding"] = []int{1, s.Frames, s.Width}
		scale = "temp"
	}
	all[scale], all[v+"conv1.weight"] = []int{}, conv
	for _, tower := range []struct {
		prefix        string
		width, layers int
	}{{v, s.Width, s.Layers}, {t, s.TextWidth, s.TextLayers}} {
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

// Write writes a safetensors file of half floats: random numbers, ones for the norms. It gives the number of weights.
func (s Shape) Write(t testing.TB, path string) (weights int) {
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
