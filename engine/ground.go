package engine

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/videogem/videogem/engine/backend/ort"
	"github.com/videogem/videogem/engine/gem"
)

// Clip is one clip of frames, of the model's size: bytes in Pix, or with Options.Float normalised pixels in Float.
type Clip struct {
	Frames, H, W int
	Pix          []byte    // RGB [Frames,H,W,3]
	Float        []float32 // [Frames,3,H,W], (x/255-mean)/std already done
}

// pixels is how many numbers the clip holds in the form that the engine takes.
func (c Clip) pixels(float bool) int {
	if float {
		return len(c.Float)
	}
	return len(c.Pix)
}

// Request asks where prompts happen in a clip.
type Request struct {
	Clip    Clip
	Prompts []string     // used word for word
	Frames  []int        // the frames whose heat is wanted; nil: all. Only these are worked out.
	Weights *gem.Weights // nil: the model's own
}

// Result is the answer, one Grounding for each prompt in order.
type Result struct {
	Prompts   []Grounding
	Embedding []float32     // the clip's [D], not normalised
	Took      time.Duration // time in the towers
}

// Grounding is the answer for one prompt.
type Grounding struct {
	Prompt    string
	Score     float32             // cosine of the clip's and the text's embedding
	Weights   [gem.Layers]float32 // how much each layer counted
	Heat      []gem.Map           // for each wanted frame [GridH,GridW], cosines of patch and text
	Truncated bool                // the prompt was longer than the model reads, its end was ignored
}

// Ground runs the towers. Errors wrap ErrClipShape, ErrFrames, ErrEmptyPrompt or ErrClosed, or are ctx's.
func (e *Engine) Ground(ctx context.Context, r Request) (*Result, error) {
	if err := e.check(&r); err != nil {
		return nil, err
	}
	if err := e.enter(); err != nil {
		return nil, err
	}
	defer e.leave()
	began := time.Now()
	texts, err := e.text.lookUp(ctx, r.Prompts)
	if err != nil {
		return nil, err
	}
	if len(texts) == 0 {
		return &Result{Took: time.Since(began)}, nil
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	out, err := e.image.Run(e.inputs(r, texts)...)
	if err != nil {
		return nil, fmt.Errorf("image tower: %w", err)
	}
	e.grounds.Add(1)
	result := e.result(r, texts, out)
	result.Took = time.Since(began)
	return result, nil
}

// check validates a request and fills in its defaults.
func (e *Engine) check(r *Request) error {
	s, c := e.spec, r.Clip
	if c.Frames != s.Frames || c.H != s.Height || c.W != s.Width || c.pixels(e.float) != c.Frames*c.H*c.W*3 {
		return fmt.Errorf("%w: %d frames of %dx%d in %d values; %s takes %d frames of %dx%d, 3 values a pixel",
			ErrClipShape, c.Frames, c.H, c.W, c.pixels(e.float), s.Name, s.Frames, s.Height, s.Width)
	}
	if r.Frames == nil {
		for i := range s.Frames {
			r.Frames = append(r.Frames, i)
		}
	}
	for _, f := range r.Frames {
		if f < 0 || f >= s.Frames {
			return fmt.Errorf("%w: frame %d of %d", ErrFrames, f, s.Frames)
		}
	}
	if len(r.Frames) == 0 {
		return fmt.Errorf("%w: none wanted", ErrFrames)
	}
	if r.Weights == nil {
		r.Weights = &s.Weights
	}
	return checkPrompts(r.Prompts)
}

// inputs are the image tower's, in the order of its session.
func (e *Engine) inputs(r Request, texts []*embedded) []ort.Tensor {
	text := make([]float32, 0, len(texts)*e.spec.Embed)
	for _, t := range texts {
		text = append(text, t.vector...)
	}
	wanted := make([]int64, len(r.Frames))
	for i, f := range r.Frames {
		wanted[i] = int64(f)
	}
	clip := ort.Tensor{Shape: []int{1, r.Clip.Frames, r.Clip.H, r.Clip.W, 3}, Data: r.Clip.Pix}
	if e.float {
		clip = ort.Tensor{Shape: []int{1, r.Clip.Frames, 3, r.Clip.H, r.Clip.W}, Data: r.Clip.Float}
	}
	// The weights are copied: cgo checks the whole object that a slice lies in, and theirs holds pointers.
	return []ort.Tensor{
		clip,
		{Shape: []int{len(texts), e.spec.Embed}, Data: text},
		{Shape: []int{gem.Layers}, Data: slices.Clone(r.Weights.Base[:])},
		{Shape: []int{1}, Data: []float32{r.Weights.Alpha}},
		{Shape: []int{len(wanted)}, Data: wanted},
	}
}

// result cuts the tower's outputs up by prompt and frame.
func (e *Engine) result(r Request, texts []*embedded, out []ort.Tensor) *Result {
	heat, score, weights := out[0].Float32(), out[1].Float32(), out[2].Float32()
	h, w := e.spec.GridH, e.spec.GridW
	result := &Result{Prompts: make([]Grounding, len(r.Prompts)), Embedding: out[3].Float32()}
	for i, p := range r.Prompts {
		g := Grounding{Prompt: p, Score: score[i], Truncated: texts[i].truncated}
		copy(g.Weights[:], weights[i*gem.Layers:])
		for range r.Frames {
			g.Heat = append(g.Heat, gem.Map{H: h, W: w, Data: heat[: h*w : h*w]})
			heat = heat[h*w:]
		}
		result.Prompts[i] = g
	}
	return result
}
