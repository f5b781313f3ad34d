package offline

import (
	"context"

	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/gem"
	"github.com/videogem/videogem/pipeline/internal/wholefile"
)

// maps collects what --maps writes: for K clips, P prompts, T frames, h x w patches and embeddings of D numbers the arrays heat
// [K,P,T,h,w], score [K,P], weights [K,P,8], text [P,D], video [K,D], all float32.
type maps struct {
	spec    engine.Spec
	clips   int
	prompts int
	heat    []float32
	score   []float32
	weights []float32
	video   []float32
}

// add takes one clip's result, with the heat of all its frames.
func (m *maps) add(r *engine.Result) {
	m.clips++
	m.prompts = len(r.Prompts)
	for _, g := range r.Prompts {
		for _, h := range g.Heat {
			m.heat = append(m.heat, h.Data...)
		}
		m.score = append(m.score, g.Score)
		m.weights = append(m.weights, g.Weights[:]...)
	}
	m.video = append(m.video, r.Embedding...)
}

// write writes the .npz file.
func (m *maps) write(ctx context.Context, path string, text [][]float32) error {
	var flat []float32
	for _, t := range text {
		flat = append(flat, t...)
	}
	s := m.spec
	return wholefile.Write(ctx, path, func(f *wholefile.File) error {
		return writeNPZ(f, []namedArray{
			{"heat", m.heat, []int{m.clips, m.prompts, s.Frames, s.GridH, s.GridW}},
			{"score", m.score, []int{m.clips, m.prompts}},
			{"weights", m.weights, []int{m.clips, m.prompts, gem.Layers}},
			{"text", flat, []int{m.prompts, s.Embed}},
			{"video", m.video, []int{m.clips, s.Embed}},
		})
	})
}
