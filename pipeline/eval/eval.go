// Package eval is the paper's evaluation, reproducible by anyone who has the data: a manifest's samples are grounded, the points are
// compared with the boxes, and a report stands the outcome beside blind baselines and the paper's numbers.
//
// Below it: dataset and manifest prepare the samples, frames brings their pictures, run keeps the results, metric and baseline score
// them, report words them, compare tells two runs apart.
package eval

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/gem"
	"github.com/videogem/videogem/pipeline/eval/baseline"
	"github.com/videogem/videogem/pipeline/eval/manifest"
	"github.com/videogem/videogem/pipeline/eval/metric"
	"github.com/videogem/videogem/pipeline/eval/report"
	"github.com/videogem/videogem/pipeline/eval/runner"
)

// Options say what to evaluate.
type Options struct {
	Manifest string         // file
	Out      string         // folder for results and reports; made when it is not there
	Engine   engine.Options // its scopes and batch size are set from what follows
	Scopes   []gem.Scope    // all worked out in one pass over the tower; "" is the model's own
	Weights  []string       // likewise; as gem.ParseWeights reads them, "" is the model's own
	Prompts  []metric.Mode
	Fusions  []gem.Fusion // of decomposed prompts
	Missing  runner.Missing
	Point    metric.PointRule
	Batch    int // clips grounded at the same time

	Whole     bool     // score whole clips, too: which of the manifest's actions they show
	Threshold *float64 // of these scores; nil: the model's own

	Progress func(p runner.Progress) // may be nil
}

// Run evaluates all combinations, goes on where an earlier run into the same folder stopped, and writes the report there. A report of one
// combination has a gallery. Errors wrap those of manifest.Open, engine.Open and runner.Run.
func Run(ctx context.Context, o Options) (r *report.Report, err error) {
	m, err := manifest.Open(o.Manifest)
	if err != nil {
		return nil, err
	}
	digest, err := sum(o.Manifest)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(o.Out, 0o755); err != nil { //nolint:gosec // a report, for whoever may read the folder
		return nil, err
	}
	options := o.Engine
	options.Scope, options.MoreScopes, options.BatchSize = o.Scopes[0], o.Scopes[1:], o.Batch
	model, err := engine.Open(ctx, options)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, model.Close()) }()
	if model.Spec().Frames == 1 { // scopes tell the frames of a clip apart: a single one has no use for them
		o.Scopes = o.Scopes[:1]
	}
	ro := runner.Options{
		Manifest: m, Digest: digest, Scopes: o.Scopes, Depth: options.Depth, Missing: o.Missing, Point: o.Point, Batch: o.Batch,
		Variants: runner.Variants(o.Scopes, o.Weights, o.Prompts, o.Fusions), Results: filepath.Join(o.Out, runner.File), Progress: o.Progress,
		Whole: o.Whole,
	}
	results, err := runner.Run(ctx, model, ro)
	if err != nil {
		return nil, err
	}
	var gallery []report.Shown
	if len(ro.Variants) == 1 {
		if gallery, err = report.Gallery(ctx, model, ro, results); err != nil {
			return nil, err
		}
	}
	if o.Threshold == nil {
		o.Threshold = model.Spec().Threshold
	}
	r = report.New(m, model.Spec().Notice, o.Threshold, results)
	return r, r.Write(o.Out, gallery)
}

// Baselines works out what blind answers score on all samples of a manifest, in a frame of that size.
func Baselines(path string, width, height int) (string, baseline.Baselines, error) {
	m, err := manifest.Open(path)
	if err != nil {
		return "", baseline.Baselines{}, err
	}
	scenes := runner.Scenes(m.Samples)
	targets := make([]baseline.Target, len(m.Samples))
	for i := range m.Samples {
		targets[i] = baseline.Target{Boxes: runner.Boxes(&m.Samples[i], &m.Header, width, height), Scene: scenes[i]}
	}
	return m.Header.Dataset, baseline.Of(targets, width, height), nil
}

// sum is a file's sha256.
func sum(path string) (string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("manifest: %w", err)
	}
	s := sha256.Sum256(data)
	return hex.EncodeToString(s[:]), nil
}
