package runner

import (
	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/pipeline/eval/manifest"
	"github.com/videogem/videogem/pipeline/eval/metric"
)

// Format is the first field of a results file.
const Format = "videogem-eval-results-1"

// Settings are all that decides a run's results, the first line of its file. A run goes on only where they are the same.
type Settings struct {
	Format    string           `json:"format"`
	Dataset   string           `json:"dataset"`
	Manifest  string           `json:"manifest"` // sha256 of the manifest file
	Samples   int              `json:"samples"`
	Model     string           `json:"model"`
	Frames    int              `json:"frames"`
	Height    int              `json:"height"` // pixels of the model's frames
	Width     int              `json:"width"`
	Precision string           `json:"precision"`
	Device    string           `json:"device"`
	Depth     *int             `json:"depth,omitempty"` // nil is the model's own
	Missing   Missing          `json:"missing"`
	Point     metric.PointRule `json:"point"`
	Variants  []Variant        `json:"variants"`
	Whole     bool             `json:"whole,omitempty"` // whole clips are scored too
}

// File is what a results file is called in its folder.
const File = "results.jsonl"

// settings puts them together.
func (o *Options) settings(s engine.Spec) Settings {
	return Settings{
		Format: Format, Dataset: o.Manifest.Header.Dataset, Manifest: o.Digest, Samples: len(o.Manifest.Samples),
		Model: s.Name, Frames: s.Frames, Height: s.Height, Width: s.Width, Precision: s.Precision, Device: s.Device,
		Depth: o.Depth, Missing: o.Missing, Point: o.Point, Variants: o.Variants, Whole: o.Whole,
	}
}

// Missing is what to do with samples that lack frames beside the key frame.
type Missing string

// The rules for missing frames.
const (
	AsPrepared Missing = "" // each sample's own rule
	Skip       Missing = "skip"
	Repeat     Missing = "repeat"
	Fail       Missing = "fail" // the run ends; a missing key frame ends it, too
)

// repeats says whether the key frame stands in for missing neighbours of a sample.
func (m Missing) repeats(s *manifest.Sample) bool {
	return m == Repeat || m == AsPrepared && s.Missing == manifest.Repeat
}
