package metric

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAUC(t *testing.T) {
	yes, no := true, false
	for name, ca := range map[string]struct {
		scores []float32
		truth  []bool
		want   float64
	}{
		"all right":   {[]float32{.1, .2, .3, .4}, []bool{no, no, yes, yes}, 1},
		"all wrong":   {[]float32{.4, .3, .2, .1}, []bool{no, no, yes, yes}, 0},
		"one swapped": {[]float32{.1, .3, .2, .4}, []bool{no, no, yes, yes}, .75},
		"equal":       {[]float32{1, 1, 1}, []bool{no, yes, no}, .5},
		"some equal":  {[]float32{0, 1, 1, 2}, []bool{no, no, yes, yes}, .875},
	} {
		t.Run(name, func(t *testing.T) { require.InDelta(t, ca.want, AUC(ca.scores, ca.truth), 1e-12) })
	}
	require.True(t, math.IsNaN(AUC([]float32{1, 2}, []bool{yes, yes})))
	require.True(t, math.IsNaN(AUC([]float32{1, 2}, []bool{no, no})))
	require.True(t, math.IsNaN(AUC(nil, nil)))
}

// TestAUCOfPairs compares with counting all pairs.
func TestAUCOfPairs(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		scores, truth := make([]float32, 40), make([]bool, 40)
		for i := range scores {
			scores[i], truth[i] = float32(r.IntN(12)), r.IntN(3) == 0
		}
		var wins, pairs float64
		for i := range scores {
			for k := range scores {
				if !truth[i] || truth[k] {
					continue
				}
				pairs++
				switch {
				case scores[i] > scores[k]:
					wins++
				case scores[i] == scores[k]:
					wins += .5
				}
			}
		}
		require.InDelta(t, wins/pairs, AUC(scores, truth), 1e-12)
	}
}

func TestQuantile(t *testing.T) {
	scores := []float32{5, 1, 4, 2, 3}
	for share, want := range map[float64]float64{0: 1, .2: 1, .21: 2, .6: 3, .99: 5, 1: 5} {
		require.InDelta(t, want, Quantile(scores, share), 0, "%g", share)
	}
	require.True(t, math.IsNaN(Quantile(nil, .5)))
}
