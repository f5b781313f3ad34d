package onnx

import (
	"fmt"
	"strings"
)

// block writes the parts of a transformer block (pre-norm, as CLIP has them).
type block struct {
	g      *graph
	r      *reader
	prefix string
	width  int
	heads  int
	act    Activation
}

func newBlock(g *graph, r *reader, layer, width, heads int, act Activation) block {
	return block{g: g, r: r, prefix: fmt.Sprintf("transformer.resblocks.%d.", layer), width: width, heads: heads, act: act}
}

// linear is x Wᵀ + b with PyTorch's weight [out,in], in the graph's precision.
func (b block) linear(x value, name string, in, out int, biasName string) value {
	g, key := b.g, b.prefix+name
	bias := g.once(b.prefix+biasName, func() value { return g.floats(b.r.get(b.prefix+biasName, out), out) })
	switch {
	case g.precision == FP32:
		w := g.once(key, func() value { return g.floats(transposed(b.r.get(key, out, in), out, in), in, out) })
		return g.add(g.matmul(x, w), bias)
	case g.precision == INT8 && b.r.side == visual && strings.HasPrefix(name, "mlp."):
		w, scales := b.quantised(key, out, in)
		return g.op("DynamicQuantizeMatMul", []value{x, w, scales, "", bias})
	default:
		w := g.once(key, func() value { return g.halves(transposed(b.r.get(key, out, in), out, in), in, out) })
		if g.half {
			return g.add(g.cast(g.matmul(g.cast(x, typeHalf), w), typeFloat), bias)
		}
		return g.add(g.matmul(x, g.cast(w, typeFloat)), bias)
	}
}

// quantised is a weight as bytes [in,out] with its scales [out].
func (b block) quantised(key string, out, in int) (w, scales value) {
	w = b.g.once(key, func() value {
		bytes, s := quantise(b.r.get(key, out, in), out, in)
		b.g.named[key+" scales"] = b.g.floats(s, out)
		return b.g.constant(typeInt8, bytes, []int{in, out})
	})
	return w, b.g.named[key+" scales"]
}

func (b block) norm(x value, name string) value {
	return layerNorm(b.g, b.r, x, b.prefix+name, b.width)
}

// layerNorm is PyTorch's LayerNorm over the last axis, eps 1e-5.
func layerNorm(g *graph, r *reader, x value, name string, width int) value {
	return g.op("LayerNormalization", []value{x, g.floats(r.get(name+".weight", width), width), g.floats(r.get(name+".bias", width), width)},
		attr{"axis", -1}, attr{"epsilon", float32(1e-5)})
}

// qkv is the joint projection: [B,N,C] -> [B,N,3C], q, k and v one after the other.
func (b block) qkv(y value) value {
	return b.linear(y, "attn.in_proj_weight", b.width, 3*b.width, "attn.in_proj_bias")
}

// outProj is the attention's output projection.
func (b block) outProj(x value) value {
	return b.linear(x, "attn.out_proj.weight", b.width, b.width, "attn.out_proj.bias")
}

// feedForward is x + mlp(ln_2(x)).
func (b block) feedForward(x value) value {
	hidden := 4 * b.width
	if s, err := b.r.w.shape(b.r.side, b.prefix+"mlp.c_fc.weight"); err == nil && len(s) == 2 {
		hidden = s[0]
	}
	h := b.linear(b.norm(x, "ln_2"), "mlp.c_fc.weight", b.width, hidden, "mlp.c_fc.bias")
	if b.act == QuickGELU {
		h = b.g.op("QuickGelu", []value{h}, attr{"alpha", float32(1.702)})
	} else {
		h = b.g.op("Gelu", []value{h})
	}
	return b.g.add(x, b.linear(h, "mlp.c_proj.weight", hidden, b.width, "mlp.c_proj.bias"))
}
