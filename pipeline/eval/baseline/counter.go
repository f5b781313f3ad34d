package baseline

import "github.com/videogem/videogem/pipeline/eval/metric"

// counter counts for every pixel how many samples it hits, by the differences that boxes make at their corners: a box costs four
// additions whatever its size.
type counter struct {
	w, h        int
	differences []int // [h+1, w+1]
}

func newCounter(w, h int) *counter { return &counter{w, h, make([]int, (w+1)*(h+1))} }

// add counts a sample: pixels in any of its boxes, edges included, once.
func (c *counter) add(boxes []metric.Box) {
	if len(boxes) == 1 {
		c.rectangle(boxes[0])
		return
	}
	for y := range c.h { // several boxes may overlap: pixel by pixel
		for x := range c.w {
			if metric.Hit(metric.Point{X: float64(x), Y: float64(y)}, boxes) {
				c.rectangle(metric.Box{x, y, x, y})
			}
		}
	}
}

// rectangle adds one to all pixels of a box, cut at the frame.
func (c *counter) rectangle(b metric.Box) {
	x1, y1, x2, y2 := max(b[0], 0), max(b[1], 0), min(b[2], c.w-1), min(b[3], c.h-1)
	if x2 < x1 || y2 < y1 {
		return
	}
	row := c.w + 1
	c.differences[y1*row+x1]++
	c.differences[y1*row+x2+1]--
	c.differences[(y2+1)*row+x1]--
	c.differences[(y2+1)*row+x2+1]++
}

// sum gives the counts [h, w].
func (c *counter) sum() []int {
	row := c.w + 1
	counts := make([]int, c.w*c.h)
	above := make([]int, row)
	for y := range c.h {
		run := 0
		for x := range c.w {
			run += c.differences[y*row+x]
			above[x] += run
			counts[y*c.w+x] = above[x]
		}
	}
	return counts
}
