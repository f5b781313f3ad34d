package runner

import (
	"context"
	"fmt"
	"slices"

	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/pipeline/eval/frames"
	"github.com/videogem/videogem/pipeline/eval/manifest"
)

// answer fills a line's answers in, of samples that share a clip.
func (p *pass) answer(ctx context.Context, clip frames.Clip, samples []manifest.Sample, line *Line) error {
	a := p.asked(line.First, len(samples))
	results, err := p.groundAll(ctx, clip, a)
	if err != nil {
		return fmt.Errorf("sample %s: %w", samples[0].ID, err)
	}
	for i := range samples {
		boxes := Boxes(&samples[i], &p.Manifest.Header, p.spec.Width, p.spec.Height)
		for k, v := range p.Variants {
			parts := a.parts(results[p.result[k]], &samples[i], v, p.spec, p.Point)
			line.Records[i].Answers = append(line.Records[i].Answers, score(parts.Answer, boxes))
		}
	}
	if p.whole != nil {
		line.Scores = p.whole.scores(results[0], &a, p.scenes[line.First])
	}
	return nil
}

// asked are all texts that go through the tower with a unit's clip.
func (p *pass) asked(first, count int) asked {
	a := newAsked(p.Manifest.Samples[first:first+count], p.Variants)
	if p.whole != nil {
		a.add(p.whole.texts(p.scenes[first])...)
	}
	return a
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
	p, err := newPass(g, o)
	if err != nil {
		return Parts{}, frames.Clip{}, err
	}
	reader := frames.NewReader(p.spec)
	defer reader.Close()
	s := &o.Manifest.Samples[sample]
	clip, err := reader.Read(ctx, s, o.Missing.repeats(s))
	if err != nil {
		return Parts{}, frames.Clip{}, err
	}
	// The same company as in the run gives the same heat to the last bit.
	u := p.units[slices.IndexFunc(p.units, func(u [2]int) bool { return sample < u[0]+u[1] })]
	a := p.asked(u[0], u[1])
	results, err := p.groundAll(ctx, clip, a)
	if err != nil {
		return Parts{}, frames.Clip{}, err
	}
	return a.parts(results[p.result[0]], s, o.Variants[0], p.spec, o.Point), clip, nil
}
