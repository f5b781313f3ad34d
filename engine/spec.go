package engine

import (
	"time"

	"github.com/videogem/videogem/engine/gem"
	"github.com/videogem/videogem/engine/model"
)

// Spec is what a caller must know of the model.
type Spec struct {
	Name          string
	Frames        int           // T, frames a clip
	Height, Width int           // pixels of the frames it takes
	GridH, GridW  int           // heat map rows and columns: patches of a frame
	Embed         int           // D, embedding size
	ClipDuration  time.Duration // time that a clip covers in live video
	LiveAges      []float64     // of a clip's frames before its newest in live video, oldest first, in shares of ClipDuration; nil: evenly
	ContextLength int           // tokens of text it reads, start and end included
	Weights       gem.Weights   // the model's own weighting
	Resize        model.Resize  // how pictures are brought to its size
	Precision     string        // of the weights
	Device        string        // where it runs
	Threshold     *float64      // calibrated score from which a prompt counts as there; nil: the model was not calibrated, and nobody knows
	Notice        string        // an honest line to show beside its answers; may be empty
	Assumed       []string      // what its files do not say and was assumed, in words for people; other values give other scores
	Known         []string      // prompts that it is known to understand, to be suggested; empty: it is not tied to any
}
