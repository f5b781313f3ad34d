package runner

import (
	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/pipeline/eval/manifest"
	"github.com/videogem/videogem/pipeline/eval/metric"
)

// asked are the prompts of samples that share a clip, each text once.
type asked struct {
	texts []string
	index map[string]int
}

// newAsked collects what the variants need.
func newAsked(samples []manifest.Sample, variants []Variant) asked {
	a := asked{index: map[string]int{}}
	needs := map[metric.Mode]bool{}
	for _, v := range variants {
		needs[v.Prompts] = true
	}
	for i := range samples {
		p := &samples[i].Prompts
		if needs[metric.Action] || needs[metric.Decomposed] {
			a.add(p.Action)
		}
		if needs[metric.Verb] || needs[metric.Decomposed] {
			a.add(p.Verbs...)
		}
		if needs[metric.Object] || needs[metric.Decomposed] {
			a.add(p.Objects...)
		}
	}
	return a
}

func (a *asked) add(texts ...string) {
	for _, t := range texts {
		if _, ok := a.index[t]; !ok {
			a.index[t] = len(a.texts)
			a.texts = append(a.texts, t)
		}
	}
}

// best is the grounding of the text that is most like the clip, the first among equals: YouCook-Interactions offers several.
func (a *asked) best(r *engine.Result, texts []string) *engine.Grounding {
	best := &r.Prompts[a.index[texts[0]]]
	for _, t := range texts[1:] {
		if g := &r.Prompts[a.index[t]]; g.Score > best.Score {
			best = g
		}
	}
	return best
}

// Parts are the heat maps behind an answer; those that its mode does not use are nil.
type Parts struct {
	Answer               metric.Heat
	Verb, Object, Action *metric.Heat
}

// parts works one variant's answer out of a result.
func (a *asked) parts(r *engine.Result, s *manifest.Sample, v Variant, spec engine.Spec, rule metric.PointRule) Parts {
	heat := func(texts ...string) *metric.Heat {
		h := metric.NewHeat(a.best(r, texts).Heat[0], spec.Width, spec.Height, rule)
		return &h
	}
	var p Parts
	switch v.Prompts {
	case metric.Verb:
		p.Verb = heat(s.Prompts.Verbs...)
		p.Answer = *p.Verb
	case metric.Object:
		p.Object = heat(s.Prompts.Objects...)
		p.Answer = *p.Object
	case metric.Decomposed:
		p.Verb, p.Object, p.Action = heat(s.Prompts.Verbs...), heat(s.Prompts.Objects...), heat(s.Prompts.Action)
		p.Answer = metric.Fuse(v.Fuse, *p.Verb, *p.Object, *p.Action, rule)
	default:
		p.Action = heat(s.Prompts.Action)
		p.Answer = *p.Action
	}
	return p
}

// Boxes are a sample's boxes in the model's pixels.
func Boxes(s *manifest.Sample, h *manifest.Header, width, height int) []metric.Box {
	boxes := make([]metric.Box, len(s.Boxes))
	for i, b := range s.Boxes {
		boxes[i] = metric.Scale(b, s.Space, width, height, h.Float32)
	}
	return boxes
}

// score compares an answer with the boxes.
func score(h metric.Heat, boxes []metric.Box) Answer {
	a := Answer{X: h.Peak.X, Y: h.Peak.Y, Hit: metric.Hit(h.Peak, boxes)}
	if !h.Flat {
		a.IoU = metric.IoU(h.Map, boxes)
	}
	return a
}
