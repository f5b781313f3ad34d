package engine

import (
	"time"

	"github.com/videogem/videogem/engine/backend"
	"github.com/videogem/videogem/engine/gem"
)

// ask is a clip on its way through the image tower, with what is asked of it: every text under every weighting, a row each.
type ask struct {
	clip       Clip
	texts      []*embedded
	weightings []gem.Weights
	frames     []int
	arrived    time.Time

	read chan struct{} // closed when the clip's pixels were copied: their memory is the caller's again
	done chan struct{} // closed when what follows is there

	err    error
	out    []backend.Tensor // the tower's outputs for this clip alone, rows padded
	queued time.Duration
	took   time.Duration
	batch  int
}

func newAsk(r Request, texts []*embedded, weightings []gem.Weights) *ask {
	return &ask{
		clip: r.Clip, texts: texts, weightings: weightings, frames: r.Frames, arrived: time.Now(),
		read: make(chan struct{}), done: make(chan struct{}),
	}
}

// rows is how many texts and weightings the tower is asked for.
func (a *ask) rows() int { return len(a.texts) * len(a.weightings) }

// fits says whether another ask may go through the tower with this one. All clips of a pass have as many wanted frames and rows as the
// one with the most, so neither may be far from the other's: padding frames costs attention, padding rows memory once they are many.
func (a *ask) fits(other *ask) bool {
	const few = 32
	least, most := min(a.rows(), other.rows()), max(a.rows(), other.rows())
	return len(a.frames) == len(other.frames) && (most <= few || most <= 2*least)
}
