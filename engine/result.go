package engine

import (
	"time"

	"github.com/videogem/videogem/engine/gem"
)

// Result is the answer, one Grounding for each prompt in order.
type Result struct {
	Scope     gem.Scope // the attention scope it was worked out in
	Prompts   []Grounding
	Embedding []float32     // the clip's [D], not normalised
	Queued    time.Duration // wait before its pass of the image tower began
	Took      time.Duration // time in the towers; that of the whole pass when clips went together
	Batch     int           // clips in its pass, this one included; 0 when there was nothing to ask
}

// Grounding is the answer for one prompt.
type Grounding struct {
	Prompt    string
	Score     float32             // cosine of the clip's and the text's embedding
	Weights   [gem.Layers]float32 // how much each layer counted
	Heat      []gem.Map           // for each wanted frame [GridH,GridW], cosines of patch and text
	Truncated bool                // the prompt was longer than the model reads, its end was ignored
}
