package pipeline

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/element"
)

func TestStatusShowsWholeInferencesOnly(t *testing.T) {
	var s status
	s.setState(stateStarting, "")
	s.frameOut(time.Second)
	s.detected(element.Detection{Prompt: "a", Index: 0, Prompts: 2, Score: .2, X: .5, Y: .25, Found: true, PTS: time.Second, Inference: 20 * time.Millisecond})
	require.Empty(t, s.report(time.Now()).Prompts, "half an inference is not shown")
	s.detected(element.Detection{Prompt: "b", Index: 1, Prompts: 2, Score: .1, PTS: time.Second, Inference: 20 * time.Millisecond, Truncated: true})
	s.frameOut(1100 * time.Millisecond)
	r := s.report(time.Now())
	require.Len(t, r.Prompts, 2)
	require.Equal(t, &[2]float64{.5, .25}, r.Prompts[0].Point)
	require.Nil(t, r.Prompts[1].Point, "a constant map has no point")
	require.NotEmpty(t, r.Prompts[1].Warning)
	require.InDelta(t, 100, r.HeatAgeMs, .1)
	require.InDelta(t, 20, r.InferenceMs, .1)
	require.Equal(t, stateRunning, r.State)
	require.NotEqual(t, r.Prompts[0].Color, r.Prompts[1].Color)
}

func TestStatusDegradesAndRecovers(t *testing.T) {
	var s status
	s.setState(stateRunning, "")
	s.detected(element.Detection{FailureText: "no memory"})
	require.Equal(t, stateDegraded, s.report(time.Now()).State)
	require.Equal(t, "no memory", s.report(time.Now()).Error)
	s.detected(element.Detection{Prompt: "a", Prompts: 1})
	require.Equal(t, stateRunning, s.report(time.Now()).State)
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
	for range 12 {
		s.frameOut(0)
	}
	require.InDelta(t, 12, s.report(time.Now()).FPS, 0)
	require.InDelta(t, 0, s.report(time.Now().Add(2*time.Second)).FPS, 0)
}
