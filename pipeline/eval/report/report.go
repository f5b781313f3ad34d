// Package report words what a run found: JSON for programs, Markdown for papers and pull requests, and an HTML page that stands alone.
package report

import (
	"cmp"
	"maps"
	"slices"

	"github.com/videogem/videogem/pipeline/eval/baseline"
	"github.com/videogem/videogem/pipeline/eval/manifest"
	"github.com/videogem/videogem/pipeline/eval/metric"
	"github.com/videogem/videogem/pipeline/eval/runner"
)

// Format is the first field of a report.
const Format = "videogem-eval-report-1"

// Report is a whole run. Shares are 0..1. A run that was killed and resumed has the same report as one in a single go, but for Timing.
type Report struct {
	Format    string             `json:"format"`
	Dataset   string             `json:"dataset"`
	Manifest  Manifest           `json:"manifest"`
	Model     Model              `json:"model"`
	Missing   runner.Missing     `json:"missing"` // "" is each sample's own rule
	Point     metric.PointRule   `json:"point"`
	Samples   Samples            `json:"samples"`
	Results   []Result           `json:"results"`
	Baselines baseline.Baselines `json:"baselines"`
	Clips     *Clips             `json:"clips,omitempty"` // nil: whole clips were not scored
	Timing    Timing             `json:"timing"`
}

// Manifest is what was evaluated.
type Manifest struct {
	SHA256     string            `json:"sha256"`
	Options    map[string]string `json:"options,omitempty"`    // it was prepared with
	Skipped    map[string]int    `json:"skipped,omitempty"`    // annotations that became no sample
	Incomplete map[string]int    `json:"incomplete,omitempty"` // samples that lacked neighbours when it was prepared
}

// Model is what was run.
type Model struct {
	Name      string `json:"name"`
	Frames    int    `json:"frames"`
	Height    int    `json:"height"`
	Width     int    `json:"width"`
	Precision string `json:"precision"`
	Device    string `json:"device"`
	Depth     *int   `json:"depth,omitempty"` // nil: the model's own
	Notice    string `json:"notice,omitempty"`
}

// Samples are the counts of a run.
type Samples struct {
	Total    int            `json:"total"`
	Scored   int            `json:"scored"`
	Skipped  map[string]int `json:"skipped"`  // by reason
	Repeated int            `json:"repeated"` // scored with the key frame in place of missing neighbours
}

// Result is one variant's outcome.
type Result struct {
	runner.Variant            // its fields stand beside the others
	N              int        `json:"n"`
	Hits           int        `json:"hits"`
	Accuracy       float64    `json:"accuracy"` // hits a sample: the paper's number
	Interval       [2]float64 `json:"interval"` // Wilson's, 95 %
	ClassMean      float64    `json:"class_mean"`
	IoUShare       float64    `json:"iou_share"`      // samples whose heat above 0.4 overlaps the box with more than 0.3
	IoUClassMean   float64    `json:"iou_class_mean"` // the mean of that over classes, which the authors' code calls mAp
	Classes        []Class    `json:"classes"`
	AnyBox         *float64   `json:"any_box,omitempty"` // answers in the box of any sample of the picture; nil where no picture has two samples
}

// Class is one class of a result.
type Class struct {
	Name     string     `json:"name"`
	N        int        `json:"n"`
	Hits     int        `json:"hits"`
	Accuracy float64    `json:"accuracy"`
	Interval [2]float64 `json:"interval"`
	IoUShare float64    `json:"iou_share"`
}

// Weakest are a result's classes, the least accurate first.
func (v *Result) Weakest() []Class {
	return slices.SortedStableFunc(slices.Values(v.Classes), func(a, b Class) int { return cmp.Compare(a.Accuracy, b.Accuracy) })
}

// Timing is what a clip took on average, seconds.
type Timing struct {
	Clips  int     `json:"clips"`
	Read   float64 `json:"read"`   // to bring its frames
	Ground float64 `json:"ground"` // towers, heat maps, scores of all variants
}

// New words the results of a run over a manifest. threshold is the score from which an action counts as there, nil if that is not known.
func New(m *manifest.Manifest, notice string, threshold *float64, p *runner.Results) *Report {
	s, all := p.Settings, targets(m, p)
	r := &Report{
		Format: Format, Dataset: s.Dataset,
		Manifest: Manifest{SHA256: s.Manifest, Options: m.Header.Options, Skipped: m.Header.Skipped, Incomplete: m.Header.Incomplete},
		Model:    Model{s.Model, s.Frames, s.Height, s.Width, s.Precision, s.Device, s.Depth, notice},
		Missing:  s.Missing, Point: s.Point,
		Samples:   count(p.Records),
		Baselines: baseline.Of(all, s.Width, s.Height),
	}
	for i, v := range s.Variants {
		out := summarise(m.Samples, p, v, i)
		if r.Baselines.Neighbour != nil {
			any := anyBox(all, p.Records, i)
			out.AnyBox = &any
		}
		r.Results = append(r.Results, out)
	}
	if p.Whole != nil {
		r.Clips = newClips(p.Whole, threshold)
	}
	if n := p.Timing.Clips; n > 0 {
		r.Timing = Timing{n, p.Timing.Read / float64(n), p.Timing.Ground / float64(n)}
	}
	return r
}

func count(records []runner.Record) Samples {
	s := Samples{Total: len(records), Skipped: map[string]int{}}
	for _, r := range records {
		switch {
		case r.Skipped != "":
			s.Skipped[r.Skipped]++
			continue
		case r.Repeated:
			s.Repeated++
		}
		s.Scored++
	}
	return s
}

// targets are the boxes of the samples that were scored.
func targets(m *manifest.Manifest, p *runner.Results) []baseline.Target {
	var all []baseline.Target
	for i, r := range p.Records {
		if r.Skipped == "" {
			boxes := runner.Boxes(&m.Samples[i], &m.Header, p.Settings.Width, p.Settings.Height)
			all = append(all, baseline.Target{Boxes: boxes, Scene: p.Scenes[i]})
		}
	}
	return all
}

// anyBox is the share of a variant's answers that lie in a box of any sample of the same picture.
func anyBox(scored []baseline.Target, records []runner.Record, variant int) float64 {
	boxes := map[int][]metric.Box{}
	for _, t := range scored {
		boxes[t.Scene] = append(boxes[t.Scene], t.Boxes...)
	}
	hits, next := 0, 0
	for _, r := range records {
		if r.Skipped != "" {
			continue
		}
		a := r.Answers[variant]
		if metric.Hit(metric.Point{X: a.X, Y: a.Y}, boxes[scored[next].Scene]) {
			hits++
		}
		next++
	}
	return share(hits, next)
}

// tally counts a group of samples.
type tally struct{ n, hits, overlaps int }

func (t *tally) add(a runner.Answer) {
	t.n++
	if a.Hit {
		t.hits++
	}
	if a.IoU > metric.IoULevel {
		t.overlaps++
	}
}

func share(k, n int) float64 {
	if n == 0 {
		return 0
	}
	return float64(k) / float64(n)
}

// summarise works one variant's numbers out.
func summarise(samples []manifest.Sample, p *runner.Results, v runner.Variant, at int) Result {
	var all tally
	classes := map[string]*tally{}
	for i, r := range p.Records {
		if r.Skipped != "" {
			continue
		}
		name := samples[i].Class
		if classes[name] == nil {
			classes[name] = &tally{}
		}
		all.add(r.Answers[at])
		classes[name].add(r.Answers[at])
	}
	out := Result{Variant: v, N: all.n, Hits: all.hits, Accuracy: share(all.hits, all.n), IoUShare: share(all.overlaps, all.n)}
	out.Interval[0], out.Interval[1] = metric.Wilson(all.hits, all.n)
	for _, name := range slices.Sorted(maps.Keys(classes)) {
		t := classes[name]
		c := Class{Name: name, N: t.n, Hits: t.hits, Accuracy: share(t.hits, t.n), IoUShare: share(t.overlaps, t.n)}
		c.Interval[0], c.Interval[1] = metric.Wilson(t.hits, t.n)
		out.Classes = append(out.Classes, c)
		out.ClassMean += c.Accuracy / float64(len(classes))
		out.IoUClassMean += c.IoUShare / float64(len(classes))
	}
	return out
}
