package democam

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestShuffledOrder(t *testing.T) {
	ends := map[[2]int]bool{}
	moved := 0
	for seed := range uint64(200) {
		order := ShuffledOrder(seed, 8, 4)
		require.Equal(t, 4, order[4], "the key frame stays")
		require.Equal(t, order, ShuffledOrder(seed, 8, 4), "it follows from the seed")
		for i, at := range order {
			if at != i {
				moved++
			}
		}
		ends[[2]int{order[0], order[7]}] = true
		slices.Sort(order)
		require.Equal(t, []int{0, 1, 2, 3, 4, 5, 6, 7}, order, "every frame once")
	}
	require.InDelta(t, 6*200, moved, 60, "of seven frames one stays where it was, on average")
	require.Len(t, ends, 7*6, "all come to stand anywhere")
	require.Equal(t, []int{0}, ShuffledOrder(1, 1, 0))
}
