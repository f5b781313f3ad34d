// Package compare tells two runs apart, sample by sample.
package compare

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/videogem/videogem/pipeline/eval/metric"
	"github.com/videogem/videogem/pipeline/eval/runner"
)

var (
	// ErrRun means that a name does not name one run's results.
	ErrRun = errors.New("no such run")
	// ErrApart means that two runs have nothing to compare.
	ErrApart = errors.New("runs cannot be compared")
)

// Comparison is the outcome. Shares are of the samples that both runs scored, 0..1.
type Comparison struct {
	Dataset   string  `json:"dataset"`
	A         string  `json:"a"` // the runs' names
	B         string  `json:"b"`
	N         int     `json:"n"`         // samples that both scored
	MissingA  int     `json:"missing_a"` // samples that B scored and A did not
	MissingB  int     `json:"missing_b"` // the other way round
	AccuracyA float64 `json:"accuracy_a"`
	AccuracyB float64 `json:"accuracy_b"`
	OnlyA     int     `json:"only_a"` // samples that A alone hits
	OnlyB     int     `json:"only_b"`
	Test      string  `json:"test"` // how P was worked out
	Statistic float64 `json:"statistic,omitempty"`
	P         float64 `json:"p"` // McNemar's, two-sided
}

// Runs compares two runs. A run is a folder of results, and where that holds several variants, the folder, a colon, and the variant as
// scope/weights/prompts/fusion. Errors wrap ErrRun, ErrApart or runner.ErrDamaged.
func Runs(a, b string) (*Comparison, error) {
	x, err := load(a)
	if err != nil {
		return nil, err
	}
	y, err := load(b)
	if err != nil {
		return nil, err
	}
	if x.dataset != y.dataset {
		return nil, fmt.Errorf("%w: %s is about %s, %s about %s", ErrApart, a, x.dataset, b, y.dataset)
	}
	c := &Comparison{Dataset: x.dataset, A: x.name, B: y.name}
	hitsA, hitsB := 0, 0
	for id, hitA := range x.hits {
		hitB, both := y.hits[id]
		switch {
		case !both:
			c.MissingB++
			continue
		case hitA && !hitB:
			c.OnlyA++
		case hitB && !hitA:
			c.OnlyB++
		}
		c.N++
		if hitA {
			hitsA++
		}
		if hitB {
			hitsB++
		}
	}
	c.MissingA = len(y.hits) - c.N
	if c.N == 0 {
		return nil, fmt.Errorf("%w: %s and %s have no sample in common", ErrApart, a, b)
	}
	c.AccuracyA, c.AccuracyB = float64(hitsA)/float64(c.N), float64(hitsB)/float64(c.N)
	t := metric.McNemar(c.OnlyA, c.OnlyB)
	c.P, c.Statistic, c.Test = t.P, t.Statistic, "chi-squared with continuity correction"
	if t.Exact {
		c.Test = "exact binomial"
	}
	return c, nil
}

// outcome is what one run says.
type outcome struct {
	name, dataset string
	hits          map[string]bool // of the samples it scored
}

// load finds a run's results.
func load(name string) (outcome, error) {
	dir, want, _ := strings.Cut(name, ":")
	settings, lines, err := runner.Load(filepath.Join(dir, runner.File))
	if errors.Is(err, fs.ErrNotExist) {
		return outcome{}, fmt.Errorf("%w: %s holds no results of `videogem eval run`", ErrRun, dir)
	}
	if err != nil {
		return outcome{}, err
	}
	var found []outcome
	var names []string
	for i, v := range settings.Variants {
		names = append(names, v.String())
		if want == "" || want == v.String() {
			found = append(found, outcome{dir + ":" + v.String(), settings.Dataset, hits(lines, i)})
		}
	}
	if len(found) != 1 {
		return outcome{}, fmt.Errorf("%w: %s holds %s; name one, as in %s:%s", ErrRun, dir, strings.Join(names, ", "), dir, names[0])
	}
	return found[0], nil
}

func hits(lines []runner.Line, variant int) map[string]bool {
	all := map[string]bool{}
	for _, l := range lines {
		for _, r := range l.Records {
			if r.Skipped == "" && variant < len(r.Answers) {
				all[r.ID] = r.Answers[variant].Hit
			}
		}
	}
	return all
}
