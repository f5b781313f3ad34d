package onnx

import "github.com/videogem/videogem/engine/gem"

// readOutInputs are the graph inputs that the read-out needs.
type readOutInputs struct{ text, base, alpha value }

// readOut turns the stack into heat, scores and weights.
//
// Per prompt p and token, the paper's read-out is cos(text_p, proj(ln_post(Σ w_i stack_i))), where only the last three weights
// depend on p. Layer norm and projection are linear but for the division by the standard deviation, so the four tensors
// (prompt-independent sum, and the last three) are projected once and every prompt costs a few small products: a thousand
// prompts cost little more than one.
func (t *imageTower) readOut(in readOutInputs) {
	c, d := t.s.Width, t.s.Embed
	proj := t.floats(t.r.get("proj", c, d), c, d)
	final := t.cls[3]
	embed := t.matmul(layerNorm(t.graph, t.r, final, "ln_post", c), proj)
	text := t.transpose(in.text, 1, 0) // [D,P]
	last := t.dynamic(in, final, proj, text)

	steps := t.split(in.base, 0, gem.Layers)
	first := t.mul(t.stack[0].x, steps[0])
	own := min(3, t.c.Depth) // layers whose weights depend on the prompt
	layers := t.stack[1:]
	for i, l := range layers[:len(layers)-own] {
		first = t.add(first, t.mul(l.block.outProj(l.x), steps[gem.Layers-len(layers)+i]))
	}
	elements := []value{first}
	for _, l := range layers[len(layers)-own:] {
		elements = append(elements, l.block.outProj(l.x))
	}
	t.outputs(embed, text, last, in.base, t.heat(elements, last, text))
	if t.c.Debug {
		t.debugOutputs()
	}
}

// dynamic gives the weights of the last three layers per clip and prompt [B,3,P]:
// base + alpha * softmax over the three of -20 cos(text, CLS of the final state without that layer).
func (t *imageTower) dynamic(in readOutInputs, final, proj, text value) value {
	var without []value
	for j := range 3 {
		without = append(without, t.unsqueeze(t.sub(final, t.sub(t.cls[j+1], t.cls[j])), 1))
	}
	ablated := t.matmul(layerNorm(t.graph, t.r, t.concat(1, without...), "ln_post", t.s.Width), proj) // [B,3,D]
	if t.c.Debug {
		t.output(OutputAblated, ablated, "B", 3, t.s.Embed)
	}
	share := t.softmax(t.mul(t.matmul(t.unit(ablated), text), t.scalar(-20)), 1)
	base := t.reshape(t.slice(in.base, 0, gem.Layers-3, gem.Layers), 1, 3, 1)
	return t.add(t.mul(share, in.alpha), base)
}

// heat is the cosine of every token and prompt: elements are the prompt-independent sum and up to three layers [B,M,C], last
// [B,3,P], text [D,P] -> [B,M,P].
func (t *imageTower) heat(elements []value, last, text value) value {
	c, d := t.s.Width, t.s.Embed
	var apart []value
	for _, e := range elements {
		apart = append(apart, t.unsqueeze(e, 2))
	}
	e := t.concat(2, apart...) // [B,M,4,C]
	e = t.sub(e, t.mean(e, 3, true))
	gram := t.matmul(e, t.transpose(e, 0, 1, 3, 2)) // [B,M,4,4]

	gamma, beta := t.r.get("ln_post.weight", c), t.r.get("ln_post.bias", c)
	proj := t.r.get("proj", c, d)
	scaled, offset := make([]float32, c*d), make([]float32, d)
	for i := range c {
		for j := range d {
			scaled[i*d+j] = gamma[i] * proj[i*d+j]
			offset[j] += beta[i] * proj[i*d+j]
		}
	}
	parts := t.matmul(e, t.floats(scaled, c, d)) // [B,M,4,D]
	tokens := t.op("Shape", []value{e}, attr{"start", 1}, attr{"end", 2})
	constant := t.op("Expand", []value{t.floats(offset, 1, 1, 1, d), t.concat(0, t.batch, tokens, t.ints(1, d))})
	parts = t.concat(2, parts, constant)                                  // [B,M,5,D]
	parts2 := t.matmul(parts, t.transpose(parts, 0, 1, 3, 2))             // [B,M,5,5]
	similar := t.matmul(parts, text)                                      // [B,M,5,P]
	one := t.add(t.mul(t.slice(last, 1, 0, 1), t.scalar(0)), t.scalar(1)) // [B,1,P]
	u := one
	if own := len(elements) - 1; own > 0 {
		u = t.concat(1, one, t.slice(last, 1, 3-own, 3))
	}
	u = t.unsqueeze(u, 1)                                   // [B,1,4,P]
	variance := t.sum(t.mul(t.matmul(gram, u), u), 2, true) // [B,M,1,P], times C
	std := t.op("Sqrt", []value{t.add(t.mul(variance, t.scalar(1/float32(c))), t.scalar(1e-5))})
	ones := t.add(t.mul(std, t.scalar(0)), t.scalar(1))
	v := t.concat(2, t.div(u, std), ones) // [B,M,5,P]
	dot := t.sum(t.mul(similar, v), 2, false)
	length := t.op("Sqrt", []value{t.sum(t.mul(t.matmul(parts2, v), v), 2, false)})
	return t.div(dot, length)
}

// outputs names what the graph gives out.
func (t *imageTower) outputs(embed, text, last, base, heat value) {
	if t.c.Debug {
		heat = t.slice(heat, 1, 1, 1+t.n*t.c.Frames)
	}
	heat = t.op("Reshape", []value{heat, t.concat(0, t.batch, t.ints(t.h, t.w, -1), t.lastDim(heat))}) // [B,h,w,F,P]
	t.output(OutputHeat, t.transpose(heat, 0, 4, 3, 1, 2), "B", "P", "F", t.h, t.w)
	t.output(OutputScore, t.matmul(t.unit(embed), text), "B", "P")
	per := t.transpose(last, 0, 2, 1) // [B,P,3]
	prompts := t.op("Shape", []value{per}, attr{"start", 1}, attr{"end", 2})
	fixed := t.reshape(t.slice(base, 0, 0, gem.Layers-3), 1, 1, gem.Layers-3)
	fixed = t.op("Expand", []value{fixed, t.concat(0, t.batch, prompts, t.ints(gem.Layers-3))})
	t.output(OutputWeight, t.concat(2, fixed, per), "B", "P", gem.Layers)
	t.output(OutputEmbed, embed, "B", t.s.Embed)
}

// debugOutputs gives the stack out.
func (t *imageTower) debugOutputs() {
	var all []value
	for _, l := range t.stack {
		x := l.x
		if l.block != nil {
			x = l.block.outProj(x)
		}
		all = append(all, t.unsqueeze(x, 0))
	}
	t.output(OutputStack, t.concat(0, all...), t.c.Depth+1, "B", 1+t.n*t.c.Frames, t.s.Width)
}
