package metric

import "github.com/videogem/videogem/engine/gem"

// The authors' second metric: heat above MaskLevel is the answer, and it counts as right when its IoU with the boxes is above IoULevel.
const (
	MaskLevel = .4
	IoULevel  = .3
)

// IoU is the intersection over union of the pixels of a normalised map above MaskLevel and the pixels of the boxes together. Here boxes
// are half-open, [x1,x2) x [y1,y2), and cut at the frame. Nothing in either gives 0.
func IoU(heat gem.Map, boxes []Box) float64 {
	inside := rasterise(boxes, heat.W, heat.H)
	both, either := 0, 0
	for i, v := range heat.Data {
		hot := v > MaskLevel
		if hot && inside[i] {
			both++
		}
		if hot || inside[i] {
			either++
		}
	}
	if either == 0 {
		return 0
	}
	return float64(both) / float64(either)
}

// rasterise marks the pixels of half-open boxes.
func rasterise(boxes []Box, w, h int) []bool {
	mask := make([]bool, w*h)
	for _, b := range boxes {
		x1, x2 := max(b[0], 0), min(b[2], w)
		for y := max(b[1], 0); y < min(b[3], h); y++ {
			for x := x1; x < x2; x++ {
				mask[y*w+x] = true
			}
		}
	}
	return mask
}
