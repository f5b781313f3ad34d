package element

import (
	"math"
	"time"

	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/gem"
)

// smoother is an exponential filter over the heat of each prompt: after a jump from one picture to another, heat has come
// 63 % of the way after the time constant.
type smoother struct {
	last  time.Duration
	heats map[string]gem.Map
}

// smooth gives the heat of each prompt at a frame. Prompts that are new, and all after a jump back in time, begin afresh.
func (s *smoother) smooth(r *engine.Result, pts, constant time.Duration) []gem.Map {
	share := float32(1)
	if passed := pts - s.last; constant > 0 && passed >= 0 {
		share = float32(1 - math.Exp(-float64(passed)/float64(constant)))
	}
	next := make(map[string]gem.Map, len(r.Prompts))
	out := make([]gem.Map, len(r.Prompts))
	for i, g := range r.Prompts {
		m := g.Heat[0]
		if old, ok := s.heats[g.Prompt]; ok && share < 1 && len(old.Data) == len(m.Data) {
			m = gem.Map{H: m.H, W: m.W, Data: make([]float32, len(m.Data))}
			for k, v := range g.Heat[0].Data {
				m.Data[k] = old.Data[k] + (v-old.Data[k])*share
			}
		}
		out[i], next[g.Prompt] = m, m
	}
	s.last, s.heats = pts, next
	return out
}
