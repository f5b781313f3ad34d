package live

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Result is what looks come to against the truth. Shares are 0..1 of the time; a prompt counts by itself.
type Result struct {
	Minutes float64  `json:"minutes"`
	Looks   int      `json:"looks"`
	Absent  Share    `json:"absent"`  // of the time without the action: glowing
	Present Share    `json:"present"` // of the time with it: shown
	Frames  ByFrame  `json:"frames"`  // the same by the frames that the looks belong to, each counting once
	Right   Share    `json:"right"`   // of the looks that show what is there: the point lies on somebody who does it
	Begin   Delay    `json:"begin"`   // from an action's begin until it is shown
	End     Delay    `json:"end"`     // from an action's end until it is no longer shown, of those that were shown then
	Missed  int      `json:"missed"`  // actions that were never shown
	Flicker float64  `json:"flicker"` // how often a prompt goes on for each action that was shown; 1: it never went off in between
	Prompts []string `json:"prompts"`
}

// ByFrame judges each look by the truth of its own frame.
type ByFrame struct {
	Absent  Share `json:"absent"`
	Present Share `json:"present"`
}

// Share is a part of a whole: seconds, or looks.
type Share struct {
	Of    float64 `json:"of"`
	Whole float64 `json:"whole"`
}

// Value is the share, 0 of nothing.
func (s Share) Value() float64 {
	if s.Whole == 0 {
		return 0
	}
	return s.Of / s.Whole
}

func (s *Share) add(amount float64, is bool) {
	s.Whole += amount
	if is {
		s.Of += amount
	}
}

// Delay is how long an edge takes, seconds.
type Delay struct {
	N      int     `json:"n"`
	Median float64 `json:"median"`
	P90    float64 `json:"p90"`
}

func newDelay(all []time.Duration) Delay {
	if len(all) == 0 {
		return Delay{}
	}
	slices.Sort(all)
	return Delay{len(all), all[len(all)/2].Seconds(), all[len(all)*9/10].Seconds()}
}

// step is the resolution of time shares.
const step = 10 * time.Millisecond

// measure compares looks, in order, with the truth. Prompts are "a person" and an action.
func measure(looks []Look, prompts []string, t *truth) *Result {
	r := &Result{Prompts: prompts, Looks: len(looks)}
	if len(looks) < 2 {
		return r
	}
	from, to := looks[0].At, looks[len(looks)-1].At
	r.Minutes = (to - from).Minutes()
	var begins, ends []time.Duration
	var ons, shown int
	for p, prompt := range prompts {
		action := strings.TrimPrefix(prompt, "a person ")
		var edges []edge // when the prompt goes on and off
		for i, l := range looks {
			s := l.Prompts[p]
			there := t.there(action, l.PTS)
			if there {
				r.Frames.Present.add(1, s.Seen)
			} else {
				r.Frames.Absent.add(1, s.Seen)
			}
			if there && s.Seen {
				r.Right.add(1, s.Point != nil && t.on(action, l.PTS, *s.Point))
			}
			if n := len(edges); i == 0 || edges[n-1].on != s.Seen {
				edges = append(edges, edge{l.At, s.Seen})
			}
		}
		k := 0
		for at := from; at < to; at += step {
			for k+1 < len(edges) && edges[k+1].at <= at {
				k++
			}
			if t.there(action, at) {
				r.Present.add(step.Seconds(), edges[k].on)
			} else {
				r.Absent.add(step.Seconds(), edges[k].on)
			}
		}
		for _, s := range t.spells[action] {
			if s.from < from || s.to > to-time.Second { // seen in part only
				continue
			}
			on := first(edges, s.from, true)
			if on >= s.to {
				r.Missed++
				continue
			}
			begins = append(begins, on-s.from)
			shown++
			ons += count(edges, s.from, s.to)
			if off := first(edges, s.to, false); off > s.to && first(edges, s.to, true) == s.to {
				ends = append(ends, min(off, to)-s.to)
			}
		}
	}
	r.Begin, r.End = newDelay(begins), newDelay(ends)
	if shown > 0 {
		r.Flicker = float64(ons) / float64(shown)
	}
	return r
}

// edge is when a prompt goes on or off.
type edge struct {
	at time.Duration
	on bool
}

// first is the first time from then on at which the prompt is on, or off; a day later if never.
func first(edges []edge, from time.Duration, on bool) time.Duration {
	for i, e := range edges {
		if e.on == on && (i+1 == len(edges) || edges[i+1].at > from) {
			return max(e.at, from)
		}
	}
	return from + 24*time.Hour
}

// count is how often the prompt goes on within a span, or is on already when it begins.
func count(edges []edge, from, to time.Duration) (n int) {
	for i, e := range edges {
		if e.on && e.at < to && (i+1 == len(edges) || edges[i+1].at > from) {
			n++
		}
	}
	return n
}

// Print says it in words.
func (r *Result) Print(w io.Writer) {
	percent := func(s Share) string { return fmt.Sprintf("%.1f %%", 100*s.Value()) }
	_, _ = fmt.Fprintf(w, "%.1f minutes, %d inferences: %s\n", r.Minutes, r.Looks, strings.Join(r.Prompts, "; "))
	_, _ = fmt.Fprintf(w, "absent and glowing  %6s of %.0f s   (by the inferences' own frames %s of %.0f)\n",
		percent(r.Absent), r.Absent.Whole, percent(r.Frames.Absent), r.Frames.Absent.Whole)
	_, _ = fmt.Fprintf(w, "present and shown   %6s of %.0f s   (by the inferences' own frames %s of %.0f)\n",
		percent(r.Present), r.Present.Whole, percent(r.Frames.Present), r.Frames.Present.Whole)
	_, _ = fmt.Fprintf(w, "point on the right person  %s of %.0f\n", percent(r.Right), r.Right.Whole)
	_, _ = fmt.Fprintf(w, "begin  %.2f s median, %.2f s p90, %d actions, %d never shown; goes on %.2f times an action\n",
		r.Begin.Median, r.Begin.P90, r.Begin.N, r.Missed, r.Flicker)
	_, _ = fmt.Fprintf(w, "end    %.2f s median, %.2f s p90, %d actions\n", r.End.Median, r.End.P90, r.End.N)
}
