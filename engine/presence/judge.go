// Package presence decides, inference after inference, whether what a prompt names is there now. Scores lag behind the picture by as much as
// a clip reaches back: a plain line is crossed late when something begins, and later still when it ends. A fall from the recent top shows the
// end sooner. docs/decisions/0058 and 0060 have the reasons, docs/measurements.md what it does to the demo camera.
package presence

import (
	"math"
	"time"
)

const (
	// fall ends it before the score is below the line: what must be left of its recent top, the share of the score's times the share of the
	// heat's. Both fall at an end; one of them alone falls at other times, too.
	fall = .455
	// memory is the time constant with which a top is forgotten.
	memory = 3 * time.Second
	// rise is what score or heat of what ended must gain from its lowest before it counts as there again. It keeps what goes on falling from
	// coming back.
	rise = 1.2
)

// Evidence is what one inference says of a prompt.
type Evidence struct {
	Score float64 // cosine of clip and text
	Peak  float64 // greatest cosine of a place of the newest frame and the text
}

// Judge decides for one prompt of one stream. Its zero value has seen nothing.
type Judge struct {
	begun bool
	seen  bool
	at    time.Duration // of the last step
	top   Evidence      // recent highest of each, forgotten slowly
	low   Evidence      // lowest of each since it was seen last
}

// Step takes the newest inference, of the frame at a time, and says whether the prompt is seen: line is the score from which it counts as
// there. Before the time of the last step another stream begins, and the judge anew.
func (j *Judge) Step(at time.Duration, e Evidence, line float64) (seen bool) {
	if !j.begun || at < j.at {
		*j = Judge{begun: true, at: at, top: e, low: Evidence{math.Inf(-1), math.Inf(-1)}}
	}
	kept := math.Exp(-float64(at-j.at) / float64(memory))
	j.at = at
	j.top = Evidence{forget(j.top.Score, e.Score, kept), forget(j.top.Peak, e.Peak, kept)}
	fell := left(e.Score, j.top.Score)*left(e.Peak, j.top.Peak) < fall
	if j.seen {
		if j.seen = e.Score >= line && !fell; !j.seen {
			j.low = e
		}
		return j.seen
	}
	j.low = Evidence{min(j.low.Score, e.Score), min(j.low.Peak, e.Peak)}
	if e.Score >= line && e.Score >= rise*j.low.Score && (!fell || e.Peak >= rise*j.low.Peak) {
		j.seen, j.top = true, e
	}
	return j.seen
}

// forget lets a top sink towards what is there now.
func forget(top, now, kept float64) float64 { return max(now, now+(top-now)*kept) }

// left is the share of a top that is left. Of a top that is not above 0 there are no shares.
func left(now, top float64) float64 {
	if top <= 0 {
		return 1
	}
	return max(now, 0) / top
}
