package democam

import "slices"

// ShuffledOrder returns an order for a clip's frames that follows from a seed: frame key keeps its place, the others are put in an order
// drawn evenly. What is told by the course of a movement is gone then; poses, and how much the frames differ, stay.
func ShuffledOrder(seed uint64, frames, key int) []int {
	order := newRNG(seed ^ 0x0DDE12).permutation(frames - 1)
	for i, at := range order {
		if at >= key {
			order[i]++
		}
	}
	return slices.Insert(order, key, key)
}
