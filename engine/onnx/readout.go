package onnx

import "github.com/videogem/videogem/engine/gem"

// readOutInputs are the graph inputs that the read-out needs.
type readOutInputs struct{ text, base, alpha value }

// readOut turns the stack into heat, scores and weights.
//
// Per prompt p and token, the paper's read-out is cos(text_p, proj(ln_post(Σ w_i stack_i))). Layer norm and projection are linear but
// for the division by the standard deviation, so the elements of the stack are projected once, and every prompt with whatever
// weights costs a few small products: a thousand prompts, or a dozen weightings, cost little more than one.
func (t *imageTower) readOut(in readOutInputs) {
	c, d := t.s.Width, t.s.Embed
	proj := t.floats(t.r.get("proj", c, d), c, d)
	final := t.cls[3]
	embed := t.matmul(layerNorm(t.graph, t.r, final, "ln_post", c), proj)
	text := t.transpose(in.text, 0, 2, 1) // [B,D,P]
	weights := t.weights(in, final, proj, text)

	var heat []value
	for i := range t.c.Scopes {
		heat = append(heat, t.unsqueeze(t.maps(t.heat(t.elements(i), weights, text)), 1))
	}
	t.output(OutputHeat, t.concat(1, heat...), "B", len(heat), "P", "F", t.h, t.w)
	score := t.matmul(t.unsqueeze(t.unit(embed), 1), text) // [B,1,P]
	t.output(OutputScore, t.op("Squeeze", []value{score, t.ints(1)}), "B", "P")
	t.output(OutputWeight, t.transpose(weights, 0, 2, 1), "B", "P", gem.Layers)
	t.output(OutputEmbed, embed, "B", d)
	if t.c.Debug {
		t.debugStack()
	}
}

// elements is the stack of one scope: [B,M,C] each.
func (t *imageTower) elements(scope int) []value {
	all := []value{t.entered}
	for _, l := range t.layers {
		all = append(all, l.block.outProj(l.scopes[scope]))
	}
	return all
}

// weights are the layers' per clip and prompt [B,8,P]. To the base of the last three comes
// alpha * softmax over the three of -20 cos(text, CLS of the final state without that layer).
func (t *imageTower) weights(in readOutInputs, final, proj, text value) value {
	var without []value
	for j := range 3 {
		without = append(without, t.unsqueeze(t.sub(final, t.sub(t.cls[j+1], t.cls[j])), 1))
	}
	ablated := t.matmul(layerNorm(t.graph, t.r, t.concat(1, without...), "ln_post", t.s.Width), proj) // [B,3,D]
	if t.c.Debug {
		t.output(OutputAblated, ablated, "B", 3, t.s.Embed)
	}
	share := t.softmax(t.mul(t.matmul(t.unit(ablated), text), t.scalar(-20)), 1) // [B,3,P]
	base := t.transpose(in.base, 0, 2, 1)                                        // [B,8,P]
	last := t.add(t.mul(share, t.unsqueeze(in.alpha, 1)), t.slice(base, gem.Layers-3, gem.Layers))
	return t.concat(1, t.slice(base, 0, gem.Layers-3), last)
}

// heat is the cosine of every token and prompt: E elements [B,M,C], weights [B,8,P], text [B,D,P] -> [B,M,P].
func (t *imageTower) heat(elements []value, weights, text value) value {
	c, d, n := t.s.Width, t.s.Embed, len(elements)
	var apart []value
	for _, e := range elements {
		apart = append(apart, t.unsqueeze(e, 2))
	}
	e := t.concat(2, apart...) // [B,M,E,C]
	e = t.sub(e, t.mean(e, 3, true))
	gram := t.matmul(e, t.transpose(e, 0, 1, 3, 2)) // [B,M,E,E]

	scaled, offset := t.scaledProjection()
	parts := t.matmul(e, scaled) // [B,M,E,D]
	tokens := t.op("Shape", []value{e}, attr{"start", 1}, attr{"end", 2})
	constant := t.op("Expand", []value{offset, t.concat(0, t.batch, tokens, t.ints(1, d))})
	parts = t.concat(2, parts, constant)                         // [B,M,E+1,D]
	gram2 := t.matmul(parts, t.transpose(parts, 0, 1, 3, 2))     // [B,M,E+1,E+1]
	similar := t.matmul(t.reshape(parts, 0, -1, d), text)        // [B,M*(E+1),P]
	shape := t.concat(0, t.ints(0, -1, n+1), t.lastDim(similar)) // apart again
	similar = t.op("Reshape", []value{similar, shape})           // [B,M,E+1,P]

	u := weights
	if depth := n - 1; depth < gem.Layers-1 {
		u = t.slice(weights, 0, 1)
		if depth > 0 {
			u = t.concat(1, u, t.slice(weights, gem.Layers-depth, gem.Layers))
		}
	}
	u = t.unsqueeze(u, 1)                                   // [B,1,E,P]
	variance := t.sum(t.mul(t.matmul(gram, u), u), 2, true) // [B,M,1,P], times C
	std := t.op("Sqrt", []value{t.add(t.mul(variance, t.scalar(1/float32(c))), t.scalar(1e-5))})
	ones := t.add(t.mul(std, t.scalar(0)), t.scalar(1))
	v := t.concat(2, t.div(u, std), ones) // [B,M,E+1,P]
	dot := t.sum(t.mul(similar, v), 2, false)
	length := t.op("Sqrt", []value{t.sum(t.mul(t.matmul(gram2, v), v), 2, false)})
	return t.div(dot, length)
}

// scaledProjection is ln_post's gain and bias put through the projection: [C,D] and [1,1,1,D].
func (t *imageTower) scaledProjection() (scaled, offset value) {
	c, d := t.s.Width, t.s.Embed
	const offsetName = "projected ln_post.bias"
	scaled = t.once("projection times ln_post.weight", func() value {
		gamma, beta := t.r.get("ln_post.weight", c), t.r.get("ln_post.bias", c)
		proj := t.r.get("proj", c, d)
		product, shift := make([]float32, c*d), make([]float32, d)
		for i := range c {
			for j := range d {
				product[i*d+j] = gamma[i] * proj[i*d+j]
				shift[j] += beta[i] * proj[i*d+j]
			}
		}
		t.named[offsetName] = t.floats(shift, 1, 1, 1, d)
		return t.floats(product, c, d)
	})
	return scaled, t.named[offsetName]
}

// maps brings heat [B,M,P] into maps [B,P,F,h,w].
func (t *imageTower) maps(heat value) value {
	if t.c.Debug {
		heat = t.slice(heat, 1, 1+t.n*t.c.Frames)
	}
	heat = t.op("Reshape", []value{heat, t.concat(0, t.batch, t.ints(t.h, t.w, -1), t.lastDim(heat))}) // [B,h,w,F,P]
	return t.transpose(heat, 0, 4, 3, 1, 2)
}

// debugStack gives the first scope's stack out.
func (t *imageTower) debugStack() {
	elements := t.elements(0)
	for i, e := range elements {
		elements[i] = t.unsqueeze(e, 0)
	}
	t.output(OutputStack, t.concat(0, elements...), len(elements), "B", 1+t.n*t.c.Frames, t.s.Width)
}
