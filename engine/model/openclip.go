package model

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/videogem/videogem/engine/onnx"
)

// openCLIPFile is open_clip_config.json.
type openCLIPFile struct {
	Model struct {
		Embed     int          `json:"embed_dim"`
		QuickGELU *bool        `json:"quick_gelu"`
		Vision    openCLIPView `json:"vision_cfg"`
		Text      openCLIPText `json:"text_cfg"`
	} `json:"model_cfg"`
	Preprocess struct {
		Mean []float32 `json:"mean"`
		Std  []float32 `json:"std"`
	} `json:"preprocess_cfg"`
}

// openCLIPView is the image tower's part.
type openCLIPView struct {
	Image     sides `json:"image_size"`
	Layers    int   `json:"layers"`
	Width     int   `json:"width"`
	HeadWidth int   `json:"head_width"`
	Patch     sides `json:"patch_size"`

	// What the tower here does not have.
	Timm       string         `json:"timm_model_name"`
	Pool       string         `json:"pool_type"`
	Attention  bool           `json:"attentional_pool"`
	Average    bool           `json:"global_average_pool"`
	NoNorm     bool           `json:"no_ln_pre"`
	Activation map[string]any `json:"act_kwargs"`
	Norm       map[string]any `json:"norm_kwargs"`
}

// openCLIPText is the text tower's part.
type openCLIPText struct {
	Context    int `json:"context_length"`
	Vocabulary int `json:"vocab_size"`
	Width      int `json:"width"`
	Heads      int `json:"heads"`
	Layers     int `json:"layers"`

	// What the tower here does not have.
	HuggingFace string         `json:"hf_model_name"`
	Tokenizer   string         `json:"hf_tokenizer_name"`
	Pool        string         `json:"pool_type"`
	NoMask      bool           `json:"no_causal_mask"`
	Activation  map[string]any `json:"act_kwargs"`
	Norm        map[string]any `json:"norm_kwargs"`
}

// sides is a size written as one number or as [height, width].
type sides [2]int

// UnmarshalJSON takes either form.
func (s *sides) UnmarshalJSON(data []byte) error {
	var one int
	if json.Unmarshal(data, &one) == nil {
		*s = sides{one, one}
		return nil
	}
	var two []int
	if err := json.Unmarshal(data, &two); err != nil || len(two) != 2 {
		return fmt.Errorf("%s: wanted a number, or height and width", data)
	}
	*s = sides{two[0], two[1]}
	return nil
}

// readOpenCLIP reads open_clip_config.json. Where it leaves the heads out, OpenCLIP's defaults hold: 64 channels a head in the image tower, 8
// text heads (open_clip, CLIPVisionCfg and CLIPTextCfg). Where it leaves the activation out, that is GELU, but for weights whose name tells
// otherwise: then the configuration was written from the size's short name. name is what the model goes by.
func (b *beside) readOpenCLIP(path, name string, s onnx.Sizes) error {
	var c openCLIPFile
	if there, err := readConfig(path, &c); !there || err != nil {
		return err
	}
	v, t := c.Model.Vision, c.Model.Text
	side := s.Grid * s.Patch
	if err := compare(path,
		claim{"vision_cfg.patch_size", v.Patch[0], s.Patch},
		claim{"vision_cfg.patch_size", v.Patch[1], s.Patch},
		claim{"vision_cfg.width", v.Width, s.Width},
		claim{"vision_cfg.layers", v.Layers, s.Layers},
		claim{"vision_cfg.image_size", v.Image[0] - v.Image[0]%s.Patch, side},
		claim{"vision_cfg.image_size", v.Image[1] - v.Image[1]%s.Patch, side},
		claim{"text_cfg.context_length", t.Context, s.Text},
		claim{"text_cfg.vocab_size", t.Vocabulary, s.Vocab},
		claim{"text_cfg.width", t.Width, s.TextWidth},
		claim{"text_cfg.layers", t.Layers, s.TextLayers},
		claim{"embed_dim", c.Model.Embed, s.Embed},
	); err != nil {
		return err
	}
	b.family = FamilyOpenCLIP
	b.activation = onnx.GELU
	switch quick := c.Model.QuickGELU; {
	case quick != nil && *quick:
		b.activation = onnx.QuickGELU
	case quick == nil && quickByName(name):
		b.activation, b.byName = onnx.QuickGELU, fmt.Sprintf("%s leaves quick_gelu out, but weights called %s want it: assumed quick_gelu; "+
			"to say what is right, write \"activation\" into %s, \"quick_gelu\" or \"gelu\"", openCLIPConfig, name, manifestFile)
	}
	if v.HeadWidth < 0 || v.HeadWidth > s.Width || v.HeadWidth > 0 && s.Width%v.HeadWidth != 0 {
		return fmt.Errorf("%w: %s: vision_cfg.head_width is %d, but the checkpoint's width is %d, which that does not divide", ErrConfig, path, v.HeadWidth, s.Width)
	}
	if v.HeadWidth > 0 {
		b.visionHeads = s.Width / v.HeadWidth
	}
	if t.Heads < 0 || t.Heads > maxCount {
		return fmt.Errorf("%w: %s: text_cfg.heads is %d", ErrConfig, path, t.Heads)
	}
	if b.textHeads = t.Heads; b.textHeads == 0 {
		b.textHeads = dividing(8, s.TextWidth)
	}
	return b.statistics(path, "preprocess_cfg.mean", c.Preprocess.Mean, "preprocess_cfg.std", c.Preprocess.Std)
}

// refuse names the first setting that asks for another tower than CLIP's. The error wraps ErrKind.
func (c openCLIPFile) refuse(path string) error {
	v, t := c.Model.Vision, c.Model.Text
	for _, r := range []struct {
		key   string
		value any
		asked bool
	}{
		{"vision_cfg.timm_model_name", v.Timm, v.Timm != ""},
		{"vision_cfg.pool_type", v.Pool, v.Pool != "" && v.Pool != "tok"},
		{"vision_cfg.attentional_pool", v.Attention, v.Attention},
		{"vision_cfg.global_average_pool", v.Average, v.Average},
		{"vision_cfg.no_ln_pre", v.NoNorm, v.NoNorm},
		{"vision_cfg.act_kwargs", v.Activation, len(v.Activation) > 0},
		{"vision_cfg.norm_kwargs", v.Norm, len(v.Norm) > 0},
		{"text_cfg.hf_model_name", t.HuggingFace, t.HuggingFace != ""},
		{"text_cfg.hf_tokenizer_name", t.Tokenizer, t.Tokenizer != ""},
		{"text_cfg.pool_type", t.Pool, t.Pool != "" && t.Pool != "argmax"},
		{"text_cfg.no_causal_mask", t.NoMask, t.NoMask},
		{"text_cfg.act_kwargs", t.Activation, len(t.Activation) > 0},
		{"text_cfg.norm_kwargs", t.Norm, len(t.Norm) > 0},
	} {
		if r.asked {
			what := newer(strings.Join([]string{v.Timm, t.Tokenizer, t.HuggingFace, filepath.Base(filepath.Dir(path))}, " "))
			if what == "" {
				what = "an open_clip model of another kind"
			}
			return fmt.Errorf("%w: %s: %s is %v: this is %s, whose towers are not here; %s", ErrKind, path, r.key, r.value, what, instead)
		}
	}
	return nil
}
