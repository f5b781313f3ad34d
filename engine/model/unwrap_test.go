package model_test

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/engine/model"
)

// renamed gives every tensor another name.
func (s shapes) renamed(name func(string) string) shapes {
	out := shapes{}
	for old, shape := range s {
		out[name(old)] = shape
	}
	return out
}

// under puts something before all names.
func under(prefix string) func(string) string {
	return func(name string) string { return prefix + name }
}

// TestWrappers opens models that training and serving code has wrapped: each is the model without.
func TestWrappers(t *testing.T) {
	layouts := map[string]func() shapes{"OpenAI": openAI, "Hugging Face": huggingFace, "ViCLIP": viCLIP}
	for layout, base := range layouts {
		want := load(t, folder(t, base(), nil))
		for _, c := range []struct {
			name string
			wrap func(string) string
		}{
			{"data-parallel", under("module.")},
			{"a member of a larger model", under("clip_model.")},
			{"Lightning", under("model.")},
			{"compiled", under("_orig_mod.")},
			{"compiled, then data-parallel, in a member", under("model.module._orig_mod.clip.")},
			{"a state dict of a state dict", under("state_dict.model.")},
			{"any name", under("net.backbone.0.")},
			{"towers compiled one by one", func(name string) string {
				for _, tower := range []string{"visual.", "vision_model.", "vision_encoder.", "text_model.", "text_encoder.", "transformer."} {
					if rest, ok := strings.CutPrefix(name, tower); ok {
						return tower + "_orig_mod." + rest
					}
				}
				return name
			}},
			{"FSDP and activation checkpoints", func(name string) string {
				for _, block := range []string{"resblocks.0.", "layers.1."} {
					name = strings.Replace(name, block, block+"_checkpoint_wrapped_module.", 1)
				}
				return "_fsdp_wrapped_module." + name
			}},
		} {
			t.Run(layout+", "+c.name, func(t *testing.T) {
				got := load(t, folder(t, base().renamed(c.wrap), nil))
				require.Equal(t, want.Weights.Layout, got.Weights.Layout)
				require.Equal(t, want.Sizes, got.Sizes)
				require.Equal(t, want.Parameters, got.Parameters)
			})
		}
	}
}

// TestCustomText: open_clip's CustomTextCLIP has its text tower under text.
func TestCustomText(t *testing.T) {
	custom := openAI().renamed(func(name string) string {
		if strings.HasPrefix(name, "visual.") || name == "logit_scale" {
			return name
		}
		return "text." + name
	})
	want, got := load(t, folder(t, openAI(), nil)), load(t, folder(t, custom, nil))
	require.Equal(t, want.Sizes, got.Sizes)
	require.Equal(t, want.Parameters, got.Parameters)
}

func TestMoreThanTheModel(t *testing.T) {
	trained := openAI().renamed(under("clip."))
	trained["head.weight"], trained["optimizer.state.0.exp_avg"] = []int{5, tinyEmbed}, []int{7}
	m := load(t, folder(t, trained, nil))
	require.Contains(t, strings.Join(m.Assumed, "\n"), "2 tensors beside it are left out, such as head.weight")

	averaged := openAI()
	maps.Copy(averaged, openAI().renamed(under("ema.")))
	require.Contains(t, strings.Join(load(t, folder(t, averaged, nil)).Assumed, "\n"), "such as ema.")

	two := openAI().renamed(under("student."))
	maps.Copy(two, openAI().renamed(under("teacher.")))
	_, err := model.Load(folder(t, two, nil))
	require.ErrorIs(t, err, model.ErrKind)
	require.ErrorContains(t, err, "holds 2 models, student.*, teacher.*")

	clash := openAI()
	clash["visual.module.proj"] = clash["visual.proj"]
	_, err = model.Load(folder(t, clash, nil))
	require.ErrorContains(t, err, "comes twice")
}

// TestWrappedShards: the index's names are wrapped, too.
func TestWrappedShards(t *testing.T) {
	dir := t.TempDir()
	huggingFace().renamed(under("module.")).write(t, filepath.Join(dir, "model-00001-of-00001.safetensors"))
	var index strings.Builder
	for name := range huggingFace() {
		if index.Len() > 0 {
			index.WriteByte(',')
		}
		index.WriteString(`"module.` + name + `": "model-00001-of-00001.safetensors"`)
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "model.safetensors.index.json"), []byte(`{"weight_map": {`+index.String()+`}}`), 0o600))
	require.Equal(t, load(t, folder(t, huggingFace(), nil)).Parameters, load(t, dir).Parameters)
}
