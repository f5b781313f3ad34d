package metric

import "math"

// exactBelow is how many discordant pairs McNemar's chi-squared approximation needs; below, the binomial distribution is summed.
const exactBelow = 25

// Test is the outcome of McNemar's test.
type Test struct {
	OnlyA, OnlyB int     // samples that one run hits and the other misses
	P            float64 // probability of a difference as large or larger, either way, if the runs were equally good
	Exact        bool    // by the binomial distribution; otherwise chi-squared with continuity correction
	Statistic    float64 // chi-squared, one degree of freedom; 0 when exact
}

// McNemar tests whether two runs on the same samples differ (McNemar, Psychometrika 12, 1947; continuity correction by Edwards, 1948;
// exact for fewer than 25 discordant samples).
func McNemar(onlyA, onlyB int) Test {
	t := Test{OnlyA: onlyA, OnlyB: onlyB, P: 1}
	n := onlyA + onlyB
	if n < exactBelow {
		t.Exact = true
		t.P = min(1, 2*binomialTail(min(onlyA, onlyB), n))
		return t
	}
	d := max(math.Abs(float64(onlyA-onlyB))-1, 0)
	t.Statistic = d * d / float64(n)
	t.P = math.Erfc(math.Sqrt(t.Statistic / 2)) // chi-squared of one degree of freedom is a squared normal
	return t
}

// binomialTail is the probability of k heads or fewer in n fair throws.
func binomialTail(k, n int) float64 {
	term, sum := math.Pow(.5, float64(n)), 0.
	for i := 0; i <= k; i++ {
		sum += term
		term *= float64(n-i) / float64(i+1)
	}
	return sum
}
