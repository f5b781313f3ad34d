package report

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"html/template"
	"slices"

	"github.com/videogem/videogem/pipeline/eval/frames"
	"github.com/videogem/videogem/pipeline/eval/runner"
)

// galleryEach is how many hits and how many misses the gallery shows.
const galleryEach = 12

// Shown is one sample in the gallery.
type Shown struct {
	ID, Label, Prompt string
	Hit               bool
	IoU               string
	Picture           template.URL
}

// Gallery grounds some hits and some misses of a run of one variant again and draws them. Which ones hangs on their ids alone.
func Gallery(ctx context.Context, g runner.Grounder, o runner.Options, r *runner.Results) ([]Shown, error) {
	var all []Shown
	spec := g.Spec()
	for _, hit := range []bool{true, false} {
		for _, i := range choose(r.Records, hit) {
			s := &o.Manifest.Samples[i]
			parts, clip, err := runner.Explain(ctx, g, o, i)
			if errors.Is(err, frames.ErrMissing) || errors.Is(err, frames.ErrUnreadable) {
				continue // the file was there when the sample was scored
			}
			if err != nil {
				return nil, err
			}
			picture, err := drawAnswer(clip.Picture, s, parts, spec.Width, spec.Height)
			if err != nil {
				return nil, err
			}
			url, err := dataURL(picture)
			if err != nil {
				return nil, err
			}
			all = append(all, Shown{s.ID, s.Label, s.Prompts.Action, hit, percent(r.Records[i].Answers[0].IoU), url})
		}
	}
	return all, nil
}

// choose picks hits or misses evenly, but the same in every run: those whose ids have the least hashes.
func choose(records []runner.Record, hit bool) []int {
	var which []int
	for i, r := range records {
		if r.Skipped == "" && r.Answers[0].Hit == hit {
			which = append(which, i)
		}
	}
	slices.SortFunc(which, func(a, b int) int { return cmp.Or(cmp.Compare(hash(records[a].ID), hash(records[b].ID)), a-b) })
	return which[:min(galleryEach, len(which))]
}

func hash(id string) string {
	s := sha256.Sum256([]byte(id))
	return string(s[:])
}
