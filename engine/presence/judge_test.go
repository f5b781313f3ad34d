package presence

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const every = 200 * time.Millisecond

// TestJudge steps through scores and peaks, five a second, with a line at .05.
func TestJudge(t *testing.T) {
	for name, ca := range map[string]struct {
		scores, peaks []float64
		want          string // a letter a step: s seen, - not
	}{
		"begins at the line":          {[]float64{.02, .049, .05, .08}, nil, "--ss"},
		"ends below the line":         {[]float64{.06, .06, .049}, nil, "ss-"},
		"ends when the score falls":   {[]float64{.1, .1, .1, .07}, nil, "sss-"},
		"bears a small fall":          {[]float64{.1, .1, .08, .1}, nil, "ssss"},
		"ends when the heat falls":    {[]float64{.1, .1, .1}, []float64{.5, .5, .2}, "ss-"},
		"stays away while it falls":   {[]float64{.1, .1, .07, .065, .06}, nil, "ss---"},
		"comes back when it rises":    {[]float64{.1, .1, .07, .06, .08}, nil, "ss--s"},
		"comes back, heat still cold": {[]float64{.1, .1, .1, .1, .1}, []float64{.5, .5, .2, .2, .2}, "ss---"},
		"comes back with the heat":    {[]float64{.1, .1, .1, .1, .11}, []float64{.5, .5, .2, .2, .4}, "ss--s"},
		"never of what is not there":  {[]float64{-.1, -.2, 0}, []float64{0, -1, 0}, "---"},
	} {
		t.Run(name, func(t *testing.T) {
			var j Judge
			got := ""
			for i, s := range ca.scores {
				e := Evidence{Score: s, Peak: .5}
				if ca.peaks != nil {
					e.Peak = ca.peaks[i]
				}
				got += map[bool]string{true: "s", false: "-"}[j.Step(time.Duration(i)*every, e, .05)]
			}
			require.Equal(t, ca.want, got)
		})
	}
}

// TestJudgeForgets: an old top is no measure for long: 4 s later a third of it is left.
func TestJudgeForgets(t *testing.T) {
	var j Judge
	require.True(t, j.Step(0, Evidence{.3, .5}, .05))
	require.True(t, j.Step(12*time.Second, Evidence{.2, .5}, .05), "a third lower, but long after")
	require.True(t, j.Step(12*time.Second, Evidence{.2, .5}, .05), "the same inference again changes nothing")
}

// TestJudgeOfAnotherStream: time that goes back is another stream, and nothing is compared with the old one.
func TestJudgeOfAnotherStream(t *testing.T) {
	var j Judge
	require.True(t, j.Step(time.Minute, Evidence{.3, .9}, .05))
	require.True(t, j.Step(0, Evidence{.06, .2}, .05))
}
