package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/videogem/videogem/engine/gem"
	"github.com/videogem/videogem/pipeline/eval/metric"
	"github.com/videogem/videogem/pipeline/eval/runner"
)

// table is what Markdown and HTML both show. Cells are finished text.
type table struct {
	Title  string
	Note   string
	Header []string
	Rows   [][]string
	Bold   int // index of a row that stands out; -1: none
}

// percent writes a share.
func percent(v float64) string { return fmt.Sprintf("%.2f", 100*v) }

// interval writes an interval of shares.
func interval(v [2]float64) string { return percent(v[0]) + " – " + percent(v[1]) }

// counts writes numbers by reason.
func counts(m map[string]int) string {
	var parts []string
	for _, reason := range slices.Sorted(maps.Keys(m)) {
		parts = append(parts, fmt.Sprintf("%s %d", reason, m[reason]))
	}
	return strings.Join(parts, ", ")
}

// resultTable shows all variants.
func (r *Report) resultTable(paper *Paper) table {
	t := table{
		Title: "Results",
		Note: "Accuracy, in percent, is hits a sample, with Wilson's 95 % interval; class mean weighs all classes alike; IoU > 0.3 is the share of " +
			"samples whose heat above 0.4 overlaps the box so far.",
		Header: []string{"scope", "weights", "prompts", "fusion", "n", "accuracy", "95 %", "class mean", "IoU > 0.3", "IoU class mean"}, Bold: -1,
	}
	known := paper.has(r.Dataset)
	if known {
		t.Header = append(t.Header, "paper (ViCLIP)")
	}
	best := 0
	for i, v := range r.Results {
		row := []string{
			cmp.Or(string(v.Scope), runner.Own), cmp.Or(v.Weights, runner.Own), string(v.Prompts), string(v.Fuse), fmt.Sprint(v.N), percent(v.Accuracy), interval(v.Interval),
			percent(v.ClassMean), percent(v.IoUShare), percent(v.IoUClassMean),
		}
		if known {
			row = append(row, r.beside(paper, v))
		}
		t.Rows = append(t.Rows, row)
		if v.Hits > r.Results[best].Hits {
			best = i
		}
	}
	if len(t.Rows) > 1 {
		t.Bold = best
	}
	return t
}

// beside is the paper's number for a variant; blank where it is unknown.
func (r *Report) beside(paper *Paper, v Result) string {
	if v.Prompts != metric.Decomposed || v.Fuse != gem.FusionPoint || v.Scope != "" && v.Scope != gem.Joint {
		return ""
	}
	row, ok := paper.weighting(v.Weights)
	value, known := row.Values[r.Dataset]
	if !ok || !known {
		return ""
	}
	return fmt.Sprintf("%.2f [%s]", value, row.label(r.Dataset))
}

// baselineTable shows what blind answers score.
func (r *Report) baselineTable(paper *Paper) table {
	b := r.Baselines
	t := table{
		Title: "Baselines on the same samples", Bold: -1,
		Note:   "What needs no model. A result says something where it beats these.",
		Header: []string{"answer", "accuracy"},
		Rows: [][]string{
			{fmt.Sprintf("centre of the frame (%d, %d)", b.Width/2, b.Height/2), percent(b.Centre)},
			{"a random pixel (expected)", percent(b.Random)},
			{fmt.Sprintf("best constant point (%d, %d), chosen knowing the answers", b.ConstantPoint[0], b.ConstantPoint[1]), percent(b.Constant)},
		},
	}
	if b.Neighbour != nil {
		t.Rows = append(t.Rows, []string{"middle of a random one of the picture's boxes (expected)", percent(*b.Neighbour)})
	}
	if a, ok := paper.anchor(r.Dataset); ok {
		t.Header = append(t.Header, "whole data set ["+a.Label+"]")
		for i, v := range []*float64{a.Centre, a.Random, a.Constant} {
			cell := ""
			if v != nil {
				cell = fmt.Sprint(*v)
			}
			t.Rows[i] = append(t.Rows[i], cell)
		}
		for i := 3; i < len(t.Rows); i++ {
			t.Rows[i] = append(t.Rows[i], "")
		}
	}
	return t
}

// paperTable is the paper's main table with this run's row.
func (r *Report) paperTable(paper *Paper) table {
	t := table{
		Title: "Beside the paper", Header: []string{"method", "trained"},
		Note: paper.Paper + ". Accuracy in percent. " + r.sources(paper) + " " + paper.Unknown,
	}
	for _, c := range paper.Columns {
		t.Header = append(t.Header, c.Title)
	}
	for _, m := range append(slices.Clone(paper.Methods), paper.Weightings...) {
		trained := "no"
		if m.Trained {
			trained = "yes"
		}
		row := []string{m.Name, trained}
		for _, c := range paper.Columns {
			cell := ""
			if v, ok := m.Values[c.Dataset]; ok {
				cell = fmt.Sprintf("%.2f [%s]", v, m.label(c.Dataset))
			}
			row = append(row, cell)
		}
		t.Rows = append(t.Rows, row)
	}
	for _, v := range r.Results {
		row := []string{fmt.Sprintf("this run: %s, %s", r.Model.Name, v.Variant), ""}
		for _, c := range paper.Columns {
			cell := ""
			if c.Dataset == r.Dataset {
				cell = percent(v.Accuracy)
			}
			row = append(row, cell)
		}
		t.Bold = len(t.Rows)
		t.Rows = append(t.Rows, row)
	}
	if len(r.Results) > 1 {
		t.Bold = -1
	}
	return t
}

// sources explains the labels.
func (r *Report) sources(paper *Paper) string {
	var parts []string
	for _, l := range slices.Sorted(maps.Keys(paper.Labels)) {
		parts = append(parts, fmt.Sprintf("[%s]: %s.", l, paper.Labels[l]))
	}
	return strings.Join(parts, " ")
}

// classTable shows a result by class, the weakest first.
func classTable(v Result) table {
	t := table{Title: "By class", Header: []string{"class", "n", "accuracy", "95 %", "IoU > 0.3"}, Bold: -1, Note: v.String() + ", the weakest first."}
	for _, c := range v.Weakest() {
		t.Rows = append(t.Rows, []string{c.Name, fmt.Sprint(c.N), percent(c.Accuracy), interval(c.Interval), percent(c.IoUShare)})
	}
	return t
}

// facts are the run's own data.
func (r *Report) facts() table {
	t := table{Title: "Run", Header: []string{"", ""}, Bold: -1}
	add := func(key, value string) {
		if value != "" {
			t.Rows = append(t.Rows, []string{key, value})
		}
	}
	depth := ""
	if r.Model.Depth != nil {
		depth = fmt.Sprint(*r.Model.Depth)
	}
	missing := string(r.Missing)
	if missing == "" {
		missing = "as prepared"
	}
	add("data set", r.Dataset)
	add("model", fmt.Sprintf("%s: %d frame(s) of %dx%d, %s, %s", r.Model.Name, r.Model.Frames, r.Model.Width, r.Model.Height, r.Model.Precision, r.Model.Device))
	add("notice", r.Model.Notice)
	add("depth", depth)
	add("samples", fmt.Sprintf("%d, of which %d scored", r.Samples.Total, r.Samples.Scored))
	add("skipped", counts(r.Samples.Skipped))
	if r.Samples.Repeated > 0 {
		add("repeated", fmt.Sprintf("%d with the key frame in place of missing neighbours", r.Samples.Repeated))
	}
	add("missing frames", missing)
	add("point", string(r.Point))
	add("not prepared", counts(r.Manifest.Skipped))
	add("incomplete when prepared", counts(r.Manifest.Incomplete))
	for _, k := range slices.Sorted(maps.Keys(r.Manifest.Options)) {
		add("prepared with "+k, r.Manifest.Options[k])
	}
	add("manifest", "sha256 "+r.Manifest.SHA256)
	m := r.Timing
	add("time a clip", fmt.Sprintf("%.1f ms to ground, %.1f ms to bring its frames, over %d clips", 1000*m.Ground, 1000*m.Read, m.Clips))
	return t
}
