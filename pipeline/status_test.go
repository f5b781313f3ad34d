package pipeline

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/element"
	"github.com/videogem/videogem/streaming"
)

func TestStatusShowsWholeInferencesOnly(t *testing.T) {
	var s status
	s.setState(streaming.StateStarting, "")
	s.frameOut()
	s.detected(element.Detection{Prompt: "a", Index: 0, Prompts: 2, Score: .2, Seen: true, Judged: true, X: .5, Y: .25, Found: true, PTS: time.Second, Inference: 20 * time.Millisecond})
	require.Empty(t, s.report(time.Now()).Prompts, "half an inference is not shown")
	s.detected(element.Detection{Prompt: "b", Index: 1, Prompts: 2, Score: .1, Judged: true, PTS: time.Second, Inference: 20 * time.Millisecond, Truncated: true})
	s.passed(30, 100, time.Now())
	r := s.report(time.Now())
	require.Len(t, r.Prompts, 2)
	require.Equal(t, &[2]float64{.5, .25}, r.Prompts[0].Point)
	require.Nil(t, r.Prompts[1].Point, "a constant map has no point")
	require.NotEmpty(t, r.Prompts[1].Warning)
	require.Equal(t, []bool{true, false}, []bool{*r.Prompts[0].Seen, *r.Prompts[1].Seen})
	require.InDelta(t, 100, r.HeatAgeMs, .1)
	require.InDelta(t, 20, r.InferenceMs, .1)
	require.Equal(t, streaming.StateRunning, r.State)
	require.NotEqual(t, r.Prompts[0].Color, r.Prompts[1].Color)
}

func TestStatusDegradesAndRecovers(t *testing.T) {
	var s status
	s.setState(streaming.StateRunning, "")
	s.detected(element.Detection{FailureText: "no memory"})
	require.Equal(t, streaming.StateDegraded, s.report(time.Now()).State)
	require.Equal(t, "no memory", s.report(time.Now()).Error)
	s.detected(element.Detection{Prompt: "a", Prompts: 1})
	require.Equal(t, streaming.StateRunning, s.report(time.Now()).State)
	require.Empty(t, s.report(time.Now()).Error)
}

func TestStatusKeepsKnownScores(t *testing.T) {
	var s status
	s.detected(element.Detection{Prompt: "a", Prompts: 1, Score: .3})
	s.keepPrompts([]string{"b", "a"})
	r := s.report(time.Now())
	require.Equal(t, "b", r.Prompts[0].Text)
	require.Zero(t, r.Prompts[0].Score)
	require.InDelta(t, .3, r.Prompts[1].Score, 1e-9)
}

func TestFramesASecond(t *testing.T) {
	var s status
	now := time.Now()
	for i := range 10 {
		s.passed(uint64(6*i), 0, now.Add(time.Duration(i)*200*time.Millisecond))
	}
	newest := now.Add(1800 * time.Millisecond)
	require.InDelta(t, 30, s.report(newest).FPS, .1)
	require.Equal(t, uint64(54), s.report(newest).FramesIn)
	require.InDelta(t, 0, s.report(newest.Add(2*time.Second)).FPS, 0, "none have come for a while")
	s.passed(3, 0, newest.Add(time.Second)) // the pipeline was built anew
	s.passed(6, 0, newest.Add(1200*time.Millisecond))
	require.InDelta(t, 15, s.report(newest.Add(1200*time.Millisecond)).FPS, .1)
}
