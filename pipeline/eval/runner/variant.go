package runner

import (
	"strings"

	"github.com/videogem/videogem/engine/gem"
	"github.com/videogem/videogem/pipeline/eval/metric"
)

// Variant is one way to get an answer out of a pass over the tower. One pass serves any number of them.
type Variant struct {
	Scope   gem.Scope   `json:"scope"`   // "" is the model's own
	Weights string      `json:"weights"` // as gem.ParseWeights reads it; "" is the model's own
	Prompts metric.Mode `json:"prompts"`
	Fuse    gem.Fusion  `json:"fuse,omitempty"` // of metric.Decomposed only
}

// Own stands for what is left to the model in names.
const Own = "own"

// String is the variant's name, such as joint/videogem/decomposed/point.
func (v Variant) String() string {
	parts := []string{orOwn(string(v.Scope)), orOwn(v.Weights), string(v.Prompts)}
	if v.Fuse != "" {
		parts = append(parts, string(v.Fuse))
	}
	return strings.Join(parts, "/")
}

func orOwn(s string) string {
	if s == "" {
		return Own
	}
	return s
}

// Variants are all combinations; ways to fuse multiply the decomposed ones alone.
func Variants(scopes []gem.Scope, weights []string, modes []metric.Mode, fusions []gem.Fusion) []Variant {
	var all []Variant
	for _, s := range scopes {
		for _, w := range weights {
			for _, m := range modes {
				if m != metric.Decomposed {
					all = append(all, Variant{s, w, m, ""})
					continue
				}
				for _, f := range fusions {
					all = append(all, Variant{s, w, m, f})
				}
			}
		}
	}
	return all
}
