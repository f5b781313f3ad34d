package democam

// rng is SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014). math/rand is not
// used because clips must stay the same for a seed whatever Go version builds them.
type rng struct{ state uint64 }

// newRNG hashes the seed twice, so that neighbouring seeds do not share a stream.
func newRNG(seed uint64) *rng {
	r := &rng{state: seed ^ 0xD1B54A32D192ED03}
	r.state = r.next() ^ 0x8CB92BA72F3D8DD7
	r.state = r.next()
	return r
}

// gamma is added to the state for every number.
const gamma = 0x9E3779B97F4A7C15

// skip leaves n numbers out.
func (r *rng) skip(n uint64) { r.state += n * gamma }

func (r *rng) next() uint64 {
	r.state += gamma
	z := r.state
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9
	z = (z ^ (z >> 27)) * 0x94D049BB133111EB
	return z ^ (z >> 31)
}

// float returns a number in [0, 1).
func (r *rng) float() float64 { return float64(r.next()>>11) / (1 << 53) }

// in returns a number in [a, b), or (b, a] where b < a.
func (r *rng) in(a, b float64) float64 { return a + (b-a)*r.float() }

// below returns an integer in [0, n).
func (r *rng) below(n int) int { return int(r.next() % uint64(n)) }

// chance is true with probability p.
func (r *rng) chance(p float64) bool { return r.float() < p }

// sign returns -1 or 1.
func (r *rng) sign() float64 { return float64(r.below(2)*2 - 1) }

// permutation returns the numbers 0..n-1 in random order.
func (r *rng) permutation(n int) []int {
	p := make([]int, n)
	for i := range p {
		p[i] = i
	}
	for i := range p {
		j := i + r.below(n-i)
		p[i], p[j] = p[j], p[i]
	}
	return p
}
