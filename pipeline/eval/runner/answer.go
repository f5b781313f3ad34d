package runner

import (
	"context"
	"fmt"
	"slices"

	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/pipeline/eval/frames"
	"github.com/videogem/videogem/pipeline/eval/manifest"
)

// answer fills the answers of samples that share a clip in.
func (p *pass) answer(ctx context.Context, clip frames.Clip, samples []manifest.Sample, records []Record) error {
	a := newAsked(samples, p.Variants)
	results, err := p.groundAll(ctx, clip, a)
	if err != nil {
		return fmt.Errorf("sample %s: %w", samples[0].ID, err)
	}
	for i := range samples {
		boxes := Boxes(&samples[i], &p.Manifest.Header, p.spec.Width, p.spec.Height)
		for k, v := range p.Variants {
			parts := a.parts(results[p.result[k]], &samples[i], v, p.spec, p.Point)
			records[i].Answers = append(records[i].Answers, score(parts.Answer, boxes))
		}
	}
	return nil
}

// groundAll grounds a clip. Texts go through their tower one by one: which of them meet there hangs on where a run began, and with it the
// last bit of their embeddings.
func (p *pass) groundAll(ctx context.Context, clip frames.Clip, a asked) ([]*engine.Result, error) {
	for _, t := range a.texts {
		if _, err := p.grounder.Embed(ctx, []string{t}); err != nil {
			return nil, err
		}
	}
	return p.grounder.GroundAll(ctx, engine.Request{Clip: clip.Clip, Prompts: a.texts, Frames: []int{clip.Key}}, p.weights)
}

// Explain grounds one sample of a run again and gives what is behind its first variant's answer, for pictures.
func Explain(ctx context.Context, g Grounder, o Options, sample int) (Parts, frames.Clip, error) {
	p := &pass{Options: o, grounder: g, spec: g.Spec()}
	if err := p.weigh(); err != nil {
		return Parts{}, frames.Clip{}, err
	}
	reader := frames.NewReader(p.spec)
	defer reader.Close()
	s := &o.Manifest.Samples[sample]
	clip, err := reader.Read(ctx, s, o.Missing.repeats(s))
	if err != nil {
		return Parts{}, frames.Clip{}, err
	}
	units := split(o.Manifest.Samples) // the same company as in the run gives the same heat to the last bit
	u := units[slices.IndexFunc(units, func(u [2]int) bool { return sample < u[0]+u[1] })]
	a := newAsked(o.Manifest.Samples[u[0]:u[0]+u[1]], o.Variants)
	results, err := p.groundAll(ctx, clip, a)
	if err != nil {
		return Parts{}, frames.Clip{}, err
	}
	return a.parts(results[p.result[0]], s, o.Variants[0], p.spec, o.Point), clip, nil
}
