package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/videogem/videogem/pipeline/democam"
	"github.com/videogem/videogem/pipeline/eval/report"
)

// The goals: shares, points of a hundred, milliseconds and bytes.
const (
	leastCalm, leastHeldOut, leastClass = .90, .85, .75
	mostCentre                          = .35
	leastPairs, leastDrop               = .80, .15
	leastAUC, mostPhrasing, leastAbsent = .95, .05, .95
	mostMillis, mostBytes               = 60, 12e6
)

// reports are those of the sets, by name.
type reports map[string]*report.Report

// result is a set's only result.
func (r reports) result(name string) *report.Result { return &r[name].Results[0] }

// lines is a table that is being printed.
type lines struct{ *tabwriter.Writer }

func (l lines) row(cells ...string) { _, _ = fmt.Fprintln(l, strings.Join(cells, "\t")) } // Flush fails if this does

// goal adds a row that passes or misses.
func (l lines) goal(what, got, want string, pass bool) {
	verdict := "MISS"
	if pass {
		verdict = "pass"
	}
	l.row(what, got, want, verdict)
}

func percent(v float64) string { return fmt.Sprintf("%.1f %%", 100*v) }

func accuracy(v *report.Result) string {
	return fmt.Sprintf("%s (%.1f – %.1f, n %d)", percent(v.Accuracy), 100*v.Interval[0], 100*v.Interval[1], v.N)
}

// print writes the goals, then what has none. times are those of clips, milliseconds in order of size; size is the model's, bytes, below 0 if
// that is not to be judged.
func (r reports) print(w io.Writer, times []float64, size int64) {
	l := lines{tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)}
	l.row("goal", "reached (95 %)", "wanted", "")
	r.pointing(l)
	r.motion(l)
	r.wholeClips(l)
	if n := len(times); n > 0 { // with other work on the machine, the faster clips say what the model takes
		l.goal("time a clip with scoring, 2 threads, one wanted frame", fmt.Sprintf("lower quartile %.0f ms, median %.0f", times[n/4], times[n/2]), "60 ms at most",
			times[n/4] <= mostMillis)
	}
	if size >= 0 {
		l.goal("size in the repository", fmt.Sprintf("%.1f MB", float64(size)/1e6), "12 MB at most", float64(size) <= mostBytes)
	}
	r.rest(l)
	_ = l.Flush() // to a terminal
}

func (r reports) pointing(l lines) {
	calm, heldOut := r.result("calm"), r.result("heldout")
	l.goal("pointing, calm, 3 people", accuracy(calm), "90 % at least", calm.Accuracy >= leastCalm)
	l.goal("pointing, held-out look", accuracy(heldOut), "85 % at least", heldOut.Accuracy >= leastHeldOut)
	b := r["calm"].Baselines
	l.goal("centre of the frame", percent(b.Centre), "35 % at most", b.Centre <= mostCentre)
	l.row("middle of a random person's box; random pixel", percent(*b.Neighbour)+"; "+percent(b.Random), "beside", "")
	l.row("answers in anybody's box", percent(*calm.AnyBox), "beside", "")
	var weak []string
	for _, c := range calm.Weakest() {
		if c.Accuracy < leastClass {
			weak = append(weak, fmt.Sprintf("%s %.0f %%", c.Name, 100*c.Accuracy))
		}
	}
	worst := calm.Weakest()[0]
	got := fmt.Sprintf("weakest: %s, %s (%.1f – %.1f, n %d)", worst.Name, percent(worst.Accuracy), 100*worst.Interval[0], 100*worst.Interval[1], worst.N)
	if len(weak) > 1 {
		got = strings.Join(weak, ", ")
	}
	l.goal("every class, calm", got, "75 % at least", len(weak) == 0)
}

func (r reports) motion(l lines) {
	pairs, shuffled := r.result("pairs"), r.result("shuffled")
	l.goal("pairs that only motion tells apart", accuracy(pairs), "80 % at least", pairs.Accuracy >= leastPairs)
	l.row("the same, middle of one of the two boxes", percent(*r["pairs"].Baselines.Neighbour), "beside", "")
	for _, p := range democam.MotionPairs() {
		l.row("  "+p[0]+" / "+p[1], percent(ofClasses(pairs, p))+", shuffled "+percent(ofClasses(shuffled, p)), "", "")
	}
	drop := pairs.Accuracy - shuffled.Accuracy
	l.goal("the same, frames shuffled", accuracy(shuffled), "15 points lower", drop >= leastDrop)
}

// ofClasses is the accuracy over two classes together.
func ofClasses(v *report.Result, names [2]string) float64 {
	n, hits := 0, 0
	for _, c := range v.Classes {
		if c.Name == names[0] || c.Name == names[1] {
			n, hits = n+c.N, hits+c.Hits
		}
	}
	return float64(hits) / float64(max(n, 1))
}

func (r reports) wholeClips(l lines) {
	c := r["calm"].Clips
	l.goal("clips: AUC of present against absent actions", fmt.Sprintf("%.4f", c.AUC), ".95 at least", c.AUC >= leastAUC)
	trained, heldOut := r.result("trained"), r.result("phrasings")
	off := trained.Accuracy - heldOut.Accuracy
	l.goal("held-out phrasings, pointing", fmt.Sprintf("%s, trained ones %s", percent(heldOut.Accuracy), percent(trained.Accuracy)), "within 5 points", off <= mostPhrasing)
	ofClips, like := r["phrasings"].Clips.AUC, r["trained"].Clips.AUC
	l.goal("held-out phrasings, AUC of clips", fmt.Sprintf("%.4f, trained ones %.4f", ofClips, like), "within 5 points", like-ofClips <= mostPhrasing)
	share := func(what string, s *report.Share, least float64, want string) {
		if s == nil {
			l.goal(what, "the model has no threshold", want, false)
			return
		}
		l.goal(what, fmt.Sprintf("%s (%.1f – %.1f, n %d)", percent(s.Value), 100*s.Interval[0], 100*s.Interval[1], s.N), want, s.Value >= least)
	}
	share("absent actions below the threshold", c.Absent, leastAbsent, "95 % at least")
	share("unknown actions below the threshold", c.Unknown, leastAbsent, "95 % at least")
	if c.Present != nil {
		l.row("present actions above it", percent(c.Present.Value), "", "")
		l.row("the threshold; what the calibration's clips suggest", fmt.Sprintf("%.4f; %.4f", *c.Threshold, r["calibration"].Clips.Suggested), "", "")
	}
}

// rest are sets without a goal, classes, and the weightings.
func (r reports) rest(l lines) {
	l.row("", "", "", "")
	for _, s := range [][2]string{
		{"wide", "16:9, as the demo camera shows"},
		{"clutter", "full clutter"},
		{"jumble", "props, half of the clips at night, ease .7"},
		{"changing", "60 % of the people change their action"},
	} {
		l.row(s[1], accuracy(r.result(s[0])), "", "")
	}
	l.row("", "", "", "")
	l.row("calm, by class", "", "", "held-out look")
	heldOut := map[string]float64{}
	for _, c := range r.result("heldout").Classes {
		heldOut[c.Name] = c.Accuracy
	}
	for _, c := range r.result("calm").Weakest() {
		l.row("  "+c.Name, fmt.Sprintf("%s (%.1f – %.1f, n %d)", percent(c.Accuracy), 100*c.Interval[0], 100*c.Interval[1], c.N), "", percent(heldOut[c.Name]))
	}
	l.row("", "", "", "")
	l.row("weightings, calm", "action's prompt", "decomposed, point", "decomposed, mean")
	names := map[string]string{"none": "GEM's equal weights", "videogem": "both (VideoGEM)"}
	for _, v := range r["weightings"].Results {
		if v.Prompts != "action" {
			continue
		}
		cells := []string{"  " + v.Weights, accuracy(&v)}
		if names[v.Weights] != "" {
			cells[0] = "  " + names[v.Weights]
		}
		for _, other := range r["weightings"].Results {
			if other.Weights == v.Weights && other.Fuse != "" {
				cells = append(cells, percent(other.Accuracy))
			}
		}
		l.row(cells...)
	}
	l.row("  last layer's similarity, no GEM", accuracy(r.result("last-layer")), "", "")
}
