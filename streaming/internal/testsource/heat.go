package testsource

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/videogem/videogem/streaming/heat"
)

const (
	grid      = 16 // cells a side of a heat map
	heatEvery = 4  // frames
)

// SetViewerPrompts implements streaming.ViewerPrompts.
func (s *Source) SetViewerPrompts(prompts []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.viewers = prompts
}

// ViewerPrompts are the viewers' prompts as last set.
func (s *Source) ViewerPrompts() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.viewers
}

// Place keeps the heat of a prompt, and of parts that are asked for by themselves, at a point of the frame.
func (s *Source) Place(prompt string, x, y float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.places[prompt] = [2]float64{x, y}
}

// HoldHeat stops the heat, as when a model is still being loaded, or lets it go on.
func (s *Source) HoldHeat(hold bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.noHeat = hold
}

// Decompose implements streaming.Decomposer, for prompts such as "a person carrying a box".
func (s *Source) Decompose(prompt string) (verb, object string) {
	words := strings.Fields(prompt)
	if len(words) < 3 {
		return "", ""
	}
	verb = "a person " + words[2] + " something"
	if len(words) > 3 {
		object = strings.Join(words[3:], " ")
	}
	return verb, object
}

// heat makes up what an inference finds: a hot spot for each prompt, which stays where Place or Status has it, or wanders. It is
// false when there is none.
func (s *Source) heat() (heat.Message, bool) {
	st := s.Status()
	s.mu.Lock()
	defer s.mu.Unlock()
	texts := make([]string, 0, len(st.Prompts)+len(s.viewers))
	for _, p := range st.Prompts {
		texts = append(texts, p.Text)
	}
	texts = append(texts, s.viewers...)
	m := heat.Message{GridW: grid, GridH: grid, Inference: 24 * time.Millisecond}
	seconds := time.Since(s.began).Seconds()
	for i, c := range colored(texts) {
		p := heat.Prompt{Text: c.Text, Score: .18, Found: true, Seen: !s.unjudged, Judged: !s.unjudged, Own: i >= len(st.Prompts)}
		p.X, p.Y = .2+.6*math.Mod(.37*float64(i)+.1, 1)+.05*math.Sin(seconds/3+float64(i)), .55+.2*math.Sin(seconds/5+2*float64(i))
		if !p.Own {
			p.Score, p.Judged = float32(st.Prompts[i].Score), st.Prompts[i].Seen != nil
			p.Seen = p.Judged && *st.Prompts[i].Seen
			if at := st.Prompts[i].Point; at != nil {
				p.X, p.Y = at[0], at[1]
			}
		}
		if at, ok := s.places[p.Text]; ok {
			p.X, p.Y = at[0], at[1]
		}
		rgb, err := strconv.ParseUint(c.Color[1:], 16, 32)
		if err != nil {
			panic(err)
		}
		p.R, p.G, p.B = uint8(rgb>>16), uint8(rgb>>8), uint8(rgb) //nolint:gosec // bytes of it
		p.Box = [4]float64{max(p.X-.09, 0), max(p.Y-.22, 0), min(p.X+.09, 1), min(p.Y+.22, 1)}
		p.Heat = spot(p.X, p.Y)
		m.Prompts = append(m.Prompts, p)
	}
	return m, !s.noHeat && len(m.Prompts) > 0
}

// spot is a map that is hot at x, y.
func spot(x, y float64) []byte {
	cells := make([]byte, grid*grid)
	for i := range cells {
		dx, dy := (float64(i%grid)+.5)/grid-x, (float64(i/grid)+.5)/grid-y //nolint:mnd // the middle of a cell
		cells[i] = byte(255 * math.Exp(-dx*dx/.012-dy*dy/.05))
	}
	return cells
}
