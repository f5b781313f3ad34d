package onnx

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/videogem/videogem/engine/checkpoint"
)

// Errors of a checkpoint that cannot be built into towers.
var (
	// ErrLayout means that the tensors' names are those of no family known here.
	ErrLayout = errors.New("unknown checkpoint layout")
	// ErrTensor means that a tensor is missing or has another shape than the rest of the checkpoint asks for.
	ErrTensor = errors.New("bad tensor")
)

// Layout names the naming scheme of a checkpoint's tensors.
type Layout string

// The layouts, told apart by their keys.
const (
	OpenAI      Layout = "openai"      // visual.*, transformer.*: OpenAI's CLIP and OpenCLIP
	HuggingFace Layout = "huggingface" // vision_model.*, text_model.*
	ViCLIP      Layout = "viclip"      // vision_encoder.*, text_encoder.*
)

// Weights gives a checkpoint's tensors under one set of names, those of OpenAI's CLIP, whatever the layout.
type Weights struct {
	Layout     Layout
	checkpoint *checkpoint.Checkpoint
}

// anchor is the tensor by which a layout is told.
type anchor struct {
	layout Layout
	key    string
}

// anchors are those of all layouts, in the order in which they are looked for.
func anchors() []anchor {
	return []anchor{
		{ViCLIP, "vision_encoder.conv1.weight"},
		{HuggingFace, "vision_model.embeddings.patch_embedding.weight"},
		{OpenAI, "visual.conv1.weight"},
	}
}

// WrappedLayout tells a layout from a tensor's name when a wrapper may have put something before all names: prefix is that, "" or a text
// that ends in a dot. ok is false for a tensor that tells no layout.
func WrappedLayout(name string) (layout Layout, prefix string, ok bool) {
	for _, a := range anchors() {
		if prefix, ok = strings.CutSuffix(name, a.key); ok && (prefix == "" || strings.HasSuffix(prefix, ".")) {
			return a.layout, prefix, true
		}
	}
	return "", "", false
}

// NewWeights tells the layout. The error wraps ErrLayout.
func NewWeights(c *checkpoint.Checkpoint) (*Weights, error) {
	for _, a := range anchors() {
		if c.Has(a.key) {
			return &Weights{Layout: a.layout, checkpoint: c}, nil
		}
	}
	names := c.Names()
	return nil, fmt.Errorf("%w: none of vision_encoder.conv1.weight (ViCLIP), vision_model.embeddings.patch_embedding.weight (Hugging Face), "+
		"visual.conv1.weight (OpenAI, OpenCLIP) is there; it begins with %s", ErrLayout, strings.Join(names[:min(3, len(names))], ", "))
}

// Identity tells the checkpoint from others; "" for one that is not in files.
func (w *Weights) Identity() string { return w.checkpoint.Identity() }

// side is a tower.
type side string

const (
	visual side = "visual"
	text   side = "text"
)

// key gives the checkpoint's name of a tensor; canonical names are those of OpenAI's CLIP without the tower's prefix.
func (w *Weights) key(s side, canonical string) string {
	switch w.Layout {
	case ViCLIP:
		return map[side]string{visual: "vision_encoder.", text: "text_encoder."}[s] + canonical
	case HuggingFace:
		return huggingFaceKey(s, canonical)
	default:
		if s == visual {
			return "visual." + canonical
		}
		return canonical
	}
}

func huggingFaceKey(s side, canonical string) string {
	prefix := map[side]string{visual: "vision_model.", text: "text_model."}[s]
	if rest, ok := strings.CutPrefix(canonical, "transformer.resblocks."); ok {
		return prefix + "encoder.layers." + strings.NewReplacer(".ln_1.", ".layer_norm1.", ".ln_2.", ".layer_norm2.",
			".attn.", ".self_attn.", ".mlp.c_fc.", ".mlp.fc1.", ".mlp.c_proj.", ".mlp.fc2.").Replace(rest)
	}
	name, ok := map[string]string{
		"conv1.weight":           "embeddings.patch_embedding.weight",
		"class_embedding":        "embeddings.class_embedding",
		"positional_embedding":   "embeddings.position_embedding.weight",
		"token_embedding.weight": "embeddings.token_embedding.weight",
		"ln_pre.weight":          "pre_layrnorm.weight", // [sic]
		"ln_pre.bias":            "pre_layrnorm.bias",
		"ln_post.weight":         "post_layernorm.weight",
		"ln_post.bias":           "post_layernorm.bias",
		"ln_final.weight":        "final_layer_norm.weight",
		"ln_final.bias":          "final_layer_norm.bias",
	}[canonical]
	switch {
	case ok:
		return prefix + name
	case canonical == "proj":
		return "visual_projection.weight"
	case canonical == "text_projection":
		return "text_projection.weight"
	default:
		return prefix + canonical
	}
}

// shape is a tensor's shape, or an error that wraps ErrTensor when it is missing.
func (w *Weights) shape(s side, canonical string) ([]int, error) {
	t, err := w.checkpoint.Tensor(w.key(s, canonical))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTensor, err)
	}
	return t.Shape, nil
}

func (w *Weights) has(s side, canonical string) bool { return w.checkpoint.Has(w.key(s, canonical)) }

// layers counts a tower's blocks.
func (w *Weights) layers(s side) int {
	n := 0
	for w.has(s, fmt.Sprintf("transformer.resblocks.%d.ln_1.weight", n)) {
		n++
	}
	return n
}

// reader reads tensors and keeps the first error, so that a tower can be written down without one check a line.
type reader struct {
	w    *Weights
	side side
	err  error
}

// get reads a tensor that must have the given shape.
func (r *reader) get(canonical string, shape ...int) []float32 {
	if r.err != nil {
		return zeros(shape)
	}
	if r.w.Layout == HuggingFace {
		if data, ok := r.huggingFace(canonical, shape); ok {
			return data
		}
	}
	return r.raw(r.w.key(r.side, canonical), shape...)
}

// huggingFace reads what that layout keeps in another form: q, k and v apart, and projections the other way round.
func (r *reader) huggingFace(canonical string, shape []int) ([]float32, bool) {
	switch {
	case strings.HasSuffix(canonical, "attn.in_proj_weight"), strings.HasSuffix(canonical, "attn.in_proj_bias"):
		stem, kind, _ := strings.Cut(canonical, "in_proj_")
		part := slices.Clone(shape)
		part[0] /= 3
		var data []float32
		for _, p := range []string{"q_proj.", "k_proj.", "v_proj."} {
			data = append(data, r.raw(huggingFaceKey(r.side, stem+p+kind), part...)...)
		}
		return data, true
	case canonical == "proj", canonical == "text_projection":
		return transposed(r.raw(huggingFaceKey(r.side, canonical), shape[1], shape[0]), shape[1], shape[0]), true
	default:
		return nil, false
	}
}

func (r *reader) raw(key string, shape ...int) []float32 {
	return r.floats(r.tensor(key, shape), shape)
}

// rows reads rows from to to-1 of a matrix [rows,cols] whose form no layout changes.
func (r *reader) rows(canonical string, from, to, rows, cols int) []float32 {
	t := r.tensor(r.w.key(r.side, canonical), []int{rows, cols})
	if t != nil {
		t, r.err = t.Rows(from, to)
	}
	return r.floats(t, []int{to - from, cols})
}

// tensor finds a tensor that must have the given shape; nil after an error.
func (r *reader) tensor(key string, shape []int) *checkpoint.Tensor {
	if r.err != nil {
		return nil
	}
	t, err := r.w.checkpoint.Tensor(key)
	if err != nil {
		r.err = fmt.Errorf("%w: %w", ErrTensor, err)
		return nil
	}
	if !slices.Equal(t.Shape, shape) {
		r.err = fmt.Errorf("%w %s: shape %v, wanted %v", ErrTensor, key, t.Shape, shape)
		return nil
	}
	return t
}

// floats converts a tensor and gives its pages of the file back: a checkpoint is read once, from start to end.
func (r *reader) floats(t *checkpoint.Tensor, shape []int) []float32 {
	if r.err != nil {
		return zeros(shape)
	}
	data, err := t.Float32()
	if err == nil && len(data) >= 1<<18 {
		err = r.w.checkpoint.Release()
	}
	if err != nil {
		r.err = fmt.Errorf("%w %s: %w", ErrTensor, t.Name, err)
		return zeros(shape)
	}
	return data
}

func zeros(shape []int) []float32 {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return make([]float32, n)
}

// transposed swaps the dimensions of a rows x cols matrix.
func transposed(m []float32, rows, cols int) []float32 {
	t := make([]float32, len(m))
	for y := range rows {
		for x := range cols {
			t[x*rows+y] = m[y*cols+x]
		}
	}
	return t
}
