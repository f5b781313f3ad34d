package runner

import (
	"context"
	"errors"
	"fmt"

	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/gem"
	"github.com/videogem/videogem/pipeline/eval/manifest"
	"github.com/videogem/videogem/pipeline/eval/metric"
)

// Grounder is the model: an *engine.Engine, or in tests heat that was planted.
type Grounder interface {
	Spec() engine.Spec
	// GroundAll grounds a request with several weightings in one pass over the tower: a result for each of the scopes that the model
	// was opened with and each weighting, the weightings of the first scope first.
	GroundAll(ctx context.Context, r engine.Request, weights []gem.Weights) ([]*engine.Result, error)
	// Embed puts texts through the text tower, which remembers them.
	Embed(ctx context.Context, texts []string) ([][]float32, error)
}

// Options say what to run.
type Options struct {
	Manifest *manifest.Manifest
	Digest   string      // sha256 of the manifest file
	Scopes   []gem.Scope // of the grounder's results, in order
	Depth    *int
	Missing  Missing
	Point    metric.PointRule
	Variants []Variant
	Batch    int    // clips grounded at the same time; 0 is one. With more than one the last bit of heat depends on which clips met.
	Whole    bool   // score whole clips, too: every clip is asked for all the manifest's labels
	Results  string // path of the results file

	Progress func(Progress) // called after each clip; may be nil
}

// Progress is how far a run is.
type Progress struct {
	Done, Total  int // samples
	Hits, Scored int // of the first variant
}

// Results are a run's outcome.
type Results struct {
	Settings Settings
	Records  []Record // one a sample, in the manifest's order
	Scenes   []int    // samples with the same number share a clip
	Timing   Timing
	Whole    *Whole // nil if it was not wanted
}

// Timing is what a run took, added up over all its sittings.
type Timing struct {
	Clips  int     `json:"clips"`  // that went through the tower
	Read   float64 `json:"read"`   // seconds to bring their frames
	Ground float64 `json:"ground"` // seconds to ground and score them
}

// Run grounds and scores all samples that the results file does not hold yet. Errors wrap ErrOther, ErrDamaged, ErrBusy, ErrFrames,
// frames.ErrCount, gem.ErrWeights or the engine's, or are ctx's; what was done until then is kept.
func Run(ctx context.Context, g Grounder, o Options) (r *Results, err error) {
	p, err := newPass(g, o)
	if err != nil {
		return nil, err
	}
	settings := o.settings(p.spec)
	j, lines, err := openJournal(o.Results, settings)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, j.close()) }()
	for _, l := range lines {
		if err := p.take(l); err != nil {
			return nil, fmt.Errorf("%s: %w", o.Results, err)
		}
	}
	if err := p.work(ctx, j); err != nil {
		return nil, err
	}
	return &Results{Settings: settings, Records: p.records, Scenes: p.scenes, Timing: p.timing, Whole: p.wholeResults()}, nil
}
