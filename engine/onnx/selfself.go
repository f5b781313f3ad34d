package onnx

import (
	"math"

	"github.com/videogem/videogem/engine/gem"
)

func invSqrt(n int) float32 { return float32(1 / math.Sqrt(float64(n))) }

// selfSelf is the GEM path of one block before its output projection: self-self attention of v, k and q, averaged; in each of the
// scopes. y is ln_1(x) [B,N,C], qkv its projection [B,N,3C], v the last third, ordinary the block's ordinary attention. The results
// hold the tokens that pick takes.
//
// The three attentions run as one with three times the heads: v-v, k-k and q-q do not meet.
func (t *imageTower) selfSelf(y, qkv, v, ordinary value) []value {
	temperature := t.temperature(y)
	var r *runs
	out := make([]value, len(t.c.Scopes))
	for i, scope := range t.c.Scopes {
		switch scope {
		case gem.Frame:
			out[i] = t.withCLS(t.frames(t.pickFrames(qkv), t.pickFrames(v), temperature), ordinary)
		case gem.Official1, gem.Official2, gem.Official3, gem.Official4:
			if r == nil {
				r = &runs{imageTower: t, qkv: t.patches(qkv), v: t.patches(v), temperature: temperature}
			}
			out[i] = r.scope(scope)
			if !t.c.Debug {
				out[i] = t.takeTokens(out[i], 0)
			}
			out[i] = t.withCLS(out[i], ordinary)
		default:
			s := t.iterate(qkv, 3*t.c.Heads, temperature)
			out[i] = t.average(t.attention(t.pick(s), s, t.concat(2, v, v, v), 3*t.c.Heads, 1))
		}
	}
	return out
}

// withCLS puts the ordinary path's CLS before patch tokens when the whole stack is wanted: these scopes leave CLS out.
func (t *imageTower) withCLS(patches, ordinary value) value {
	if !t.c.Debug {
		return patches
	}
	return t.concat(1, t.slice(ordinary, 0, 1), patches)
}

// temperature is the square root of the inverse temperature [B,1,1]: the mean over all tokens of ||ln_1(x)||, times
// 1/sqrt(head). Each factor of a dot product gets one root.
func (t *imageTower) temperature(y value) value {
	if t.c.Temperature > 0 {
		return t.scalar(float32(math.Sqrt(float64(t.c.Temperature))))
	}
	m := t.mean(t.norm(y, 2, true), 1, true)
	return t.op("Sqrt", []value{t.mul(m, t.scalar(invSqrt(t.head)))})
}

// iterate normalises per head and lets the tokens attend to themselves, Iterations times; the result is normalised again and
// both times scaled by the root of the inverse temperature. x is [B,M,heads*d].
func (t *imageTower) iterate(x value, heads int, temperature value) value {
	x = t.unitHeads(x, heads, temperature)
	for range t.c.Iterations {
		x = t.unitHeads(t.attention(x, x, x, heads, 1), heads, temperature)
	}
	return x
}

// unitHeads L2-normalises each head's part and scales it. An RMS norm does it in one operator: x/rms(x) = sqrt(d)*x/||x||.
func (t *imageTower) unitHeads(x value, heads int, temperature value) value {
	scale := make([]float32, t.head)
	for i := range scale {
		scale[i] = invSqrt(t.head)
	}
	u := t.op("Reshape", []value{x, t.ints(0, 0, heads, t.head)})
	u = t.op("SimplifiedLayerNormalization", []value{u, t.floats(scale, t.head)}, attr{"axis", -1}, attr{"epsilon", float32(1e-20)})
	return t.mul(t.op("Reshape", []value{u, t.ints(0, 0, heads*t.head)}), temperature)
}

// average is the mean of the three attentions: [B,M,3C] -> [B,M,C].
func (t *imageTower) average(x value) value {
	return t.mean(t.op("Reshape", []value{x, t.ints(0, 0, 3, t.s.Width)}), 2, false)
}

// pickFrames drops CLS and regroups by frame, wanted frames only: [B,1+n*T,K] -> [B*F,n,K]. With Debug all frames.
func (t *imageTower) pickFrames(x value) value {
	last := t.lastDim(x)
	if t.c.Debug {
		x = t.op("Reshape", []value{t.patches(x), t.concat(0, t.batch, t.ints(t.n, t.c.Frames, -1))})
		x = t.transpose(x, 0, 2, 1, 3)
	} else {
		x = t.takeFrames(x)
	}
	return t.op("Reshape", []value{x, t.concat(0, t.ints(-1, t.n), last)})
}

// frames is self-self attention among the tokens of each frame: q k v [B*F,n,3C], v [B*F,n,C] -> [B,n*F,C].
func (t *imageTower) frames(qkv, v, temperature value) value {
	out := t.selfAttend(qkv, v, t.repeat(temperature, qkv))
	out = t.op("Reshape", []value{out, t.concat(0, t.batch, t.ints(-1, t.n, t.s.Width))})
	out = t.transpose(out, 0, 2, 1, 3) // [B,n,F,C]
	return t.op("Reshape", []value{out, t.concat(0, t.batch, t.ints(-1, t.s.Width))})
}

// selfAttend is the whole self-self attention over all tokens of each group.
func (t *imageTower) selfAttend(qkv, v, temperature value) value {
	s := t.iterate(qkv, 3*t.c.Heads, temperature)
	return t.average(t.attention(s, s, t.concat(2, v, v, v), 3*t.c.Heads, 1))
}

// repeat gives each group of a clip (frames, runs) that clip's temperature: [B,1,1] -> [B*G,1,1] for x [B*G,...].
func (t *imageTower) repeat(temperature, x value) value {
	if t.c.Temperature > 0 {
		return temperature
	}
	groups := t.div(t.graph.batch(x), t.batch)
	wide := t.op("Expand", []value{temperature, t.concat(0, t.batch, groups, t.ints(1))})
	return t.reshape(wide, -1, 1, 1)
}
