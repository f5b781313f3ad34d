package model_test

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// tiny are the sizes of the checkpoints that tests write: small but for the vocabulary, which is CLIP's.
const (
	tinyWidth, tinyLayers, tinyPatch, tinyGrid, tinyEmbed = 24, 3, 4, 2, 6
	tinyTextWidth, tinyTextLayers, tinyContext            = 8, 2, 16
)

// shapes is a checkpoint without its numbers, which are all zero.
type shapes map[string][]int

// openAI gives the tensors of a tiny model in OpenAI's layout; the others are made from it.
func openAI() shapes {
	s := shapes{
		"visual.conv1.weight": {tinyWidth, 3, tinyPatch, tinyPatch}, "visual.class_embedding": {tinyWidth},
		"visual.positional_embedding": {1 + tinyGrid*tinyGrid, tinyWidth}, "visual.proj": {tinyWidth, tinyEmbed},
		"token_embedding.weight": {49408, tinyTextWidth}, "positional_embedding": {tinyContext, tinyTextWidth},
		"text_projection": {tinyTextWidth, tinyEmbed}, "logit_scale": {},
	}
	norm := func(name string, c int) { s[name+".weight"], s[name+".bias"] = []int{c}, []int{c} }
	norm("visual.ln_pre", tinyWidth)
	norm("visual.ln_post", tinyWidth)
	norm("ln_final", tinyTextWidth)
	block := func(prefix string, c int) {
		norm(prefix+"ln_1", c)
		norm(prefix+"ln_2", c)
		s[prefix+"attn.in_proj_weight"], s[prefix+"attn.in_proj_bias"] = []int{3 * c, c}, []int{3 * c}
		s[prefix+"attn.out_proj.weight"], s[prefix+"attn.out_proj.bias"] = []int{c, c}, []int{c}
		s[prefix+"mlp.c_fc.weight"], s[prefix+"mlp.c_fc.bias"] = []int{4 * c, c}, []int{4 * c}
		s[prefix+"mlp.c_proj.weight"], s[prefix+"mlp.c_proj.bias"] = []int{c, 4 * c}, []int{c}
	}
	for i := range tinyLayers {
		block(fmt.Sprintf("visual.transformer.resblocks.%d.", i), tinyWidth)
	}
	for i := range tinyTextLayers {
		block(fmt.Sprintf("transformer.resblocks.%d.", i), tinyTextWidth)
	}
	return s
}

// viCLIP gives a tiny model of two frames in ViCLIP's layout.
func viCLIP() shapes {
	out := shapes{"temp": {}, "vision_encoder.temporal_positional_embedding": {1, 2, tinyWidth}}
	for name, shape := range openAI() {
		switch rest, image := strings.CutPrefix(name, "visual."); {
		case image:
			out["vision_encoder."+rest] = shape
		case name != "logit_scale":
			out["text_encoder."+name] = shape
		}
	}
	out["vision_encoder.conv1.weight"] = []int{tinyWidth, 3, 1, tinyPatch, tinyPatch}
	return out
}

// huggingFace gives a tiny model in Hugging Face's layout.
func huggingFace() shapes {
	out := shapes{"text_model.embeddings.position_ids": {1, tinyContext}}
	rename := strings.NewReplacer("transformer.resblocks", "encoder.layers", "attn.out_proj", "self_attn.out_proj", "ln_1", "layer_norm1", "ln_2", "layer_norm2",
		"c_fc", "fc1", "c_proj", "fc2", "conv1", "embeddings.patch_embedding", "class_embedding", "embeddings.class_embedding",
		"positional_embedding", "embeddings.position_embedding.weight", "token_embedding", "embeddings.token_embedding",
		"ln_pre", "pre_layrnorm", "ln_post", "post_layernorm", "ln_final", "final_layer_norm")
	for name, shape := range openAI() {
		switch {
		case name == "logit_scale":
			out[name] = shape
		case name == "visual.proj":
			out["visual_projection.weight"] = []int{shape[1], shape[0]}
		case name == "text_projection":
			out["text_projection.weight"] = []int{shape[1], shape[0]}
		default:
			prefix, rest := "text_model.", name
			if r, image := strings.CutPrefix(name, "visual."); image {
				prefix, rest = "vision_model.", r
			}
			if stem, kind, joint := strings.Cut(rest, "attn.in_proj_"); joint {
				part := slices.Clone(shape)
				part[0] /= 3
				for _, p := range []string{"q_proj.", "k_proj.", "v_proj."} {
					out[prefix+rename.Replace(stem)+"self_attn."+p+kind] = part
				}
				continue
			}
			out[prefix+rename.Replace(rest)] = shape
		}
	}
	return out
}

// write writes the checkpoint as safetensors of F16 zeros.
func (s shapes) write(t testing.TB, path string) {
	t.Helper()
	header, offset := map[string]any{}, 0
	for _, name := range slices.Sorted(maps.Keys(s)) {
		n := 2
		for _, d := range s[name] {
			n *= d
		}
		header[name] = map[string]any{"dtype": "F16", "shape": s[name], "data_offsets": []int{offset, offset + n}}
		offset += n
	}
	text, err := json.Marshal(header)
	require.NoError(t, err)
	data := binary.LittleEndian.AppendUint64(nil, uint64(len(text)))
	data = append(append(data, text...), make([]byte, offset)...)
	require.NoError(t, os.WriteFile(path, data, 0o600))
}

// folder writes a model folder of a checkpoint, model.safetensors, and other files.
func folder(t testing.TB, s shapes, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	s.write(t, filepath.Join(dir, "model.safetensors"))
	for name, text := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	return dir
}
