package model

import (
	"encoding/json"
	"fmt"

	"github.com/videogem/videogem/engine/onnx"
)

// huggingFaceTower is text_config or vision_config of Hugging Face's config.json.
type huggingFaceTower struct {
	Activation string  `json:"hidden_act"`
	Heads      int     `json:"num_attention_heads"`
	Width      int     `json:"hidden_size"`
	Layers     int     `json:"num_hidden_layers"`
	Image      int     `json:"image_size"`
	Patch      int     `json:"patch_size"`
	Context    int     `json:"max_position_embeddings"`
	Vocabulary int     `json:"vocab_size"`
	Epsilon    float64 `json:"layer_norm_eps"`
}

// readHuggingFace reads config.json of a CLIPModel. Such files leave out what is the library's default: QuickGELU, 12 vision and 8 text heads
// (transformers, CLIPVisionConfig and CLIPTextConfig).
func (b *beside) readHuggingFace(path string, s onnx.Sizes) error {
	var c struct {
		Projection int             `json:"projection_dim"`
		Text       json.RawMessage `json:"text_config"`
		TextAlso   json.RawMessage `json:"text_config_dict"` // of old files; wins over text_config
		Vision     json.RawMessage `json:"vision_config"`
		VisionAlso json.RawMessage `json:"vision_config_dict"`
	}
	if there, err := readConfig(path, &c); !there || err != nil {
		return err
	}
	vision, err := readTower(path, "vision_config", c.Vision, c.VisionAlso)
	if err != nil {
		return err
	}
	text, err := readTower(path, "text_config", c.Text, c.TextAlso)
	if err != nil {
		return err
	}
	if err := compare(path,
		claim{"vision_config.patch_size", vision.Patch, s.Patch},
		claim{"vision_config.hidden_size", vision.Width, s.Width},
		claim{"vision_config.num_hidden_layers", vision.Layers, s.Layers},
		claim{"vision_config.image_size", vision.Image - vision.Image%s.Patch, s.Grid * s.Patch},
		claim{"text_config.hidden_size", text.Width, s.TextWidth},
		claim{"text_config.num_hidden_layers", text.Layers, s.TextLayers},
		claim{"text_config.max_position_embeddings", text.Context, s.Text},
		claim{"text_config.vocab_size", text.Vocabulary, s.Vocab},
		claim{"projection_dim", c.Projection, s.Embed},
	); err != nil {
		return err
	}
	if vision.Activation != text.Activation {
		return fmt.Errorf("%w: %s: hidden_act is %q in vision_config and %q in text_config, but both towers share one activation here",
			ErrConfig, path, vision.Activation, text.Activation)
	}
	b.activation = onnx.Activation(vision.Activation)
	b.visionHeads, b.textHeads = vision.Heads, text.Heads
	if b.visionHeads == 0 {
		b.visionHeads = dividing(12, s.Width)
	}
	if b.textHeads == 0 {
		b.textHeads = dividing(8, s.TextWidth)
	}
	return nil
}

// readTower reads one tower's part and checks what the towers here cannot vary.
func readTower(path, key string, parts ...json.RawMessage) (huggingFaceTower, error) {
	t := huggingFaceTower{Activation: string(onnx.QuickGELU), Epsilon: 1e-5}
	for _, p := range parts {
		if p == nil {
			continue
		}
		if err := json.Unmarshal(p, &t); err != nil {
			return t, fmt.Errorf("%w: %s: %s: %w", ErrConfig, path, key, err)
		}
	}
	if a := onnx.Activation(t.Activation); a != onnx.QuickGELU && a != onnx.GELU {
		return t, fmt.Errorf("%w: %s: %s.hidden_act is %q, but the towers here have quick_gelu and gelu", ErrConfig, path, key, t.Activation)
	}
	if t.Epsilon != 1e-5 {
		return t, fmt.Errorf("%w: %s: %s.layer_norm_eps is %v, but the towers here have 1e-05", ErrConfig, path, key, t.Epsilon)
	}
	if t.Heads < 0 || t.Heads > maxCount {
		return t, fmt.Errorf("%w: %s: %s.num_attention_heads is %d", ErrConfig, path, key, t.Heads)
	}
	return t, nil
}
