package model_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/videogem/videogem/engine/checkpoint"
	"github.com/videogem/videogem/engine/model"
	"github.com/videogem/videogem/engine/onnx"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func load(t *testing.T, name string) *model.Model {
	t.Helper()
	m, err := model.Load(name)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, m.Close()) })
	return m
}

func TestDemo(t *testing.T) {
	m := load(t, model.Demo)
	require.Equal(t, 4, m.Manifest.VisionHeads)
	require.Equal(t, 8, m.Manifest.Frames)
	require.Empty(t, m.Path)
	require.Positive(t, m.Parameters.Image)
	require.Greater(t, m.Parameters.Text, 49408*64)
}

// What is left out comes from the files beside the checkpoint, then from the family.
func TestLoad(t *testing.T) {
	clipMean, clipStd := [3]float32{.48145466, .4578275, .40821073}, [3]float32{.26862954, .26130258, .27577711}
	for _, c := range []struct {
		name   string
		shapes shapes
		files  map[string]string
		want   model.Manifest // only the fields compared below
	}{
		{"OpenAI's, nothing beside", openAI(), nil, model.Manifest{
			Family: model.FamilyCLIP, Frames: 1, ImageSize: [2]int{448, 448}, VisionHeads: 1, TextHeads: 1, Activation: onnx.QuickGELU, Mean: clipMean, Std: clipStd,
			Resize: model.BicubicStretch,
		}},
		{"OpenAI's names, said to be OpenCLIP's", openAI(), map[string]string{"model.json": `{"family": "openclip", "vision_heads": 3, "image_size": [8, 12]}`}, model.Manifest{
			Family: model.FamilyOpenCLIP, Frames: 1, ImageSize: [2]int{8, 12}, VisionHeads: 3, TextHeads: 1, Activation: onnx.GELU, Mean: clipMean, Std: clipStd,
			Resize: model.BicubicStretch,
		}},
		{"OpenCLIP", openAI(), map[string]string{"open_clip_config.json": `{
			"model_cfg": {"embed_dim": 6, "vision_cfg": {"image_size": 8, "layers": 3, "width": 24, "head_width": 6, "patch_size": 4},
			"text_cfg": {"context_length": 16, "vocab_size": 49408, "width": 8, "heads": 2, "layers": 2}},
			"preprocess_cfg": {"mean": [0.5, 0.5, 0.5], "std": [0.25, 0.5, 0.5], "interpolation": "bicubic"}}`}, model.Manifest{
			Family: model.FamilyOpenCLIP, Frames: 1, ImageSize: [2]int{448, 448}, VisionHeads: 4, TextHeads: 2, Activation: onnx.GELU,
			Mean: [3]float32{.5, .5, .5}, Std: [3]float32{.25, .5, .5}, Resize: model.BicubicStretch,
		}},
		{"OpenCLIP with QuickGELU, defaults left out", openAI(), map[string]string{
			"open_clip_config.json": `{"model_cfg": {"quick_gelu": true, "vision_cfg": {"image_size": [8, 8]}, "text_cfg": {}}}`,
		}, model.Manifest{
			Family: model.FamilyOpenCLIP, Frames: 1, ImageSize: [2]int{448, 448}, VisionHeads: 1, TextHeads: 8, Activation: onnx.QuickGELU, Mean: clipMean, Std: clipStd,
			Resize: model.BicubicStretch,
		}},
		{"Hugging Face", huggingFace(), map[string]string{
			"config.json": `{"model_type": "clip", "projection_dim": 6,
				"vision_config": {"hidden_act": "gelu", "hidden_size": 24, "num_hidden_layers": 3, "num_attention_heads": 6, "image_size": 9, "patch_size": 4},
				"text_config": {"hidden_act": "gelu", "num_attention_heads": 3}, "text_config_dict": {"num_attention_heads": 4}, "vision_config_dict": null}`,
			"preprocessor_config.json": `{"image_mean": [0.1, 0.2, 0.3], "image_std": [1, 2, 3], "size": {"shortest_edge": 8}}`,
		}, model.Manifest{
			Family: model.FamilyCLIP, Frames: 1, ImageSize: [2]int{448, 448}, VisionHeads: 6, TextHeads: 4, Activation: onnx.GELU,
			Mean: [3]float32{.1, .2, .3}, Std: [3]float32{1, 2, 3}, Resize: model.BicubicStretch,
		}},
		{"Hugging Face, all default", huggingFace(), map[string]string{"config.json": `{"vision_config": {}, "text_config": {}}`}, model.Manifest{
			Family: model.FamilyCLIP, Frames: 1, ImageSize: [2]int{448, 448}, VisionHeads: 12, TextHeads: 8, Activation: onnx.QuickGELU, Mean: clipMean, Std: clipStd,
			Resize: model.BicubicStretch,
		}},
		{"model.json wins over config.json", huggingFace(), map[string]string{
			"config.json": `{"vision_config": {"num_attention_heads": 6, "hidden_act": "gelu"}, "text_config": {"hidden_act": "gelu"}}`,
			"model.json":  `{"vision_heads": 2, "activation": "quick_gelu", "std": [1, 1, 1]}`,
		}, model.Manifest{
			Family: model.FamilyCLIP, Frames: 1, ImageSize: [2]int{448, 448}, VisionHeads: 2, TextHeads: 8, Activation: onnx.QuickGELU, Mean: clipMean,
			Std: [3]float32{1, 1, 1}, Resize: model.BicubicStretch,
		}},
		{"ViCLIP, whose config.json is another matter", viCLIP(), map[string]string{"config.json": `{"size": "b", "model_type": "viclip"}`}, model.Manifest{
			Family: model.FamilyViCLIP, Frames: 2, ImageSize: [2]int{8, 8}, VisionHeads: 1, TextHeads: 1, Activation: onnx.QuickGELU,
			Mean: [3]float32{.485, .456, .406}, Std: [3]float32{.229, .224, .225}, Resize: model.BilinearStretch,
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := folder(t, c.shapes, c.files)
			for _, name := range []string{dir, filepath.Join(dir, "model.safetensors")} {
				m := load(t, name).Manifest
				require.Equal(t, c.want, model.Manifest{
					Family: m.Family, Frames: m.Frames, ImageSize: m.ImageSize, VisionHeads: m.VisionHeads, TextHeads: m.TextHeads, Activation: m.Activation,
					Mean: m.Mean, Std: m.Std, Resize: m.Resize,
				})
				require.Equal(t, [2]int{tinyPatch, tinyContext}, [2]int{m.PatchSize, m.ContextLength})
				require.Equal(t, filepath.Base(name), m.Name)
			}
		})
	}
}

func TestContradictions(t *testing.T) {
	for _, c := range []struct {
		name   string
		shapes shapes
		file   string
		text   string
		want   error
		says   []string
	}{
		{"patch", openAI(), "model.json", `{"patch_size": 16}`, model.ErrManifest, []string{"patch_size is 16", "says 4"}},
		{"context", openAI(), "model.json", `{"context_length": 77}`, model.ErrManifest, []string{"context_length is 77", "says 16"}},
		{"frames", viCLIP(), "model.json", `{"frames": 8}`, model.ErrManifest, []string{"frames is 8", "for 2"}},
		{"frames of an image model", openAI(), "model.json", `{"frames": 8}`, model.ErrManifest, []string{"frames is 8", "for 1"}},
		{"heads", openAI(), "model.json", `{"vision_heads": 7}`, model.ErrManifest, []string{"vision_heads is 7", "width is 24"}},
		{"image size", openAI(), "model.json", `{"image_size": [8, 9]}`, model.ErrManifest, []string{"image_size is [8 9]", "patch size is 4"}},
		{"family", openAI(), "model.json", `{"family": "viclip"}`, model.ErrManifest, []string{"family is viclip", "openai"}},
		{"family of ViCLIP's", viCLIP(), "model.json", `{"family": "clip"}`, model.ErrManifest, []string{"family is clip", "viclip"}},
		{"config's patch", huggingFace(), "config.json", `{"vision_config": {"patch_size": 16}}`, model.ErrConfig, []string{"config.json", "vision_config.patch_size is 16", "says 4"}},
		{"config's width", huggingFace(), "config.json", `{"text_config": {"hidden_size": 512}}`, model.ErrConfig, []string{"text_config.hidden_size is 512", "says 8"}},
		{"config's image", huggingFace(), "config.json", `{"vision_config": {"image_size": 224}}`, model.ErrConfig, []string{"vision_config.image_size is 224", "says 8"}},
		{"config's heads", huggingFace(), "config.json", `{"vision_config": {"num_attention_heads": 5}}`, model.ErrManifest, []string{"vision_heads is 5", "24"}},
		{"config's activation", huggingFace(), "config.json", `{"vision_config": {"hidden_act": "relu"}}`, model.ErrConfig, []string{`hidden_act is "relu"`}},
		{"two activations", huggingFace(), "config.json", `{"vision_config": {"hidden_act": "gelu"}}`, model.ErrConfig, []string{`"gelu"`, `"quick_gelu"`}},
		{"epsilon", huggingFace(), "config.json", `{"vision_config": {"layer_norm_eps": 1e-6}}`, model.ErrConfig, []string{"layer_norm_eps is 1e-06"}},
		{"model type", huggingFace(), "config.json", `{"model_type": "siglip"}`, model.ErrKind, []string{`"siglip"`, "SigLIP 2", "clip-b16"}},
		{"config is no JSON", huggingFace(), "config.json", `{`, model.ErrConfig, []string{"config.json"}},
		{"config of the wrong type", huggingFace(), "config.json", `{"vision_config": {"patch_size": "16"}}`, model.ErrConfig, []string{"vision_config"}},
		{"OpenCLIP's layers", openAI(), "open_clip_config.json", `{"model_cfg": {"text_cfg": {"layers": 12}}}`, model.ErrConfig, []string{"text_cfg.layers is 12", "says 2"}},
		{"OpenCLIP's head width", openAI(), "open_clip_config.json", `{"model_cfg": {"vision_cfg": {"head_width": 7}}}`, model.ErrConfig, []string{"head_width is 7", "24"}},
		{"OpenCLIP's image", openAI(), "open_clip_config.json", `{"model_cfg": {"vision_cfg": {"image_size": "large"}}}`, model.ErrConfig, []string{"large"}},
		{"OpenCLIP with another tower", openAI(), "open_clip_config.json", `{"model_cfg": {"vision_cfg": {"pool_type": "avg"}}}`, model.ErrKind, []string{"pool_type is avg", "clip-b16"}},
		{"OpenCLIP's statistics", openAI(), "open_clip_config.json", `{"preprocess_cfg": {"mean": [0.5], "std": [0.5]}}`, model.ErrConfig, []string{"preprocess_cfg.mean"}},
		{"statistics", huggingFace(), "preprocessor_config.json", `{"image_mean": [1, 1, 1], "image_std": [0, 1, 1]}`, model.ErrConfig, []string{"image_std"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := model.Load(folder(t, c.shapes, map[string]string{c.file: c.text}))
			require.ErrorIs(t, err, c.want)
			for _, s := range c.says {
				require.ErrorContains(t, err, s)
			}
		})
	}
}

// A checkpoint must hold exactly the tensors of its layout.
func TestTensors(t *testing.T) {
	for layout, c := range map[string]struct {
		make            func() shapes
		block, surplus  string
		positions, norm string
	}{
		"OpenAI":       {openAI, "visual.transformer.resblocks.1.ln_1.weight", "visual.transformer.resblocks.0.ls_1.gamma", "visual.positional_embedding", "ln_final.bias"},
		"Hugging Face": {huggingFace, "vision_model.encoder.layers.1.layer_norm1.weight", "vision_model.head.bias", "vision_model.embeddings.position_embedding.weight", "text_model.final_layer_norm.bias"},
		"ViCLIP":       {viCLIP, "vision_encoder.transformer.resblocks.1.ln_1.weight", "vision_encoder.mask", "vision_encoder.positional_embedding", "text_encoder.ln_final.bias"},
	} {
		for name, ca := range map[string]struct {
			edit func(shapes)
			says []string
		}{
			"missing":           {func(s shapes) { delete(s, c.norm) }, []string{c.norm, "missing", "[8]"}},
			"missing in middle": {func(s shapes) { delete(s, c.block) }, []string{c.block, "missing", "[24]"}},
			"surplus":           {func(s shapes) { s[c.surplus] = []int{5, 7} }, []string{c.surplus, "[5 7]", "no such tensor"}},
			"wrong shape":       {func(s shapes) { s[c.norm] = []int{9} }, []string{c.norm, "[9]", "wanted [8]"}},
			"no square grid":    {func(s shapes) { s[c.positions] = []int{7, 24} }, []string{c.positions, "[7 24]", "wanted [5 24]"}},
			"empty":             {func(s shapes) { s[c.norm] = []int{0} }, []string{c.norm, "empty"}},
		} {
			t.Run(layout+", "+name, func(t *testing.T) {
				s := c.make()
				ca.edit(s)
				_, err := model.Load(folder(t, s, nil))
				require.ErrorIs(t, err, onnx.ErrTensor)
				for _, text := range ca.says {
					require.ErrorContains(t, err, text)
				}
			})
		}
	}
}

func TestOtherVocabulary(t *testing.T) {
	s := openAI()
	s["token_embedding.weight"] = []int{1000, tinyTextWidth}
	_, err := model.Load(folder(t, s, nil))
	require.ErrorIs(t, err, model.ErrConfig)
	require.ErrorContains(t, err, "1000")
}

func TestUnknown(t *testing.T) {
	t.Setenv("XDG_DATA_HOME", t.TempDir())
	_, err := model.Load("no-such-model")
	require.ErrorIs(t, err, model.ErrUnknown)
	for _, s := range []string{`"no-such-model"`, "demo, clip-b32", "viclip-b16", "videogem models pull NAME"} {
		require.ErrorContains(t, err, s)
	}
	_, err = model.Load("clip-b16")
	require.ErrorIs(t, err, model.ErrUnknown)
	require.ErrorContains(t, err, "`videogem models pull clip-b16`")
}

func TestFolders(t *testing.T) {
	empty := t.TempDir()
	_, err := model.Load(empty)
	require.ErrorIs(t, err, model.ErrConfig)
	require.ErrorContains(t, err, "no .safetensors")

	two := t.TempDir()
	openAI().write(t, filepath.Join(two, "a.safetensors"))
	openAI().write(t, filepath.Join(two, "b.safetensors"))
	_, err = model.Load(two)
	require.ErrorContains(t, err, "a.safetensors, b.safetensors")
	require.NoError(t, os.WriteFile(filepath.Join(two, "model.json"), []byte(`{"name": "two", "checkpoint": "b.safetensors"}`), 0o600))
	require.Equal(t, filepath.Join(two, "b.safetensors"), load(t, two).Path)
	require.Equal(t, "a.safetensors", load(t, filepath.Join(two, "a.safetensors")).Manifest.Name, "model.json is about another file")

	// As in LAION's repositories: both layouts side by side, each with its configuration.
	both := folder(t, huggingFace(), map[string]string{"config.json": `{"vision_config": {"patch_size": 99}}`, "open_clip_config.json": `{}`})
	openAI().write(t, filepath.Join(both, "open_clip_model.safetensors"))
	require.Equal(t, onnx.OpenAI, load(t, both).Weights.Layout)

	elsewhere := t.TempDir()
	text, err := json.Marshal(model.Manifest{Checkpoint: filepath.Join(two, "a.safetensors"), VisionHeads: 3})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(elsewhere, "model.json"), text, 0o600))
	require.Equal(t, 3, load(t, elsewhere).Manifest.VisionHeads)

	missing := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(missing, "model.json"), []byte(`{"checkpoint": "gone.pt"}`), 0o600))
	_, err = model.Load(missing)
	require.ErrorIs(t, err, os.ErrNotExist)

	rubbish := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(rubbish, "x.safetensors"), []byte("rubbish"), 0o600))
	_, err = model.Load(rubbish)
	require.ErrorIs(t, err, checkpoint.ErrFormat)
}
