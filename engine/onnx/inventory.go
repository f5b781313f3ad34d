package onnx

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Parameters counts a checkpoint's weights.
type Parameters struct {
	Image, Text int
}

// Inventory compares the whole checkpoint with what its layout asks for and counts the weights. A tensor that is missing, empty, of another
// shape, or not known is an error that wraps ErrTensor and names the key with the wanted and the found shape. Only headers are looked at.
func (w *Weights) Inventory() (Parameters, error) {
	var p Parameters
	names := w.checkpoint.Names()
	for _, name := range names {
		t, err := w.checkpoint.Tensor(name)
		if err != nil {
			return p, fmt.Errorf("%w: %w", ErrTensor, err)
		}
		if t.Len() == 0 {
			return p, fmt.Errorf("%w %s: it is empty, shape %v", ErrTensor, name, t.Shape)
		}
	}
	s, err := w.Sizes()
	if err != nil {
		return p, err
	}
	s.Layers, s.TextLayers = w.highestBlock(visual, names), w.highestBlock(text, names)
	known := map[string]bool{}
	for _, wanted := range slices.Concat(w.imageTensors(s), w.textTensors(s)) {
		known[wanted.key] = true
		t, err := w.checkpoint.Tensor(wanted.key)
		switch {
		case err != nil:
			return p, fmt.Errorf("%w %s: it is missing, wanted with shape %v", ErrTensor, wanted.key, wanted.shape)
		case !slices.Equal(t.Shape, wanted.shape):
			return p, fmt.Errorf("%w %s: shape %v, wanted %v", ErrTensor, wanted.key, t.Shape, wanted.shape)
		case wanted.side == visual:
			p.Image += t.Len()
		default:
			p.Text += t.Len()
		}
	}
	var surplus []string
	for _, name := range names {
		if !known[name] && !harmless(name) {
			surplus = append(surplus, name)
		}
	}
	if surplus != nil {
		t, err := w.checkpoint.Tensor(surplus[0])
		if err != nil {
			return p, fmt.Errorf("%w: %w", ErrTensor, err)
		}
		return p, fmt.Errorf("%w %s: shape %v, wanted no such tensor in a checkpoint of layout %s with %d image and %d text blocks (surplus in all: %d); "+
			"this is another kind of model", ErrTensor, surplus[0], t.Shape, w.Layout, s.Layers, s.TextLayers, len(surplus))
	}
	return p, nil
}

// harmless says whether a tensor that no tower reads may be there: what is needed for training or can be computed.
func harmless(name string) bool {
	switch name {
	case "logit_scale", "logit_bias", "temp", "attn_mask", "input_resolution", "context_length", "vocab_size":
		return true
	}
	return strings.HasSuffix(name, ".position_ids") || strings.HasSuffix(name, ".attn_mask")
}

// highestBlock counts blocks by their highest number, so that a block that lacks a tensor is missed and not taken for the end.
func (w *Weights) highestBlock(s side, names []string) int {
	prefix := strings.TrimSuffix(w.key(s, "transformer.resblocks.0."), "0.")
	blocks := 0
	for _, name := range names {
		rest, ok := strings.CutPrefix(name, prefix)
		if !ok {
			continue
		}
		number, _, _ := strings.Cut(rest, ".")
		if i, err := strconv.Atoi(number); err == nil && i < len(names) {
			blocks = max(blocks, i+1)
		}
	}
	return blocks
}

// wantedTensor is one that a layout asks for.
type wantedTensor struct {
	side  side
	key   string
	shape []int
}

func (w *Weights) imageTensors(s Sizes) []wantedTensor {
	l := wantedList{w: w, side: visual}
	c := s.Width
	conv := []int{c, 3, s.Patch, s.Patch}
	if w.Layout == ViCLIP {
		conv = []int{c, 3, 1, s.Patch, s.Patch}
	}
	l.add("conv1.weight", conv...)
	l.add("class_embedding", c)
	l.add("positional_embedding", 1+s.Grid*s.Grid, c)
	if w.has(visual, "temporal_positional_embedding") {
		l.add("temporal_positional_embedding", 1, s.Frames, c)
	}
	l.addNorm("ln_pre", c)
	l.addBlocks(s.Layers, c)
	l.addNorm("ln_post", c)
	l.addProjection("proj", c, s.Embed)
	return l.all
}

func (w *Weights) textTensors(s Sizes) []wantedTensor {
	l := wantedList{w: w, side: text}
	l.add("token_embedding.weight", s.Vocab, s.TextWidth)
	l.add("positional_embedding", s.Text, s.TextWidth)
	l.addBlocks(s.TextLayers, s.TextWidth)
	l.addNorm("ln_final", s.TextWidth)
	l.addProjection("text_projection", s.TextWidth, s.Embed)
	return l.all
}

// wantedList collects a tower's tensors under the layout's own names.
type wantedList struct {
	w    *Weights
	side side
	all  []wantedTensor
}

func (l *wantedList) add(canonical string, shape ...int) {
	l.all = append(l.all, wantedTensor{side: l.side, key: l.w.key(l.side, canonical), shape: shape})
}

func (l *wantedList) addNorm(canonical string, width int) {
	l.add(canonical+".weight", width)
	l.add(canonical+".bias", width)
}

// addProjection adds one that Hugging Face keeps the other way round.
func (l *wantedList) addProjection(canonical string, in, out int) {
	if l.w.Layout == HuggingFace {
		in, out = out, in
	}
	l.add(canonical, in, out)
}

func (l *wantedList) addBlocks(n, c int) {
	for i := range n {
		prefix := fmt.Sprintf("transformer.resblocks.%d.", i)
		hidden := 4 * c
		if s, err := l.w.shape(l.side, prefix+"mlp.c_fc.weight"); err == nil && len(s) == 2 {
			hidden = s[0]
		}
		l.addNorm(prefix+"ln_1", c)
		if l.w.Layout == HuggingFace {
			for _, p := range []string{"q_proj", "k_proj", "v_proj"} {
				l.add(prefix+"attn."+p+".weight", c, c)
				l.add(prefix+"attn."+p+".bias", c)
			}
		} else {
			l.add(prefix+"attn.in_proj_weight", 3*c, c)
			l.add(prefix+"attn.in_proj_bias", 3*c)
		}
		l.add(prefix+"attn.out_proj.weight", c, c)
		l.add(prefix+"attn.out_proj.bias", c)
		l.addNorm(prefix+"ln_2", c)
		l.add(prefix+"mlp.c_fc.weight", hidden, c)
		l.add(prefix+"mlp.c_fc.bias", hidden)
		l.add(prefix+"mlp.c_proj.weight", c, hidden)
		l.add(prefix+"mlp.c_proj.bias", c)
	}
}
