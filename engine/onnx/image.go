package onnx

import (
	"fmt"

	"github.com/videogem/videogem/engine/gem"
)

// The image model's inputs and outputs. B clips, T frames, P prompts, D embedding size, F wanted frames, S scopes, h x w patches.
// Every clip has its own prompts, weightings and wanted frames, so that clips of different askers go through in one pass.
const (
	InputFrames  = "frames"  // uint8 [B,T,H,W,3]
	InputPixels  = "pixels"  // with ImageConfig.Float instead: float32 [B,T,3,H,W], normalised
	InputText    = "text"    // float32 [B,P,D], L2-normalised
	InputBase    = "base"    // float32 [B,P,8]: gem.Weights.Base for each prompt; with a depth d below 7 its first and its last d count
	InputAlpha   = "alpha"   // float32 [B,P]: gem.Weights.Alpha for each prompt
	InputWanted  = "wanted"  // int64 [B,F]: the frames whose heat is wanted
	OutputHeat   = "heat"    // float32 [B,S,P,F,h,w]: cosines
	OutputScore  = "score"   // float32 [B,P]: cosine of clip and text
	OutputWeight = "weights" // float32 [B,P,8]
	OutputEmbed  = "embed"   // float32 [B,D]: the clip's embedding, not normalised

	OutputStack   = "stack"   // with Debug: float32 [depth+1,B,N,C]
	OutputAblated = "ablated" // with Debug: float32 [B,3,D]: CLS embeddings without one of the last three layers
)

// imageTower is the state of writing one image tower.
type imageTower struct {
	*graph
	r     *reader
	c     ImageConfig
	s     Sizes
	h, w  int // patches
	n     int // patches a frame
	head  int // channels a head
	batch value
	want  value

	// The stack: patch tokens of the wanted frames [B,n*F,C] (all tokens with Debug).
	entered value         // the state that entered the first GEM block
	layers  []layerOutput // what each GEM block adds
	cls     []value       // CLS rows that entered the last three blocks, then the final one
}

// layerOutput is what one block adds to the stack, in each scope. It is still to go through the block's output projection.
type layerOutput struct {
	block  block
	scopes []value
}

// Image builds the image tower with the GEM path. One graph serves all weightings, any number of prompts and clips, and any
// choice of frames. Large weights go to e, or into the model's bytes when e is nil. Errors wrap ErrConfig or ErrTensor.
func Image(w *Weights, c ImageConfig, e *External) ([]byte, error) {
	s, err := w.Sizes()
	if err != nil {
		return nil, err
	}
	if c.Frames == 1 {
		c.Scopes = []gem.Scope{gem.Joint} // with one frame there is nothing to tell apart
	}
	if c.Precision, err = ParsePrecision(string(c.Precision)); err != nil {
		return nil, err
	}
	c.HalfProducts = c.HalfProducts && c.Precision == FP16
	if err := c.check(s); err != nil {
		return nil, err
	}
	t := &imageTower{graph: newGraph(c.Precision, c.HalfProducts, e), r: &reader{w: w, side: visual}, c: c, s: s, h: c.Height / s.Patch, w: c.Width / s.Patch}
	t.n, t.head = t.h*t.w, s.Width/c.Heads
	t.build()
	if t.r.err != nil {
		return nil, t.r.err
	}
	return t.model()
}

func (t *imageTower) build() {
	var frames value
	if t.c.Float {
		frames = t.input(InputPixels, typeFloat, "B", t.c.Frames, 3, t.c.Height, t.c.Width)
	} else {
		frames = t.input(InputFrames, typeUint8, "B", t.c.Frames, t.c.Height, t.c.Width, 3)
	}
	textIn := t.input(InputText, typeFloat, "B", "P", t.s.Embed)
	base := t.input(InputBase, typeFloat, "B", "P", gem.Layers)
	alpha := t.input(InputAlpha, typeFloat, "B", "P")
	t.want = t.input(InputWanted, typeInt64, "B", "F")
	t.batch = t.graph.batch(frames)

	x := t.embed(frames)
	for i := range t.s.Layers {
		x = t.block(i, x)
	}
	if t.c.Depth == 0 {
		t.entered = t.pick(x)
		x = t.row0(x)
	}
	t.cls = append(t.cls, x)
	t.readOut(readOutInputs{text: textIn, base: base, alpha: alpha})
}

// embed turns pixels into tokens [B,1+n*T,C]: CLS first, then position by position with the frames of a position together
// (ViCLIP's order; for one frame it is CLIP's).
func (t *imageTower) embed(frames value) value {
	c, p, frameCount := t.s.Width, t.s.Patch, t.c.Frames
	x := t.normalise(frames)
	x = t.reshape(x, -1, frameCount, t.h, p, t.w, p, 3)
	x = t.transpose(x, 0, 2, 4, 1, 3, 5, 6) // [B,h,w,T,p,p,3]
	x = t.reshape(x, -1, t.n*frameCount, p*p*3)
	x = t.matmul(x, t.floats(t.patchWeights(), p*p*3, c))
	x = t.add(x, t.floats(t.positions(), t.n*frameCount, c))

	cls := t.r.get("class_embedding", c)
	for i, v := range t.r.get("positional_embedding", 1+t.s.Grid*t.s.Grid, c)[:c] {
		cls[i] += v
	}
	x = t.concat(1, t.expand(t.floats(cls, 1, 1, c), t.batch, 1, c), x)
	return layerNorm(t.graph, t.r, x, "ln_pre", c)
}

// normalise turns bytes into (x/255-mean)/std; normalised pixels only get their channels last. -> [B,T,H,W,3].
func (t *imageTower) normalise(frames value) value {
	if t.c.Float {
		return t.transpose(frames, 0, 1, 3, 4, 2)
	}
	var scale, shift [3]float32
	for i := range scale {
		scale[i], shift[i] = 1/(255*t.c.Std[i]), t.c.Mean[i]/t.c.Std[i]
	}
	x := t.cast(frames, typeFloat)
	return t.sub(t.mul(x, t.floats(scale[:], 3)), t.floats(shift[:], 3))
}

// patchWeights is the patch convolution as a matrix [p*p*3,C], rows in the order of the pixels' bytes.
func (t *imageTower) patchWeights() []float32 {
	c, p := t.s.Width, t.s.Patch
	shape := []int{c, 3, p, p}
	if t.r.w.Layout == ViCLIP {
		shape = []int{c, 3, 1, p, p}
	}
	conv := t.r.get("conv1.weight", shape...)
	m := make([]float32, len(conv))
	for o := range c {
		for ch := range 3 {
			for i := range p * p {
				m[(i*3+ch)*c+o] = conv[(o*3+ch)*p*p+i]
			}
		}
	}
	return m
}

// positions is what is added to the patch tokens: the spatial embedding, resized to this grid, and the temporal one.
func (t *imageTower) positions() []float32 {
	c, frames := t.s.Width, t.c.Frames
	spatial := t.r.get("positional_embedding", 1+t.s.Grid*t.s.Grid, c)[c:]
	spatial = resizePositions(spatial, t.s.Grid, t.s.Grid, t.h, t.w, c)
	if !t.r.w.has(visual, "temporal_positional_embedding") {
		return spatial
	}
	temporal := t.r.get("temporal_positional_embedding", 1, t.s.Frames, c)
	out := make([]float32, 0, t.n*frames*c)
	for i := range t.n {
		for f := range frames {
			for k := range c {
				out = append(out, spatial[i*c+k]+temporal[f*c+k])
			}
		}
	}
	return out
}

// block writes block i: the ordinary path for all tokens (for CLS alone in the last block, nothing else is read from there),
// and the GEM path beside it in the last Depth blocks. It returns x after the block; after the last, CLS alone [B,C], unless the
// read-out is that of the final state (depth 0).
func (t *imageTower) block(i int, x value) value {
	b := newBlock(t.graph, t.r, i, t.s.Width, t.c.Heads, t.c.Activation)
	last := i == t.s.Layers-1
	if i == t.s.Layers-t.c.Depth {
		t.entered = t.pick(x)
	}
	if i >= t.s.Layers-3 {
		t.cls = append(t.cls, t.row0(x))
	}
	y := b.norm(x, "ln_1")
	qkv := b.qkv(y)
	parts := t.split(qkv, -1, 3)
	q, k, v := parts[0], parts[1], parts[2]
	scale := invSqrt(t.head)
	alone := last && t.c.Depth > 0 // only CLS goes on
	if alone && !t.c.Debug {
		q = t.slice(q, 0, 1)
	}
	ordinary := t.attention(q, k, v, t.c.Heads, scale)
	if i >= t.s.Layers-t.c.Depth {
		t.layers = append(t.layers, layerOutput{b, t.selfSelf(y, qkv, v, ordinary)})
	}
	if alone {
		ordinary, x = t.row0(ordinary), t.row0(x)
	}
	return b.feedForward(t.add(x, b.outProj(ordinary)))
}

// row0 is the CLS token: [B,N,C] -> [B,C].
func (t *imageTower) row0(x value) value {
	return t.gather(x, t.constant(typeInt64, make([]byte, 8), nil), 1)
}

// patches drops CLS: [B,1+n*T,C] -> [B,n*T,C].
func (t *imageTower) patches(x value) value { return t.slice(x, 1, 1+t.n*t.c.Frames) }

// pick takes the patch tokens of the wanted frames: [B,1+n*T,K] -> [B,n*F,K]. With Debug it takes everything.
func (t *imageTower) pick(x value) value {
	if t.c.Debug {
		return x
	}
	return t.takeTokens(x, 1)
}

// takeTokens takes each clip's patch tokens of the wanted frames, when first tokens stand before the patches: -> [B,n*F,K].
func (t *imageTower) takeTokens(x value, first int) value {
	return t.gatherTokens(x, t.once(fmt.Sprint("wanted tokens after ", first), func() value {
		return t.add(t.positionsFrom(first, t.n, 1), t.unsqueeze(t.want, 1)) // [B,n,F]
	}))
}

// takeFrames takes the same tokens frame by frame: -> [B,F*n,K].
func (t *imageTower) takeFrames(x value) value {
	return t.gatherTokens(x, t.once("wanted frames", func() value {
		return t.add(t.positionsFrom(1, 1, t.n), t.unsqueeze(t.want, 2)) // [B,F,n]
	}))
}

// positionsFrom gives the indices of the first frame's tokens, as a constant of the shape [1,rows,columns].
func (t *imageTower) positionsFrom(first, rows, columns int) value {
	index := make([]int, t.n)
	for i := range index {
		index[i] = first + i*t.c.Frames
	}
	return t.reshape(t.ints(index...), 1, rows, columns)
}

// gatherTokens takes tokens [B,N,K] by each clip's own indices.
func (t *imageTower) gatherTokens(x, indices value) value {
	return t.op("GatherND", []value{x, t.reshape(indices, 0, -1, 1)}, attr{"batch_dims", 1})
}

func (t *imageTower) lastDim(x value) value {
	return t.op("Shape", []value{x}, attr{"start", -1})
}
