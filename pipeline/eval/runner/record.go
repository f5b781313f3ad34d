package runner

import (
	"slices"

	"github.com/videogem/videogem/pipeline/eval/manifest"
)

// Answer is what one variant said about one sample, and how it was scored.
type Answer struct {
	X   float64 `json:"x"` // point in the model's pixels; -1, -1 when there was none
	Y   float64 `json:"y"`
	Hit bool    `json:"hit"`
	IoU float64 `json:"iou"`
}

// Record is the outcome of one sample.
type Record struct {
	ID       string   `json:"id"`
	Skipped  string   `json:"skipped,omitempty"`  // why it has no answers
	Repeated bool     `json:"repeated,omitempty"` // the key frame stood in for missing neighbours
	Answers  []Answer `json:"answers,omitempty"`  // one a variant, in the order of the settings
}

// Line is a line of the results file: the outcome of samples that share a clip, which is the unit of work. A line that was cut off is
// worked out again as a whole, so that a run that was killed gives what one in a single go gives.
type Line struct {
	First   int      `json:"first"` // index of the first sample in the manifest; the others follow
	Read    float64  `json:"read"`  // seconds to bring the frames
	Ground  float64  `json:"ground,omitempty"`
	Records []Record `json:"records"`

	Scores []float32 `json:"scores,omitempty"` // of the whole clip, where these are wanted
}

// maxShared bounds the samples of a unit of work, and with it memory.
const maxShared = 64

// split cuts a manifest into runs of neighbouring samples that share a clip: first index and count.
func split(samples []manifest.Sample) [][2]int {
	var units [][2]int
	for i := range samples {
		if n := len(units); n > 0 && units[n-1][1] < maxShared && sameClip(&samples[i-1], &samples[i]) {
			units[n-1][1]++
			continue
		}
		units = append(units, [2]int{i, 1})
	}
	return units
}

// Scenes numbers the samples: those with the same number share a clip.
func Scenes(samples []manifest.Sample) []int {
	scenes := make([]int, 0, len(samples))
	for i := range samples {
		n := 0
		if i > 0 {
			n = scenes[i-1]
			if !sameClip(&samples[i-1], &samples[i]) {
				n++
			}
		}
		scenes = append(scenes, n)
	}
	return scenes
}

func sameClip(a, b *manifest.Sample) bool {
	x, y := &a.Media, &b.Media
	return a.Key == b.Key && a.Missing == b.Missing && x.Kind == y.Kind && slices.Equal(x.Paths, y.Paths) && x.Path == y.Path &&
		slices.Equal(x.Times, y.Times) && slices.Equal(x.FrameNumbers, y.FrameNumbers) &&
		(x.Clip == y.Clip || x.Clip != nil && y.Clip != nil && *x.Clip == *y.Clip)
}
