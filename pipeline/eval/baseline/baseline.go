// Package baseline works out what knows nothing of the pictures would score on the same samples: the least that a result must beat.
package baseline

import "github.com/videogem/videogem/pipeline/eval/metric"

// Target is one sample's answer.
type Target struct {
	Boxes []metric.Box
	Scene int // samples with the same number ask about the same picture
}

// Baselines are the shares of hits of blind answers.
type Baselines struct {
	N      int     `json:"n"`
	Width  int     `json:"width"` // of the frame, the model's pixels
	Height int     `json:"height"`
	Centre float64 `json:"centre"` // always the middle of the frame: (width/2, height/2), whole pixels
	Random float64 `json:"random"` // a pixel drawn evenly: its expected score, exactly

	// Constant is the one pixel that hits most, chosen with all answers known; the first in raster order among equals.
	Constant      float64 `json:"constant"`
	ConstantPoint [2]int  `json:"constant_point"`

	// Neighbour points to the middle of a box of any sample of the same picture, drawn evenly: what finding people without telling who
	// does what scores. It is nil when no picture has two samples.
	Neighbour *float64 `json:"neighbour,omitempty"`
}

// Of works the baselines out.
func Of(targets []Target, width, height int) Baselines {
	b := Baselines{N: len(targets), Width: width, Height: height}
	if b.N == 0 {
		return b
	}
	hits := newCounter(width, height)
	for _, t := range targets {
		hits.add(t.Boxes)
	}
	counts := hits.sum()
	n := float64(b.N)
	total, best := 0, 0
	for i, c := range counts {
		total += c
		if c > counts[best] {
			best = i
		}
	}
	b.Centre = float64(counts[height/2*width+width/2]) / n
	b.Random = float64(total) / n / float64(width*height)
	b.Constant, b.ConstantPoint = float64(counts[best])/n, [2]int{best % width, best / width}
	b.Neighbour = neighbour(targets)
	return b
}

// neighbour is the expected score of pointing to the middle of an evenly drawn sample's first box in the same scene.
func neighbour(targets []Target) *float64 {
	scenes := map[int][]Target{}
	for _, t := range targets {
		scenes[t.Scene] = append(scenes[t.Scene], t)
	}
	if len(scenes) == len(targets) {
		return nil
	}
	sum := 0.
	for _, t := range targets { // in order, so that the sum is the same in every run
		scene, hits := scenes[t.Scene], 0
		for _, other := range scene {
			b := other.Boxes[0]
			if metric.Hit(metric.Point{X: float64(b[0]+b[2]) / 2, Y: float64(b[1]+b[3]) / 2}, t.Boxes) {
				hits++
			}
		}
		sum += float64(hits) / float64(len(scene))
	}
	sum /= float64(len(targets))
	return &sum
}
