package democam

import (
	"fmt"
	"strconv"
	"strings"
)

// Share is one entry of a [Mix].
type Share struct {
	Actors int
	Weight float64
}

// Mix says how often clips have how many actors; the weights need not sum to 1.
type Mix []Share

// ParseMix reads "2:.3,3:.5,4:.2": numbers of actors, each with its weight (1 where left out). Errors wrap [ErrConfig].
func ParseMix(text string) (Mix, error) {
	var m Mix
	for entry := range strings.SplitSeq(text, ",") {
		actors, weight, weighted := strings.Cut(entry, ":")
		s := Share{Weight: 1}
		var err error
		if s.Actors, err = strconv.Atoi(actors); err != nil {
			return nil, fmt.Errorf("%w: mix entry %q: want ACTORS or ACTORS:WEIGHT", ErrConfig, entry)
		}
		if weighted {
			if s.Weight, err = strconv.ParseFloat(weight, 64); err != nil {
				return nil, fmt.Errorf("%w: mix entry %q: want ACTORS or ACTORS:WEIGHT", ErrConfig, entry)
			}
		}
		m = append(m, s)
	}
	return m, m.validate()
}

func (m Mix) validate() error {
	if len(m) == 0 {
		return fmt.Errorf("%w: the mix of actors is empty", ErrConfig)
	}
	for _, s := range m {
		if s.Actors < 1 || s.Actors > maxActors {
			return fmt.Errorf("%w: %d actors: want 1 to %d", ErrConfig, s.Actors, maxActors)
		}
		if !(s.Weight > 0 && s.Weight <= 1e6) {
			return fmt.Errorf("%w: weight %g of %d actors: want more than 0, up to 1e6", ErrConfig, s.Weight, s.Actors)
		}
	}
	return nil
}

// draw returns a number of actors.
func (m Mix) draw(r *rng) int {
	var total float64
	for _, s := range m {
		total += s.Weight
	}
	x := r.float() * total
	for _, s := range m {
		if x -= s.Weight; x < 0 {
			return s.Actors
		}
	}
	return m[len(m)-1].Actors
}
