package gem

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// ErrWeights means that a weighting is not one of the known names and not eight numbers.
var ErrWeights = errors.New("unknown weights")

// Layers is the number of elements of the stack: the state that enters the first GEM block, and the self-self output of each
// of the seven blocks from there, lowest first.
const Layers = 8

// Weights say how much each element of the stack counts: Base, plus Alpha times the prompt's own share of the last three
// (a softmax over -20 times the cosine between the prompt and the clip without that layer; method of the paper, section 3).
type Weights struct {
	Base  [Layers]float32
	Alpha float32
}

// The four weightings of the paper's ablation.
var (
	// None is plain GEM: all layers count the same.
	None = Weights{Base: [Layers]float32{1, 1, 1, 1, 1, 1, 1, 1}} //nolint:gochecknoglobals // a constant Go cannot write as one
	// Static lets higher layers count more.
	Static = Weights{Base: [Layers]float32{.3, .4, .5, .6, .7, .9, .9, .9}} //nolint:gochecknoglobals // a constant
	// Dynamic tunes the last three layers per prompt.
	Dynamic = Weights{Base: [Layers]float32{1, 1, 1, 1, 1, 2. / 3, 2. / 3, 2. / 3}, Alpha: 1} //nolint:gochecknoglobals // a constant
	// VideoGEM is static and dynamic together, the paper's method.
	VideoGEM = Weights{Base: [Layers]float32{.3, .4, .5, .6, .7, 2./3 - .1, 2./3 - .1, 2./3 - .1}, Alpha: 1} //nolint:gochecknoglobals // a constant
)

// ParseWeights reads none, static, dynamic, videogem, or eight numbers separated by commas. The error wraps ErrWeights.
func ParseWeights(s string) (Weights, error) {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "none":
		return None, nil
	case "static":
		return Static, nil
	case "dynamic":
		return Dynamic, nil
	case "videogem":
		return VideoGEM, nil
	}
	var w Weights
	parts := strings.Split(s, ",")
	if len(parts) != Layers {
		return w, fmt.Errorf("%w %q: use none, static, dynamic, videogem or %d numbers separated by commas", ErrWeights, s, Layers)
	}
	for i, p := range parts {
		v, err := strconv.ParseFloat(strings.TrimSpace(p), 32)
		if err != nil {
			return w, fmt.Errorf("%w %q: number %d: %w", ErrWeights, s, i+1, err)
		}
		w.Base[i] = float32(v)
	}
	return w, nil
}
