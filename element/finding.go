package element

import (
	"fmt"
	"time"

	"github.com/videogem/videogem/element/overlay"
	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/gem"
)

// finding is what one inference has found. It is not changed once made.
type finding struct {
	prompts  []found
	extra    []found       // of the extra prompts
	pts      time.Duration // of the frame it belongs to
	running  time.Duration // that frame's running time; negative when it has none
	took     time.Duration
	queued   time.Duration
	finished time.Time
	judged   bool // there is a threshold, and seen says what it makes of each prompt
}

// found is what it says of one prompt.
type found struct {
	prompt    string
	score     float64 // cosine of clip and text
	truncated bool
	seen      bool    // it is there now; false where nobody judges
	heat      gem.Map // stretched to 0..1, smoothed
	low, high float32 // the range of cosines that was stretched
	ok        bool    // false when the heat is the same everywhere: then there is no point
	point     overlay.Point
}

// newFinding works out what the engine's answer says. Behind the first n prompts come the extra
// ones.
func newFinding(w *window, r *engine.Result, heats []gem.Map, n int) *finding {
	f := &finding{pts: w.pts, running: w.running, took: r.Took, queued: r.Queued, finished: time.Now()}
	for i, g := range r.Prompts {
		p := found{prompt: g.Prompt, score: float64(g.Score), truncated: g.Truncated}
		p.low, p.high = heats[i].Range()
		p.heat, p.ok = heats[i].Normalize()
		if x, y, ok := heats[i].Centre(); ok {
			p.point = overlay.Point{X: x, Y: y}
		}
		f.prompts = append(f.prompts, p)
	}
	f.prompts, f.extra = f.prompts[:n:n], f.prompts[n:]
	return f
}

// prompt gives what is found for the i-th prompt that was asked for: those of the element first, the extra ones behind.
func (f *finding) prompt(i int) *found {
	if i < len(f.prompts) {
		return &f.prompts[i]
	}
	return &f.extra[i-len(f.prompts)]
}

// box is the region around the hottest place, in 0..1 of the frame.
func (p *found) box(floor float64) (overlay.Box, bool) {
	x0, y0, x1, y1, ok := p.heat.Box(float32(floor))
	if !ok {
		return overlay.Box{}, false
	}
	w, h := float64(p.heat.W), float64(p.heat.H)
	return overlay.Box{X0: float64(x0) / w, Y0: float64(y0) / h, X1: float64(x1) / w, Y1: float64(y1) / h}, true
}

// heats are the findings as they are drawn: those that are seen. Where nobody judges, all, with their scores and without a box.
func (f *finding) heats(s *values) []overlay.Heat {
	heats := make([]overlay.Heat, 0, len(f.prompts))
	for i := range f.prompts {
		p := &f.prompts[i]
		if !p.ok || f.judged && !p.seen {
			continue
		}
		h := overlay.Heat{Map: p.heat, Color: overlay.PromptColor(i), Text: p.prompt, Point: &p.point}
		if !f.judged {
			h.Text = fmt.Sprintf("%s %.3f", p.prompt, p.score)
		}
		if box, ok := p.box(s.floor); ok && f.judged {
			h.Box = &box
		}
		heats = append(heats, h)
	}
	return heats
}
