package runner

import (
	"maps"
	"slices"

	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/pipeline/eval/manifest"
)

// whole asks of whole clips which of a manifest's labels they show, and looks for prompts that happen in none of them.
type whole struct {
	labels  []string            // sorted
	prompts map[string][]string // the labels' prompts for their actions, each text once, as they come in the manifest
	absent  []string
}

// newWhole collects a manifest's labels.
func newWhole(m *manifest.Manifest) *whole {
	w := &whole{prompts: map[string][]string{}, absent: m.Header.Absent}
	for i := range m.Samples {
		s := &m.Samples[i]
		if texts := w.prompts[s.Label]; !slices.Contains(texts, s.Prompts.Action) {
			w.prompts[s.Label] = append(texts, s.Prompts.Action)
		}
	}
	w.labels = slices.Sorted(maps.Keys(w.prompts))
	return w
}

// texts are what a clip is asked: a prompt for each label, then the absent ones. A label with several prompts is asked for with one after
// the other, scene by scene.
func (w *whole) texts(scene int) []string {
	var all []string
	for _, l := range w.labels {
		all = append(all, w.prompts[l][scene%len(w.prompts[l])])
	}
	return append(all, w.absent...)
}

// size is how many scores a clip has.
func (w *whole) size() int { return len(w.labels) + len(w.absent) }

// scores reads them out of a result.
func (w *whole) scores(r *engine.Result, a *asked, scene int) []float32 {
	var all []float32
	for _, t := range w.texts(scene) {
		all = append(all, r.Prompts[a.index[t]].Score)
	}
	return all
}

// Whole is what a run found about whole clips.
type Whole struct {
	Labels  []string    // first in each row of Scores
	Absent  []string    // prompts, behind them
	Scores  [][]float32 // by scene: cosines of the clip and the prompts; nil where the clip was not scored
	Present [][]bool    // by scene and label: the manifest has a sample of it
}

// wholeResults puts the scores beside the manifest's truth.
func (p *pass) wholeResults() *Whole {
	if p.whole == nil {
		return nil
	}
	w := &Whole{Labels: p.whole.labels, Absent: p.whole.absent, Scores: p.scores}
	for i, scene := range p.scenes {
		if scene == len(w.Present) {
			w.Present = append(w.Present, make([]bool, len(w.Labels)))
		}
		at, _ := slices.BinarySearch(w.Labels, p.Manifest.Samples[i].Label)
		w.Present[scene][at] = true
	}
	return w
}
