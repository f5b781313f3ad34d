package onnx

import "github.com/videogem/videogem/engine/gem"

// runs is what the authors' code does with a clip: it cuts the position-major sequence into T equal runs. The official scopes are
// sums of the same two: the attention within the run, and the mean of v over the tokens outside. Each is worked out once.
type runs struct {
	*imageTower

	qkv, v      value // patch tokens [B,n*T,3C], [B,n*T,C]
	temperature value

	within, outside value // [B,T,n,C], [B,T,1,C]; "" before the first scope that has it
}

// scope gives one official scope's tokens [B,n*T,C].
func (r *runs) scope(s gem.Scope) value {
	shares := map[gem.Scope][2]float32{gem.Official1: {1, 0}, gem.Official2: {0, 1}, gem.Official3: {.5, .5}, gem.Official4: {.25, .75}}[s]
	own, other := shares[0], shares[1]
	frames, c := r.c.Frames, r.s.Width
	var out value
	switch {
	case other == 0:
		out = r.attended()
	case own == 0:
		out = r.expand(r.mean(), r.batch, frames, r.n, c)
	default:
		out = r.add(r.mul(r.attended(), r.scalar(own)), r.mul(r.mean(), r.scalar(other)))
	}
	return r.reshape(out, -1, frames*r.n, c)
}

// attended is the self-self attention within each run.
func (r *runs) attended() value {
	if r.within == "" {
		c := r.s.Width
		groups := r.reshape(r.qkv, -1, r.n, 3*c)
		out := r.selfAttend(groups, r.reshape(r.v, -1, r.n, c), r.repeat(r.temperature, groups))
		r.within = r.reshape(out, -1, r.c.Frames, r.n, c)
	}
	return r.within
}

// mean is the mean of v over the tokens outside each run.
func (r *runs) mean() value {
	if r.outside == "" {
		run := r.sum(r.reshape(r.v, -1, r.c.Frames, r.n, r.s.Width), 2, true)
		r.outside = r.mul(r.sub(r.sum(run, 1, true), run), r.scalar(1/float32((r.c.Frames-1)*r.n)))
	}
	return r.outside
}
