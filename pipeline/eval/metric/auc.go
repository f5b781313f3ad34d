package metric

import (
	"math"
	"slices"
)

// AUC is the area under the ROC curve: the chance that one of the scores where the truth is true is higher than one where it is not, equal
// scores counting half (Mann and Whitney, 1947). It is NaN where all or none are true.
func AUC(scores []float32, truth []bool) float64 {
	order := make([]int, len(scores))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		switch {
		case scores[a] < scores[b]:
			return -1
		case scores[a] > scores[b]:
			return 1
		}
		return 0
	})
	var below, wins, yes float64 // below: false ones with lower scores
	for i := 0; i < len(order); {
		var here, hereYes float64 // with the same score
		for ; i < len(order) && scores[order[i]] == scores[order[i-int(here)]]; i++ {
			here++
			if truth[order[i]] {
				hereYes++
			}
		}
		wins += hereYes * (below + (here-hereYes)/2)
		yes += hereYes
		below += here - hereYes
	}
	if yes == 0 || below == 0 {
		return math.NaN()
	}
	return wins / (yes * below)
}

// Quantile is the least of the scores that at least a share of them lie at or below. It is NaN without scores.
func Quantile(scores []float32, share float64) float64 {
	if len(scores) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(scores))
	return float64(sorted[max(0, int(math.Ceil(share*float64(len(sorted))))-1)])
}
