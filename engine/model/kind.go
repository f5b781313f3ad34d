package model

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/videogem/videogem/engine/checkpoint"
	"github.com/videogem/videogem/engine/onnx"
)

// ErrKind means that a checkpoint is of a kind of model whose towers are not here, or only a part of a model.
var ErrKind = errors.New("another kind of model")

// What to use instead of a model that is not here.
const (
	instead = "use a model with the towers of OpenAI's CLIP, such as clip-b16, openclip-b16, metaclip-b16 or viclip-b16 (`videogem models list` shows all)"
	whole   = "both towers are needed, for pictures and for prompts: give the whole model it was taken from (the folder or file of the CLIPModel)"
)

// checkKind refuses a checkpoint of another kind, told from the configuration beside it, which names it best, or else from its tensors' names.
// layout is "" when the names are those of none; dir is "" for a checkpoint that is in no folder. Errors wrap ErrKind or ErrConfig.
func checkKind(dir string, layout onnx.Layout, c *checkpoint.Checkpoint) error {
	if dir != "" && (layout == "" || layout == onnx.OpenAI) {
		path := filepath.Join(dir, openCLIPConfig)
		var file openCLIPFile
		if _, err := readConfig(path, &file); err != nil {
			return err
		}
		if err := file.refuse(path); err != nil {
			return err
		}
	}
	if dir != "" && (layout == "" || layout == onnx.HuggingFace) {
		if err := refuseHuggingFace(filepath.Join(dir, huggingFaceConfig)); err != nil {
			return err
		}
	}
	if what, remedy := foreign(c); what != "" {
		return fmt.Errorf("%w: by its tensors' names it is %s; %s", ErrKind, what, remedy)
	}
	return nil
}

// refuseHuggingFace tells the kind from config.json's model_type.
func refuseHuggingFace(path string) error {
	var c struct {
		Type          string   `json:"model_type"`
		Architectures []string `json:"architectures"`
	}
	if _, err := readConfig(path, &c); err != nil {
		return err
	}
	what, remedy := fmt.Sprintf("a model of type %q", c.Type), instead
	switch c.Type {
	case "", "clip", "viclip": // ViCLIP's own file says only which of two sizes it is
		return nil
	case "clip_vision_model":
		what, remedy = "CLIP's image tower alone", whole
	case "clip_text_model":
		what, remedy = "CLIP's text tower alone", whole
	case "siglip":
		what = "SigLIP or SigLIP 2"
	case "siglip2":
		what = "SigLIP 2 (NaFlex)"
	}
	if len(c.Architectures) > 0 {
		what += " (" + strings.Join(c.Architectures, ", ") + ")"
	}
	return fmt.Errorf("%w: %s: model_type is %q: this is %s; %s", ErrKind, path, c.Type, what, remedy)
}

// newer gives the name that people know for a kind of model whose settings or file names hold a text; "" when none fits.
func newer(text string) string {
	text = strings.ToLower(text)
	for _, k := range []struct{ mark, name string }{
		{"pe_core", "PE-Core"},
		{"pe-core", "PE-Core"},
		{"siglip2", "SigLIP 2"},
		{"siglip", "SigLIP"},
		{"fastvit", "MobileCLIP"},
		{"mobileclip", "MobileCLIP"},
		{"eva", "EVA-CLIP"},
		{"convnext", "CLIP with a ConvNeXt"},
		{"vitamin", "ViTamin"},
		{"worldwide", "MetaCLIP 2"},
		{"xlm", "CLIP with XLM-R's text tower"},
		{"coca", "CoCa"},
		{"nllb", "NLLB-CLIP"},
	} {
		if strings.Contains(text, k.mark) {
			return k.name
		}
	}
	return ""
}

// foreign tells a kind that is not here from names of tensors, and what to do about it; what is "" for one that may be here.
func foreign(c *checkpoint.Checkpoint) (what, remedy string) {
	names := c.Names()
	begins := func(prefixes ...string) bool {
		for _, name := range names {
			for _, p := range prefixes {
				if strings.HasPrefix(name, p) {
					return true
				}
			}
		}
		return false
	}
	text := begins("text_model.", "text_encoder.", "text.", "transformer.", "token_embedding.")
	image := begins("vision_model.", "vision_encoder.", "visual.")
	switch {
	case holds(names, ".lora_"):
		return "a LoRA adapter, or a model with one", "merge it into its model and save that (peft: merge_and_unload)"
	case begins("visual.trunk."):
		return "a newer open_clip model with an image tower of timm's, such as PE-Core, SigLIP or MobileCLIP", instead
	case begins("visual.blocks."):
		return "EVA-CLIP", instead
	case begins("visual.layer1."):
		return "a CLIP with a ResNet as its image tower (RN50 and the like)", instead
	case begins("visual.attn_pool.", "text_decoder."):
		return "a model that pools by attention, such as PE-Core or CoCa", instead
	case begins("text.transformer.embeddings.", "text.transformer.encoder.", "text.transformer.roberta."):
		return "an open_clip model with a text tower of Hugging Face's", instead
	case c.Has("vision_model.embeddings.patch_embedding.bias") && !c.Has("vision_model.embeddings.class_embedding"):
		return "SigLIP or SigLIP 2", instead
	case image && !text, c.Has("embeddings.patch_embedding.weight"):
		return "an image tower alone (CLIPVisionModelWithProjection, CLIPVisionModel, or the visual of open_clip)", whole
	case text && !image, c.Has("embeddings.token_embedding.weight"):
		return "a text tower alone (CLIPTextModelWithProjection or the like)", whole
	}
	return "", ""
}

// holds says whether a part stands in one of the names.
func holds(names []string, part string) bool {
	for _, name := range names {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}
