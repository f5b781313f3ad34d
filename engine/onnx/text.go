package onnx

import (
	"fmt"
	"math"
)

// The text model's input and output.
const (
	InputTokens = "tokens"    // int64 [P,context]
	OutputText  = "embedding" // float32 [P,D], L2-normalised
)

// TextConfig says what text tower to build.
type TextConfig struct {
	Heads        int
	Activation   Activation
	Precision    Precision // "" is FP32
	HalfProducts bool      // with FP16: half-float products, for devices that have them
}

// Text builds the text tower: causal attention, the state at the end-of-text token, projection, L2 norm. Source: OpenAI's CLIP,
// section 2.4 of "Learning Transferable Visual Models From Natural Language Supervision".
// Large weights go to e, or into the model's bytes when e is nil. Errors wrap ErrConfig or ErrTensor.
func Text(w *Weights, c TextConfig, e *External) ([]byte, error) {
	s, err := w.Sizes()
	if err != nil {
		return nil, err
	}
	if c.Heads < 1 || s.TextWidth%c.Heads != 0 {
		return nil, fmt.Errorf("%w: %d text heads do not divide the width %d", ErrConfig, c.Heads, s.TextWidth)
	}
	p, err := ParsePrecision(string(c.Precision))
	if err != nil {
		return nil, err
	}
	g, r := newGraph(p, c.HalfProducts && p == FP16, e), &reader{w: w, side: text}
	tokens := g.input(InputTokens, typeInt64, "P", s.Text)
	x := g.look(g.table(r, "token_embedding.weight", s.Vocab, s.TextWidth), tokens)
	x = g.add(x, g.floats(r.get("positional_embedding", s.Text, s.TextWidth), s.Text, s.TextWidth))
	mask := g.floats(causalMask(s.Text), s.Text, s.Text)
	for i := range s.TextLayers {
		b := newBlock(g, r, i, s.TextWidth, c.Heads, c.Activation)
		x = b.feedForward(g.add(x, b.outProj(maskedAttention(g, b.qkv(b.norm(x, "ln_1")), mask, s.Text, s.TextWidth, c.Heads))))
	}
	x = layerNorm(g, r, x, "ln_final", s.TextWidth)
	// The end-of-text id is the largest of the vocabulary: its first place is the argmax.
	end := g.op("ArgMax", []value{tokens}, attr{"axis", 1}, attr{"keepdims", 1})
	x = g.op("GatherND", []value{x, end}, attr{"batch_dims", 1}) // [P,C]
	x = g.matmul(x, g.floats(r.get("text_projection", s.TextWidth, s.Embed), s.TextWidth, s.Embed))
	g.output(OutputText, g.unit(x), "P", s.Embed)
	if r.err != nil {
		return nil, r.err
	}
	return g.model()
}

// maskedAttention is attention over heads with an additive mask, qkv [P,N,3C] -> [P,N,C].
func maskedAttention(g *graph, qkv, mask value, n, width, heads int) value {
	d := width / heads
	x := g.transpose(g.reshape(qkv, -1, n, 3, heads, d), 2, 0, 3, 1, 4) // [3,P,heads,N,d]
	parts := g.split(x, 0, 3)
	for i := range parts {
		parts[i] = g.op("Squeeze", []value{parts[i], g.ints(0)})
	}
	scores := g.mul(g.matmul(parts[0], g.transpose(parts[1], 0, 1, 3, 2)), g.scalar(invSqrt(d)))
	out := g.matmul(g.softmax(g.add(scores, mask), -1), parts[2])
	return g.reshape(g.transpose(out, 0, 2, 1, 3), -1, n, width)
}

// causalMask is minus infinity above the diagonal.
func causalMask(n int) []float32 {
	m := make([]float32, n*n)
	for y := range n {
		for x := y + 1; x < n; x++ {
			m[y*n+x] = float32(math.Inf(-1))
		}
	}
	return m
}
