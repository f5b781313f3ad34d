package metric

import "math"

// z95 is the two-sided 95 % quantile of the normal distribution.
const z95 = 1.959963984540054

// Wilson is the 95 % score interval of a share of hits in n (Wilson, JASA 22, 1927, formula 2). Without samples it is 0 to 1.
func Wilson(hits, n int) (low, high float64) {
	if n == 0 {
		return 0, 1
	}
	p, m := float64(hits)/float64(n), float64(n)
	spread := z95 * math.Sqrt(p*(1-p)/m+z95*z95/(4*m*m))
	middle, scale := p+z95*z95/(2*m), 1+z95*z95/m
	low, high = (middle-spread)/scale, (middle+spread)/scale
	if hits == 0 { // exactly, which the subtraction above misses by rounding
		low = 0
	}
	if hits == n {
		high = 1
	}
	return low, high
}
