package model

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/videogem/videogem/engine/onnx"
)

// assumption is a value that stands nowhere.
type assumption struct {
	key   string
	value any
}

// published says whether a checkpoint settles heads and activation by itself: OpenAI's own archives carry three sizes that other files do not,
// and their loader counts a head per 64 channels; ViCLIP comes in two sizes, that are built like OpenAI's.
func published(layout onnx.Layout, s onnx.Sizes, has func(string) bool) bool {
	switch layout {
	case onnx.OpenAI:
		return has("input_resolution") && has("context_length") && has("vocab_size")
	case onnx.ViCLIP:
		return s.Width == 768 || s.Width == 1024
	case onnx.HuggingFace:
	}
	return false
}

// sayAssumed words what was assumed, with what to write to say it; "" when nothing was. path is the checkpoint's.
func sayAssumed(path string, all []assumption) string {
	if len(all) == 0 {
		return ""
	}
	var keys, values, lines []string
	for _, a := range all {
		keys, values = append(keys, a.key), append(values, fmt.Sprint(a.value))
		if text, ok := a.value.(onnx.Activation); ok {
			a.value = fmt.Sprintf("%q", text)
		}
		lines = append(lines, fmt.Sprintf("%q: %v", a.key, a.value))
	}
	return fmt.Sprintf("neither the checkpoint nor a file beside it says %s: assumed %s, as in OpenAI's CLIP; wrong ones give wrong scores without an error; "+
		"to say what is right, write {%s} with the right values into %s",
		strings.Join(keys, ", "), strings.Join(values, ", "), strings.Join(lines, ", "), filepath.Join(filepath.Dir(path), manifestFile))
}

// sayOutside words which tensors were left out since they stand outside the model; "" when none was.
func sayOutside(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return fmt.Sprintf("the file holds more than the model: %d tensors beside it are left out, such as %s", len(names), names[0])
}

// quickByName says whether a name is that of weights that want QuickGELU though open_clip's configuration of their size does not say so: those
// of quick_gelu in its table of pretrained weights (open_clip 3.3.0, pretrained.py) that come for sizes that others share.
func quickByName(name string) bool {
	name = strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' {
			return r
		}
		return '_'
	}, strings.ToLower(name))
	has := func(part string) bool { return strings.Contains(name, part) }
	switch {
	case strings.Contains("_"+name+"_", "_openai_"), has("dfn5b"), has("worldwide"):
		return true
	case has("metaclip"):
		return has("400m") || has("fullcc")
	default:
		return has("dfn2b") && !has("39b")
	}
}
