package onnx

import (
	"errors"
	"fmt"

	"github.com/videogem/videogem/engine/gem"
)

// ErrConfig means that a tower's configuration contradicts its weights or itself.
var ErrConfig = errors.New("bad tower configuration")

// Activation is the MLPs' nonlinearity.
type Activation string

// The activations in use: QuickGELU is x*sigmoid(1.702x), GELU the exact one with erf.
const (
	QuickGELU Activation = "quick_gelu"
	GELU      Activation = "gelu"
)

// Sizes is what the weights tell about both towers.
type Sizes struct {
	Width, Layers, Patch, Grid, Embed  int // image tower; Grid is the side of the trained patch grid
	Frames                             int // length of the temporal embedding, 1 without
	TextWidth, TextLayers, Vocab, Text int // text tower; Text is the context length
}

// Sizes reads the sizes off the weights' shapes. The error wraps ErrTensor.
func (w *Weights) Sizes() (Sizes, error) {
	var s Sizes
	conv, err := w.shape(visual, "conv1.weight")
	if err != nil {
		return s, err
	}
	if n := len(conv); n != 4 && n != 5 {
		return s, fmt.Errorf("%w %s: shape %v, wanted [width,3,patch,patch] or [width,3,1,patch,patch]", ErrTensor, w.key(visual, "conv1.weight"), conv)
	}
	s.Width, s.Patch = conv[0], conv[len(conv)-1]
	pos, err := w.shape(visual, "positional_embedding")
	if err != nil {
		return s, err
	}
	if len(pos) != 2 {
		return s, fmt.Errorf("%w %s: shape %v, wanted [1+grid*grid,width]", ErrTensor, w.key(visual, "positional_embedding"), pos)
	}
	for s.Grid = 1; (s.Grid+1)*(s.Grid+1) <= pos[0]-1; {
		s.Grid++
	}
	s.Frames = 1
	if t, err := w.shape(visual, "temporal_positional_embedding"); err == nil && len(t) == 3 {
		s.Frames = t[1]
	}
	s.Layers, s.TextLayers = w.layers(visual), w.layers(text)
	token, err := w.shape(text, "token_embedding.weight")
	if err != nil {
		return s, err
	}
	context, err := w.shape(text, "positional_embedding")
	if err != nil {
		return s, err
	}
	proj, err := w.shape(visual, "proj")
	if err != nil {
		return s, err
	}
	if len(token) != 2 || len(context) != 2 || len(proj) != 2 {
		return s, fmt.Errorf("%w: token embedding %v, text positions %v, projection %v: each wants two dimensions", ErrTensor, token, context, proj)
	}
	s.Vocab, s.TextWidth, s.Text = token[0], token[1], context[0]
	s.Embed = proj[1]
	if w.Layout == HuggingFace {
		s.Embed = proj[0]
	}
	return s, nil
}

// ImageConfig says what image tower to build.
type ImageConfig struct {
	Heads      int
	Activation Activation
	Height     int // pixels, a multiple of the patch size
	Width      int
	Frames     int // frames a clip; 1 for images
	Mean, Std  [3]float32
	Float      bool // take normalised float32 pixels [B,T,3,H,W] (InputPixels) instead of bytes

	Precision    Precision // of the weights; "" is FP32
	HalfProducts bool      // with FP16: half-float products, for devices that have them

	Depth       int         // how many of the last blocks have the GEM path: 0 (the final state's own tokens) to 7, as in the paper
	Iterations  int         // self-self iterations; 1 in the paper
	Temperature float32     // inverse temperature of the self-self attention; 0: from the data, as in the paper
	Scopes      []gem.Scope // among which tokens: the stack is worked out for each, in one pass

	Debug bool // give the whole stack out too, for tests
}

func (c ImageConfig) check(s Sizes) error {
	switch {
	case c.Heads < 1 || s.Width%c.Heads != 0:
		return fmt.Errorf("%w: %d heads do not divide the width %d", ErrConfig, c.Heads, s.Width)
	case c.Height < s.Patch || c.Width < s.Patch || c.Height%s.Patch != 0 || c.Width%s.Patch != 0:
		return fmt.Errorf("%w: image size %dx%d is not a multiple of the patch size %d", ErrConfig, c.Height, c.Width, s.Patch)
	case c.Frames < 1 || (c.Frames > 1 || s.Frames > 1) && c.Frames > s.Frames:
		return fmt.Errorf("%w: %d frames, but the checkpoint has positions for %d", ErrConfig, c.Frames, s.Frames)
	case s.Layers < 3:
		return fmt.Errorf("%w: %d blocks; dynamic weights need 3", ErrConfig, s.Layers)
	case c.Depth < 0 || c.Depth >= gem.Layers || c.Depth > s.Layers:
		return fmt.Errorf("%w: GEM depth %d; use 0 to %d", ErrConfig, c.Depth, min(gem.Layers-1, s.Layers))
	case c.Iterations < 1:
		return fmt.Errorf("%w: %d self-self iterations; 1 or more", ErrConfig, c.Iterations)
	case c.Activation != QuickGELU && c.Activation != GELU:
		return fmt.Errorf("%w: activation %q; quick_gelu or gelu", ErrConfig, c.Activation)
	case len(c.Scopes) == 0:
		return fmt.Errorf("%w: no attention scope", ErrConfig)
	}
	for _, scope := range c.Scopes {
		if _, err := gem.ParseScope(string(scope)); err != nil {
			return fmt.Errorf("%w: %w", ErrConfig, err)
		}
	}
	return nil
}
