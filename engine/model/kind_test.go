package model_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/engine/model"
)

// trunk is a newer open_clip model by its tensors' names.
func trunk() shapes {
	return shapes{
		"logit_scale": {}, "logit_bias": {}, "visual.trunk.patch_embed.proj.weight": {24, 3, 4, 4}, "visual.trunk.blocks.0.norm1.weight": {24},
		"text.token_embedding.weight": {1000, 8}, "text.ln_final.weight": {8},
	}
}

// with gives the tensors whose names begin so.
func (s shapes) with(prefixes ...string) shapes {
	out := shapes{}
	for name, shape := range s {
		for _, p := range prefixes {
			if strings.HasPrefix(name, p) {
				out[name] = shape
			}
		}
	}
	return out
}

func (s shapes) and(name string, shape ...int) shapes {
	s[name] = shape
	return s
}

// TestOtherKinds: each is told what it is and what to give instead, by the configuration beside it if there is one.
func TestOtherKinds(t *testing.T) {
	const others, both = "clip-b16, openclip-b16, metaclip-b16 or viclip-b16", "give the whole model"
	for _, c := range []struct {
		name   string
		shapes shapes
		file   string
		text   string
		says   []string
	}{
		{"PE-Core", trunk(), "open_clip_config.json", `{"model_cfg": {"vision_cfg": {"timm_model_name": "vit_pe_core_base_patch16_224"}}}`, []string{
			"open_clip_config.json", "timm_model_name is vit_pe_core_base_patch16_224", "this is PE-Core", others,
		}},
		{"SigLIP 2", trunk(), "open_clip_config.json", `{"model_cfg": {"vision_cfg": {"timm_model_name": "vit_base_patch16_siglip_224"},
			"text_cfg": {"hf_tokenizer_name": "timm/ViT-B-16-SigLIP2"}}}`, []string{"vit_base_patch16_siglip_224", "this is SigLIP 2,", others}},
		{"MetaCLIP 2", openAI(), "open_clip_config.json", `{"model_cfg": {"text_cfg": {"hf_tokenizer_name": "facebook/metaclip-2-worldwide-huge-quickgelu"}}}`, []string{
			"hf_tokenizer_name", "this is MetaCLIP 2", others,
		}},
		{"one that nobody knows yet", trunk(), "open_clip_config.json", `{"model_cfg": {"vision_cfg": {"timm_model_name": "vit_next"}}}`, []string{
			"vit_next", "an open_clip model of another kind", others,
		}},
		{"a timm trunk, nothing beside", trunk(), "", "", []string{"image tower of timm's, such as PE-Core", others}},
		{"a timm trunk, wrapped", trunk().renamed(under("module.")), "", "", []string{"image tower of timm's", others}},
		{"PE-Core in its authors' form", openAI().and("visual.attn_pool.probe", 1, 1, tinyWidth), "", "", []string{"PE-Core or CoCa", others}},
		{"EVA", openAI().with("transformer.", "token_embedding").and("visual.blocks.0.norm1.weight", 8), "", "", []string{"EVA-CLIP", others}},
		{"ResNet", openAI().and("visual.layer1.0.conv1.weight", 64, 64, 1, 1), "", "", []string{"ResNet", others}},
		{"Hugging Face's text tower in open_clip", openAI().with("visual.").and("text.transformer.embeddings.word_embeddings.weight", 9, 8), "", "", []string{"text tower of Hugging Face's"}},
		{"LoRA", huggingFace().and("text_model.encoder.layers.0.self_attn.q_proj.lora_A.default.weight", 4, 8), "", "", []string{"LoRA", "merge_and_unload"}},
		{"SigLIP of Hugging Face", trunk(), "config.json", `{"model_type": "siglip", "architectures": ["SiglipModel"]}`, []string{"SigLIP or SigLIP 2 (SiglipModel)", others}},
		{
			"an image tower's configuration", huggingFace().with("vision_model.", "visual_projection"), "config.json",
			`{"model_type": "clip_vision_model", "architectures": ["CLIPVisionModelWithProjection"]}`,
			[]string{"image tower alone (CLIPVisionModelWithProjection)", both},
		},
		{"an image tower, nothing beside", huggingFace().with("vision_model.", "visual_projection"), "", "", []string{"image tower alone", "CLIPVisionModelWithProjection", both}},
		{"an image tower in a larger model", huggingFace().with("vision_model.").renamed(under("vision_tower.")), "", "", []string{"image tower alone", both}},
		{"open_clip's image tower", openAI().with("visual."), "", "", []string{"image tower alone", both}},
		{"a text tower", huggingFace().with("text_model.", "text_projection"), "", "", []string{"text tower alone", both}},
		{"OpenAI's text tower", openAI().with("transformer.", "token_embedding", "ln_final"), "", "", []string{"text tower alone", both}},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := map[string]string{}
			if c.file != "" {
				files[c.file] = c.text
			}
			_, err := model.Load(folder(t, c.shapes, files))
			require.ErrorIs(t, err, model.ErrKind)
			for _, s := range c.says {
				require.ErrorContains(t, err, s)
			}
		})
	}
}
