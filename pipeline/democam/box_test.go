package democam

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The rule is that of the demo model's training.
func TestUnionWithObject(t *testing.T) {
	person := Box{.4, .2, .5, .8} // .6 tall: objects up to .18 away belong to it
	for name, ca := range map[string]struct{ object, want Box }{
		"no object":      {Box{}, person},
		"in the hands":   {Box{.45, .4, .55, .5}, Box{.4, .2, .55, .8}},
		"near":           {Box{.6, .7, .65, .8}, Box{.4, .2, .65, .8}},
		"flown off":      {Box{.7, .7, .75, .8}, person},
		"far above":      {Box{.4, 0, .5, .01}, person},
		"just above":     {Box{.4, 0, .5, .05}, Box{.4, 0, .5, .8}},
		"left, near":     {Box{.2, .3, .25, .4}, Box{.2, .2, .5, .8}},
		"left, far":      {Box{.1, .3, .15, .4}, person},
		"out of the way": {Box{1, .3, 1, .4}, person},
	} {
		t.Run(name, func(t *testing.T) {
			truth := Truth{Actors: []ActorTruth{{Person: person, ObjectBox: ca.object}}}
			require.Equal(t, ca.want, truth.Union(0))
		})
	}
	flat := Box{.4, .79, .6, .8} // something very flat counts as .1 tall
	require.Equal(t, Box{.4, .79, .65, .8}, flat.withObject(Box{.62, .79, .65, .8}))
	require.Equal(t, flat, flat.withObject(Box{.64, .79, .65, .8}))
}

func TestBox(t *testing.T) {
	b := Box{.1, .2, .3, .4}
	require.True(t, b.Contains(.1, .4))
	require.False(t, b.Contains(.1, .5))
	require.False(t, b.Contains(.31, .3))
	require.False(t, b.Empty())
	require.True(t, Box{}.Empty())
	require.True(t, Box{.1, .2, .3, .2}.Empty())

	whole := bounds{.5, .5, 1, 1}
	require.Equal(t, Box{.25, .5, .5, 1}, whole.inFrame(2))
	require.InDelta(t, 1, whole.visible(2), 1e-12)
	require.InDelta(t, .25, bounds{-.5, .5, .5, 1.5}.visible(2), 1e-12)
	require.Zero(t, bounds{3, 0, 4, 1}.visible(2))
	require.Zero(t, nothing().visible(2))
}
