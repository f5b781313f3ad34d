package model

import (
	"fmt"
	"slices"
	"strings"

	"github.com/videogem/videogem/engine/checkpoint"
	"github.com/videogem/videogem/engine/onnx"
)

// unwrap takes off what training and serving code puts around a model's names: modules that only wrap another one, wherever they stand, a
// prefix before the whole model whatever it is called, and the text. that open_clip's CustomTextCLIP puts before its text tower. It gives the
// names that stood outside the model and were left out. The error wraps checkpoint.ErrMalformed or ErrKind.
func unwrap(c *checkpoint.Checkpoint) (outside []string, err error) {
	if err := c.Rename(withoutWrappers); err != nil {
		return nil, err
	}
	prefixes := modelPrefixes(c.Names())
	own := ""
	if len(prefixes) > 0 && !slices.Contains(prefixes, "") {
		if own = prefixes[0]; len(prefixes) > 1 {
			return nil, fmt.Errorf("%w: the file holds %d models, %s: save the state dict of one of them alone", ErrKind, len(prefixes), strings.Join(prefixes, "*, ")+"*")
		}
	}
	others := slices.DeleteFunc(prefixes, func(p string) bool { return p == own })
	err = c.Rename(func(name string) string {
		rest, inside := strings.CutPrefix(name, own)
		if !inside || slices.ContainsFunc(others, func(p string) bool { return strings.HasPrefix(name, p) }) {
			outside = append(outside, name)
			return ""
		}
		return rest
	})
	if err == nil && c.Has("visual.conv1.weight") && c.Has("text.token_embedding.weight") {
		err = c.Rename(func(name string) string { return strings.TrimPrefix(name, "text.") })
	}
	return outside, err
}

// modelPrefixes are what stands before the names of models, one for each model in the file.
func modelPrefixes(names []string) []string {
	var prefixes []string
	for _, name := range names {
		if _, prefix, ok := onnx.WrappedLayout(name); ok && !slices.Contains(prefixes, prefix) {
			prefixes = append(prefixes, prefix)
		}
	}
	return prefixes
}

// withoutWrappers leaves modules out of a name that hold one other module and nothing else: PyTorch's for data-parallel training, compiled
// models, FSDP and activation checkpoints.
func withoutWrappers(name string) string {
	parts := slices.DeleteFunc(strings.Split(name, "."), func(part string) bool {
		switch part {
		case "module", "_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module":
			return true
		}
		return false
	})
	return strings.Join(parts, ".")
}
