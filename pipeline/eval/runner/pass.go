package runner

import (
	"fmt"
	"slices"

	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/gem"
)

// pass is the state of a Run.
type pass struct {
	Options
	grounder Grounder
	spec     engine.Spec
	units    [][2]int      // first sample and count
	scenes   []int         // by sample
	whole    *whole        // nil: only the samples are scored
	weights  []gem.Weights // the different ones of the variants
	result   []int         // of each variant, which of the grounder's results

	records  []Record
	scores   [][]float32 // of whole clips, by scene
	progress Progress
	timing   Timing
}

func newPass(g Grounder, o Options) (*pass, error) {
	samples := o.Manifest.Samples
	p := &pass{Options: o, grounder: g, spec: g.Spec(), units: split(samples), scenes: Scenes(samples), records: make([]Record, len(samples))}
	if o.Whole && len(samples) > 0 {
		p.whole, p.scores = newWhole(o.Manifest), make([][]float32, p.scenes[len(samples)-1]+1)
	}
	return p, p.weigh()
}

// weigh collects the variants' weightings and finds each one's place among the grounder's results.
func (p *pass) weigh() error {
	index := map[gem.Weights]int{}
	var weight []int
	for _, v := range p.Variants {
		w := p.spec.Weights
		if v.Weights != "" {
			var err error
			if w, err = gem.ParseWeights(v.Weights); err != nil {
				return err
			}
		}
		i, ok := index[w]
		if !ok {
			i = len(p.weights)
			index[w], p.weights = i, append(p.weights, w)
		}
		weight = append(weight, i)
	}
	for k, v := range p.Variants {
		p.result = append(p.result, slices.Index(p.Scopes, v.Scope)*len(p.weights)+weight[k])
	}
	return nil
}

// take notes a finished line.
func (p *pass) take(l Line) error {
	at, ok := slices.BinarySearchFunc(p.units, l.First, func(u [2]int, first int) int { return u[0] - first })
	if !ok || p.units[at][1] != len(l.Records) {
		return fmt.Errorf("%w: samples %d to %d of %d do not share a clip", ErrDamaged, l.First, l.First+len(l.Records), len(p.records))
	}
	for i, r := range l.Records {
		i += l.First
		if r.ID != p.Manifest.Samples[i].ID || p.records[i].ID != "" || r.Skipped == "" && len(r.Answers) != len(p.Variants) {
			return fmt.Errorf("%w: sample %d, %q", ErrDamaged, i, r.ID)
		}
		p.records[i] = r
		p.progress.Done++
		if r.Skipped == "" {
			p.progress.Scored++
			if r.Answers[0].Hit {
				p.progress.Hits++
			}
		}
	}
	if p.whole != nil && l.Records[0].Skipped == "" {
		if len(l.Scores) != p.whole.size() {
			return fmt.Errorf("%w: %d scores of a clip, want %d", ErrDamaged, len(l.Scores), p.whole.size())
		}
		p.scores[p.scenes[l.First]] = l.Scores
	}
	p.timing.Read += l.Read
	if l.Ground > 0 {
		p.timing.Clips++
		p.timing.Ground += l.Ground
	}
	return nil
}
