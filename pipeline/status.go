package pipeline

import (
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/videogem/videogem/element"
	"github.com/videogem/videogem/element/overlay"
	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/streaming"
)

// status collects what is known about a running stream.
type status struct {
	mu        sync.Mutex
	state     string
	err       string
	out       uint64 // encoded frames of all variants
	width     int    // pixels; 0 before the first frame
	height    int
	in        uint64
	counts    []count // of in, over the last second
	heatPTS   time.Duration
	heatAge   float64 // how far the video has gone on since, ms
	inference time.Duration
	prompts   []streaming.PromptStatus
	pending   []streaming.PromptStatus     // of the inference whose messages are coming in
	doubts    func(prompt string) []string // why the model may not understand a prompt; nil: nobody knows
	warnings  map[string]string            // the doubts about each prompt that is looked for
}

// count is how many frames there were at a time.
type count struct {
	at time.Time
	n  uint64
}

func (s *status) setState(state, err string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state, s.err = state, err
}

// frameOut counts an encoded frame.
func (s *status) frameOut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.out++
	if s.state == streaming.StateStarting || s.state == streaming.StateFailed {
		s.state, s.err = streaming.StateRunning, ""
	}
}

// passed notes how many frames have come from the source, and how old the heat is in ms.
func (s *status) passed(n uint64, heatAge float64, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heatAge = heatAge
	if n < s.in {
		s.counts = s.counts[:0] // a new pipeline
	}
	s.in = n
	s.counts = append(s.counts, count{now, n})
	for len(s.counts) > 2 && now.Sub(s.counts[1].at) >= time.Second {
		s.counts = s.counts[1:]
	}
}

// rate is how many frames come in a second; mu is held.
func (s *status) rate(now time.Time) float64 {
	if len(s.counts) < 2 || now.Sub(s.counts[len(s.counts)-1].at) > time.Second {
		return 0
	}
	first, last := s.counts[0], s.counts[len(s.counts)-1]
	return math.Round(10*float64(last.n-first.n)/last.at.Sub(first.at).Seconds()) / 10
}

// setSize notes the size of the frames.
func (s *status) setSize(width, height int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.width, s.height = width, height
}

// detected takes one of an inference's messages. What the page shows changes when the last of them is there, so that it
// never mixes two inferences.
func (s *status) detected(d element.Detection) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d.FailureText != "" {
		s.state, s.err = streaming.StateDegraded, d.FailureText
		return
	}
	if s.state == streaming.StateDegraded {
		s.state, s.err = streaming.StateRunning, ""
	}
	if d.Index == 0 {
		s.pending = s.pending[:0]
	}
	p := streaming.PromptStatus{Text: d.Prompt, Score: d.Score, Color: overlay.PromptColor(d.Index).String()}
	if d.Judged {
		p.Seen = &d.Seen
	}
	if d.Found {
		p.Point = &[2]float64{d.X, d.Y}
	}
	p.Warning = s.warnings[d.Prompt]
	if p.Warning == "" && d.Truncated {
		p.Warning = engine.DoubtTooLong
	}
	s.pending = append(s.pending, p)
	if d.Index == d.Prompts-1 && len(s.pending) == d.Prompts {
		s.prompts = slices.Clone(s.pending)
		s.heatPTS, s.inference = d.PTS, d.Inference
	}
}

// keepPrompts shows new prompts at once, those that were there with their last scores.
func (s *status) keepPrompts(texts []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var next []streaming.PromptStatus
	warnings := make(map[string]string, len(texts))
	for i, t := range texts {
		p := streaming.PromptStatus{Text: t}
		if k := slices.IndexFunc(s.prompts, func(q streaming.PromptStatus) bool { return q.Text == t }); k >= 0 {
			p = s.prompts[k]
		}
		p.Color = overlay.PromptColor(i).String()
		if s.doubts != nil {
			warnings[t] = strings.Join(s.doubts(t), "; ")
		}
		p.Warning = warnings[t]
		next = append(next, p)
	}
	s.prompts, s.warnings = next, warnings
}

func (s *status) report(now time.Time) streaming.Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := streaming.Status{
		State: s.state, Error: s.err, FPS: s.rate(now), FramesIn: s.in, FramesOut: s.out, Width: s.width, Height: s.height,
		InferenceMs: float64(s.inference) / float64(time.Millisecond), HeatPTS: s.heatPTS, HeatAgeMs: s.heatAge, Prompts: slices.Clone(s.prompts),
	}
	return r
}
