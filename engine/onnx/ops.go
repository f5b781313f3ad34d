package onnx

// The shorthands below keep the towers readable: each is one ONNX operator, or the few that PyTorch's namesake stands for.

func (g *graph) add(a, b value) value { return g.op("Add", []value{a, b}) }
func (g *graph) sub(a, b value) value { return g.op("Sub", []value{a, b}) }
func (g *graph) mul(a, b value) value { return g.op("Mul", []value{a, b}) }
func (g *graph) div(a, b value) value { return g.op("Div", []value{a, b}) }

func (g *graph) matmul(a, b value) value { return g.op("MatMul", []value{a, b}) }

func (g *graph) reshape(x value, shape ...int) value {
	return g.op("Reshape", []value{x, g.ints(shape...)})
}

func (g *graph) transpose(x value, perm ...int) value {
	return g.op("Transpose", []value{x}, attr{"perm", perm})
}

func (g *graph) concat(axis int, xs ...value) value {
	return g.op("Concat", xs, attr{"axis", axis})
}

// slice is x[:, from:to].
func (g *graph) slice(x value, from, to int) value {
	return g.op("Slice", []value{x, g.ints(from), g.ints(to), g.ints(1)})
}

func (g *graph) gather(x, indices value, axis int) value {
	return g.op("Gather", []value{x, indices}, attr{"axis", axis})
}

func (g *graph) split(x value, axis, n int) []value {
	return g.ops("Split", n, []value{x}, attr{"axis", axis}, attr{"num_outputs", n})
}

func (g *graph) unsqueeze(x value, axis int) value {
	return g.op("Unsqueeze", []value{x, g.ints(axis)})
}

func (g *graph) sum(x value, axis int, keep bool) value {
	return g.op("ReduceSum", []value{x, g.ints(axis)}, attr{"keepdims", boolInt(keep)})
}

func (g *graph) mean(x value, axis int, keep bool) value {
	return g.op("ReduceMean", []value{x, g.ints(axis)}, attr{"keepdims", boolInt(keep)})
}

// norm is the L2 norm along an axis.
func (g *graph) norm(x value, axis int, keep bool) value {
	return g.op("ReduceL2", []value{x, g.ints(axis)}, attr{"keepdims", boolInt(keep)})
}

// unit divides by the L2 norm along the last axis.
func (g *graph) unit(x value) value { return g.div(x, g.norm(x, -1, true)) }

func (g *graph) softmax(x value, axis int) value {
	return g.op("Softmax", []value{x}, attr{"axis", axis})
}

// attention is softmax(q kᵀ * scale) v over heads; q [B,M,heads*d], k and v [B,N,heads*d] -> [B,M,heads*d].
func (g *graph) attention(q, k, v value, heads int, scale float32) value {
	if g.half {
		q, k, v = g.cast(q, typeHalf), g.cast(k, typeHalf), g.cast(v, typeHalf)
	}
	out := g.op("MultiHeadAttention", []value{q, k, v}, attr{"num_heads", heads}, attr{"scale", scale})
	if g.half {
		out = g.cast(out, typeFloat)
	}
	return out
}

// cast changes the element type.
func (g *graph) cast(x value, kind int) value { return g.op("Cast", []value{x}, attr{"to", kind}) }

// batch is the size of x's first dimension, as a one-element shape.
func (g *graph) batch(x value) value {
	return g.op("Shape", []value{x}, attr{"start", 0}, attr{"end", 1})
}

// expand repeats x to the shape [batch, rest...].
func (g *graph) expand(x, batch value, rest ...int) value {
	return g.op("Expand", []value{x, g.concat(0, batch, g.ints(rest...))})
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
