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
		"begins at the line":           {[]float64{.02, .049, .05, .08}, nil, "--ss"},
		"ends below the line":          {[]float64{.06, .06, .049}, nil, "ss-"},
		"ends when the score falls":    {[]float64{.2, .2, .2, .085}, nil, "sss-"},
		"bears half a fall":            {[]float64{.2, .2, .0925, .2}, nil, "ssss"},
		"ends when the heat falls":     {[]float64{.2, .2, .2}, []float64{.5, .5, .215}, "ss-"},
		"bears half a fall of heat":    {[]float64{.2, .2, .2}, []float64{.5, .5, .23}, "sss"},
		"ends when both fall a little": {[]float64{.2, .2, .13}, []float64{.5, .5, .32}, "ss-"},
		"bears less of both":           {[]float64{.2, .2, .14}, []float64{.5, .5, .37}, "sss"},
		"stays away while it falls":    {[]float64{.2, .2, .08, .075, .07}, nil, "ss---"},
		"comes back when it rises":     {[]float64{.2, .2, .08, .07, .14}, nil, "ss--s"},
		"of a little rise it does not": {[]float64{.06, .06, .049, .055}, nil, "ss--"},
		"comes back from the line":     {[]float64{.06, .06, .049, .06}, nil, "ss-s"},
		"its heat still cold":          {[]float64{.2, .2, .2, .2, .25}, []float64{.5, .5, .2, .2, .2}, "ss---"},
		"comes back with the heat":     {[]float64{.2, .2, .2, .2, .25}, []float64{.5, .5, .2, .2, .4}, "ss--s"},
		"never of what is not there":   {[]float64{-.1, -.2, 0}, []float64{0, -1, 0}, "---"},
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

// TestJudgeForgets: an old top is no measure for long: 3 s later a third of it is left.
func TestJudgeForgets(t *testing.T) {
	var j, soon Judge
	require.True(t, soon.Step(0, Evidence{.3, .5}, .05))
	require.False(t, soon.Step(time.Second, Evidence{.1, .5}, .05), "a third of it, soon after")
	require.True(t, j.Step(0, Evidence{.3, .5}, .05))
	require.True(t, j.Step(12*time.Second, Evidence{.1, .5}, .05), "a third of it, but long after")
	require.True(t, j.Step(12*time.Second, Evidence{.1, .5}, .05), "the same inference again changes nothing")
}

// TestJudgeOfAnotherStream: time that goes back is another stream, and nothing is compared with the old one.
func TestJudgeOfAnotherStream(t *testing.T) {
	var j Judge
	require.True(t, j.Step(time.Minute, Evidence{.3, .9}, .05))
	require.True(t, j.Step(0, Evidence{.06, .2}, .05))
}
