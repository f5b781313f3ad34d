package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/videogem/videogem/pipeline/eval/metric"
	"github.com/videogem/videogem/pipeline/eval/runner"
)

// Clips is how well the scores of whole clips tell which actions are there. A score is the cosine of the clip's and the prompt's embedding.
type Clips struct {
	N         int          `json:"n"`   // clips
	AUC       float64      `json:"auc"` // mean over the labels: the chance that a clip with the action scores higher than one without
	Labels    []ClipsLabel `json:"labels"`
	Suggested float64      `json:"suggested"`           // the threshold that leaves calibrated of the absent actions' scores below it
	Threshold *float64     `json:"threshold,omitempty"` // the one that was used; none: the shares below are not there

	Absent  *Share `json:"absent,omitempty"`  // actions that a clip does not show: scores below the threshold
	Present *Share `json:"present,omitempty"` // actions that it shows: scores at it or above
	Unknown *Share `json:"unknown,omitempty"` // prompts for what happens in no clip: scores below the threshold
}

// ClipsLabel is one action.
type ClipsLabel struct {
	Name    string  `json:"name"`
	N       int     `json:"n"` // clips that show it
	AUC     float64 `json:"auc"`
	Absent  *Share  `json:"absent,omitempty"`
	Present *Share  `json:"present,omitempty"`
}

// Share is a share of cases.
type Share struct {
	K        int        `json:"k"`
	N        int        `json:"n"`
	Value    float64    `json:"value"`
	Interval [2]float64 `json:"interval"` // Wilson's, 95 %; scores of one clip are not independent, which it does not know
}

func newShare(k, n int) *Share {
	s := &Share{K: k, N: n, Value: share(k, n)}
	s.Interval[0], s.Interval[1] = metric.Wilson(k, n)
	return s
}

// calibrated is the share of absent actions' scores that a suggested threshold leaves below it: half a point more than the 95 % that are
// wanted of clips it was not chosen on.
const calibrated = .955

// newClips words the scores of whole clips. Without a threshold it does not say which actions count as there.
func newClips(w *runner.Whole, threshold *float64) *Clips {
	c := &Clips{}
	var scenes []int
	for i, s := range w.Scores {
		if s != nil {
			scenes = append(scenes, i)
		}
	}
	c.N = len(scenes)
	var absent, present, unknown []float32
	for k, name := range w.Labels {
		var scores, here, gone []float32
		var truth []bool
		for _, i := range scenes {
			v, is := w.Scores[i][k], w.Present[i][k]
			scores, truth = append(scores, v), append(truth, is)
			if is {
				here = append(here, v)
			} else {
				gone = append(gone, v)
			}
		}
		absent, present = append(absent, gone...), append(present, here...)
		if len(here) > 0 && len(gone) > 0 { // an action of all clips or none cannot be told apart
			c.Labels = append(c.Labels, ClipsLabel{Name: name, N: len(here), AUC: metric.AUC(scores, truth)})
		}
		if threshold != nil && len(here) > 0 && len(gone) > 0 {
			l := &c.Labels[len(c.Labels)-1]
			l.Absent, l.Present = below(gone, *threshold), above(here, *threshold)
		}
	}
	for _, i := range scenes {
		unknown = append(unknown, w.Scores[i][len(w.Labels):]...)
	}
	for _, l := range c.Labels {
		c.AUC += l.AUC / float64(len(c.Labels))
	}
	if len(absent) > 0 {
		c.Suggested = float64(math.Nextafter32(float32(metric.Quantile(absent, calibrated)), 2)) // below it, not at it
	}
	if threshold != nil {
		c.Threshold, c.Absent, c.Present = threshold, below(absent, *threshold), above(present, *threshold)
		if len(unknown) > 0 {
			c.Unknown = below(unknown, *threshold)
		}
	}
	return c
}

func below(scores []float32, threshold float64) *Share {
	k := 0
	for _, v := range scores {
		if float64(v) < threshold {
			k++
		}
	}
	return newShare(k, len(scores))
}

func above(scores []float32, threshold float64) *Share {
	return newShare(len(scores)-below(scores, threshold).K, len(scores))
}

// table shows the actions, those told apart worst first.
func (c *Clips) table() table {
	t := table{Title: "Which actions a clip shows", Header: []string{"action", "clips", "AUC", "absent below", "present above"}, Bold: 0}
	t.Note = fmt.Sprintf("By the cosine of the clip and the prompt, over %d clips. AUC is the chance that a clip with the action scores higher than one without.", c.N)
	cells := func(s *Share) string {
		if s == nil {
			return ""
		}
		return fmt.Sprintf("%s (%d of %d)", percent(s.Value), s.K, s.N)
	}
	t.Rows = append(t.Rows, []string{"all", fmt.Sprint(c.N), fmt.Sprintf("%.3f", c.AUC), cells(c.Absent), cells(c.Present)})
	labels := slices.Clone(c.Labels)
	slices.SortStableFunc(labels, func(a, b ClipsLabel) int { return cmp.Compare(a.AUC, b.AUC) })
	for _, l := range labels {
		t.Rows = append(t.Rows, []string{l.Name, fmt.Sprint(l.N), fmt.Sprintf("%.3f", l.AUC), cells(l.Absent), cells(l.Present)})
	}
	if c.Threshold != nil {
		t.Note += fmt.Sprintf(" Threshold %.4f.", *c.Threshold)
	}
	if c.Unknown != nil {
		t.Note += fmt.Sprintf(" Of prompts for what happens in no clip, %s %% score below it (%d of %d).", percent(c.Unknown.Value), c.Unknown.K, c.Unknown.N)
	}
	t.Note += fmt.Sprintf(" %.4f would leave %g %% of the absent actions below it on these clips.", c.Suggested, 100*calibrated)
	return t
}

// Lines are the clip-level numbers for a terminal.
func (c *Clips) Lines() []string {
	lines := []string{fmt.Sprintf("AUC %.4f of present against absent actions, mean over %d actions, %d clips", c.AUC, len(c.Labels), c.N)}
	add := func(s *Share, what string) {
		if s != nil {
			lines = append(lines, fmt.Sprintf("%6.2f %%  (%s)  %s the threshold %.4f: %d of %d", 100*s.Value, interval(s.Interval), what, *c.Threshold, s.K, s.N))
		}
	}
	add(c.Absent, "absent actions below")
	add(c.Present, "present actions above")
	add(c.Unknown, "prompts for what is never there below")
	return append(lines, fmt.Sprintf("a threshold of %.4f leaves %g %% of these absent actions below it", c.Suggested, 100*calibrated))
}
