package model_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/engine/model"
	"github.com/videogem/videogem/engine/onnx"
)

// archive is OpenAI's own: it says its sizes.
func archive() shapes {
	s := openAI()
	s["input_resolution"], s["context_length"], s["vocab_size"] = []int{}, []int{}, []int{}
	return s
}

// TestAssumed: what stands nowhere is said, with what to write; what stands anywhere, or goes without saying, is not.
func TestAssumed(t *testing.T) {
	openCLIP := `{"model_cfg": {"vision_cfg": {%s}, "text_cfg": {%s}}}`
	for _, c := range []struct {
		name   string
		shapes shapes
		files  map[string]string
		says   []string // none: nothing is assumed
	}{
		{"nothing beside OpenAI's names", openAI(), nil, []string{
			"vision_heads, text_heads, activation", "assumed 1, 1, quick_gelu", `{"vision_heads": 1, "text_heads": 1, "activation": "quick_gelu"}`, "model.json",
		}},
		{"nothing beside Hugging Face's", huggingFace(), nil, []string{"vision_heads, text_heads, activation"}},
		{"ViCLIP of no published size", viCLIP(), nil, []string{"vision_heads, text_heads, activation"}},
		{"some in model.json", openAI(), map[string]string{"model.json": `{"vision_heads": 3}`}, []string{"says text_heads, activation:"}},
		{"the family, and with it the activation", openAI(), map[string]string{"model.json": `{"family": "openclip"}`}, []string{"says vision_heads, text_heads:"}},
		{"all in model.json", openAI(), map[string]string{"model.json": `{"vision_heads": 1, "text_heads": 1, "activation": "quick_gelu"}`}, nil},
		{"OpenAI's own archive", archive(), nil, nil},
		{"OpenCLIP's configuration, with its defaults", openAI(), map[string]string{"open_clip_config.json": fmt.Sprintf(openCLIP, "", "")}, []string{"says vision_heads:"}},
		{"OpenCLIP's configuration", openAI(), map[string]string{"open_clip_config.json": fmt.Sprintf(openCLIP, `"head_width": 8`, `"heads": 2`)}, nil},
		{"Hugging Face's configuration, with its defaults", huggingFace(), map[string]string{"config.json": `{"vision_config": {}, "text_config": {}}`}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := load(t, folder(t, c.shapes, c.files))
			if c.says == nil {
				require.Empty(t, m.Assumed)
				return
			}
			require.Len(t, m.Assumed, 1)
			for _, s := range c.says {
				require.Contains(t, m.Assumed[0], s)
			}
		})
	}
	require.Empty(t, load(t, model.Demo).Assumed)
	require.Empty(t, load(t, model.Demo).Notes)
}

// TestAssumedCanBeWritten: what the message tells to write silences it and changes nothing else.
func TestAssumedCanBeWritten(t *testing.T) {
	dir := folder(t, openAI(), nil)
	before := load(t, dir)
	_, text, ok := strings.Cut(before.Assumed[0], "write ")
	require.True(t, ok)
	text, _, ok = strings.Cut(text, " with the right values into ")
	require.True(t, ok)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "model.json"), []byte(text), 0o600))
	after := load(t, dir)
	require.Empty(t, after.Assumed)
	require.Equal(t, before.Manifest, after.Manifest)
}

// TestPublishedViCLIP: the two sizes that ViCLIP comes in are known.
func TestPublishedViCLIP(t *testing.T) {
	s := shapes{}
	for name, shape := range viCLIP() {
		wide := append([]int{}, shape...)
		for i, d := range wide {
			switch {
			case !strings.HasPrefix(name, "vision_encoder."):
			case d%tinyWidth == 0:
				wide[i] = d / tinyWidth * 768
			}
		}
		s[name] = wide
	}
	m := load(t, folder(t, s, nil))
	require.Empty(t, m.Assumed)
	require.Equal(t, 12, m.Manifest.VisionHeads)
}

// TestWeightsThatWantQuickGELU: a configuration written from the short name of a size leaves it out.
func TestWeightsThatWantQuickGELU(t *testing.T) {
	for name, want := range map[string]onnx.Activation{
		"ViT-B-16-dfn2b": onnx.QuickGELU, "apple/DFN5B-CLIP-ViT-H-14": onnx.QuickGELU, "metaclip-b16-fullcc2.5b": onnx.QuickGELU, "clip.openai": onnx.QuickGELU,
		"ViT-H-14-worldwide": onnx.QuickGELU, "DFN2B-CLIP-ViT-L-14-39B": onnx.GELU, "metaclip_altogether": onnx.GELU, "CLIP-ViT-B-16-laion2B": onnx.GELU, "openaire": onnx.GELU,
	} {
		for quick, said := range map[string]onnx.Activation{"": "", `"quick_gelu": false, `: onnx.GELU, `"quick_gelu": true, `: onnx.QuickGELU} {
			m := load(t, folder(t, openAI(), map[string]string{
				"model.json":            fmt.Sprintf(`{"name": %q}`, name),
				"open_clip_config.json": `{"model_cfg": {` + quick + `"vision_cfg": {"head_width": 8}, "text_cfg": {}}}`,
			}))
			switch {
			case said != "":
				require.Equal(t, said, m.Manifest.Activation, name)
				require.Empty(t, m.Assumed, name)
			case want == onnx.QuickGELU:
				require.Equal(t, want, m.Manifest.Activation, name)
				require.Contains(t, m.Assumed[0], name)
			default:
				require.Equal(t, want, m.Manifest.Activation, name)
				require.Empty(t, m.Assumed, name)
			}
		}
	}
}

// TestSizeIsSaid: CLIP opens at GEM's size, not at the one it was trained on.
func TestSizeIsSaid(t *testing.T) {
	m := load(t, folder(t, archive(), nil))
	require.Len(t, m.Notes, 1)
	require.Contains(t, m.Notes[0], "pictures are 448x448")
	require.Contains(t, m.Notes[0], `"image_size": [8, 8]`)
	require.Empty(t, load(t, folder(t, archive(), map[string]string{"model.json": `{"image_size": [448, 448]}`})).Notes)
	require.Empty(t, load(t, folder(t, viCLIP(), nil)).Notes)
}
