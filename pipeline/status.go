package pipeline

import (
	"slices"
	"sync"
	"time"

	"github.com/videogem/videogem/element"
	"github.com/videogem/videogem/element/overlay"
	"github.com/videogem/videogem/streaming"
)

// The states of a stream, as streaming.Status.State has them.
const (
	stateStarting = "starting"
	stateRunning  = "running"
	stateDegraded = "degraded" // video without heat
	stateFailed   = "failed"
	stateEnded    = "ended"
)

// status collects what is known about a running stream.
type status struct {
	mu        sync.Mutex
	state     string
	err       string
	out       uint64
	outPTS    time.Duration
	width     int // pixels; 0 before the first frame
	height    int
	in        uint64
	arrivals  []time.Time // of the frames of the last second
	heatPTS   time.Duration
	inference time.Duration
	prompts   []streaming.PromptStatus
	pending   []streaming.PromptStatus // of the inference whose messages are coming in
}

func (s *status) setState(state, err string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state, s.err = state, err
}

// frameOut counts an encoded frame.
func (s *status) frameOut(pts time.Duration) {
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.out++
	s.outPTS = pts
	s.arrivals = append(s.arrivals, now)
	s.trim(now)
	if s.state == stateStarting || s.state == stateFailed {
		s.state, s.err = stateRunning, ""
	}
}

// trim keeps the arrivals of the last second.
func (s *status) trim(now time.Time) {
	i := 0
	for i < len(s.arrivals) && now.Sub(s.arrivals[i]) > time.Second {
		i++
	}
	s.arrivals = append(s.arrivals[:0], s.arrivals[i:]...)
}

// setSize notes the size of the frames.
func (s *status) setSize(width, height int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.width, s.height = width, height
}

func (s *status) framesOut() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out
}

// detected takes one of an inference's messages. What the page shows changes when the last of them is there, so that it
// never mixes two inferences.
func (s *status) detected(d element.Detection) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d.FailureText != "" {
		s.state, s.err = stateDegraded, d.FailureText
		return
	}
	if s.state == stateDegraded {
		s.state, s.err = stateRunning, ""
	}
	if d.Index == 0 {
		s.pending = s.pending[:0]
	}
	p := streaming.PromptStatus{Text: d.Prompt, Score: d.Score, Color: overlay.PromptColor(d.Index).String()}
	if d.Found {
		p.Point = &[2]float64{d.X, d.Y}
	}
	if d.Truncated {
		p.Warning = "longer than the model reads: its end is ignored"
	}
	s.pending = append(s.pending, p)
	s.in = d.Frames
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
	for i, t := range texts {
		p := streaming.PromptStatus{Text: t}
		if k := slices.IndexFunc(s.prompts, func(q streaming.PromptStatus) bool { return q.Text == t }); k >= 0 {
			p = s.prompts[k]
		}
		p.Color = overlay.PromptColor(i).String()
		next = append(next, p)
	}
	s.prompts = next
}

func (s *status) report(now time.Time) streaming.Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trim(now)
	r := streaming.Status{
		State: s.state, Error: s.err, FPS: float64(len(s.arrivals)), FramesIn: s.in, FramesOut: s.out, Width: s.width, Height: s.height,
		InferenceMs: float64(s.inference) / float64(time.Millisecond), HeatPTS: s.heatPTS, Prompts: slices.Clone(s.prompts),
	}
	if s.heatPTS > 0 && s.outPTS > s.heatPTS {
		r.HeatAgeMs = float64(s.outPTS-s.heatPTS) / float64(time.Millisecond)
	}
	return r
}
