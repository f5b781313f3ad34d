package live

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/pipeline/democam"
	"github.com/videogem/videogem/streaming"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// acting is a truth with one actor whose actions begin at the given seconds, and who stands at x 0 to .5.
func acting(until float64, begins ...float64) *truth {
	var frames []democam.Truth
	for k := range int(until * 5) {
		t, i := float64(k)*.2, 0
		for i+1 < len(begins) && begins[i+1] <= t {
			i++
		}
		action := []string{"waving", "running"}[i%2]
		frames = append(frames, democam.Truth{Time: t, Actors: []democam.ActorTruth{{Action: action, Since: t - begins[i], Person: democam.Box{X1: .5, Y1: 1}}}})
	}
	return fromFrames(frames)
}

// looks are five a second; on says when the prompt is seen.
func looks(until float64, latency time.Duration, on func(t float64) bool) []Look {
	var all []Look
	for k := range int(until * 5) {
		t := float64(k) * .2
		pts := seconds(t)
		all = append(all, Look{PTS: pts, At: pts + latency, Prompts: []Shown{{Score: .1, Seen: on(t), Point: &[2]float64{t / until, .5}}}})
	}
	return all
}

// TestMeasure: waving from 0 to 5, running to 10, waving to 15 and running to the end, seen .6 s late and left .4 s late.
func TestMeasure(t *testing.T) {
	truth := acting(22, 0, 5, 10, 15)
	require.Len(t, truth.spells["waving"], 2)
	require.InDelta(t, 10, truth.spells["waving"][1].from.Seconds(), 1e-6)
	r := measure(looks(20, 0, func(t float64) bool { return t < 5.3 || t > 10.5 && t < 15.3 }), []string{"a person waving"}, truth)
	require.InDelta(t, .8/(5+4.8), r.Absent.Value(), .01)
	require.InDelta(t, 9.4/10, r.Present.Value(), .01)
	require.InDelta(t, 4./49, r.Frames.Absent.Value(), .01, "by frames: two looks after each end, of 25 and 24")
	require.InDelta(t, .6, r.Begin.Median, .02)
	require.InDelta(t, .4, r.End.Median, .02)
	require.Equal(t, [2]int{2, 2}, [2]int{r.Begin.N, r.End.N})
	require.InDelta(t, 1, r.Flicker, 0)
	require.InDelta(t, 25./47, r.Right.Value(), .02, "the point leaves the person half-way")

	late := measure(looks(20, 200*time.Millisecond, func(t float64) bool { return t < 5.3 || t > 10.5 && t < 15.3 }), []string{"a person waving"}, truth)
	require.InDelta(t, .6, late.End.Median, .02, "heat that comes late goes late")
	require.Greater(t, late.Absent.Value(), r.Absent.Value())

	never := measure(looks(20, 0, func(float64) bool { return false }), []string{"a person waving"}, truth)
	require.Equal(t, 2, never.Missed)
	always := measure(looks(20, 0, func(float64) bool { return true }), []string{"a person waving"}, truth)
	require.InDelta(t, 1, always.Absent.Value(), 0)
	require.Zero(t, always.Missed)
}

func camera(t *testing.T) democam.Config {
	t.Helper()
	c, err := democam.ParseURI("demo://?actions=carrying+a+box,playing+guitar,climbing+a+ladder,running,doing+push-ups")
	require.NoError(t, err)
	return c
}

// TestSimulate holds the default demo camera's first half minute to what thirty minutes must hold, with some room: it is short. It is the
// same on every machine.
func TestSimulate(t *testing.T) {
	e, err := engine.Open(t.Context(), engine.Options{Threads: 1})
	if errors.Is(err, engine.ErrNoLibrary) {
		t.Skip(err)
	}
	require.NoError(t, err)
	defer func() { require.NoError(t, e.Close()) }()
	o := Options{
		Camera: camera(t), Prompts: []string{"a person carrying a box", "a person playing guitar"}, For: 30 * time.Second, Interval: 4,
		Keep: filepath.Join(t.TempDir(), "looks"),
	}
	r, err := Simulate(t.Context(), e, o)
	require.NoError(t, err)
	require.Less(t, r.Absent.Value(), .06)
	require.Greater(t, r.Present.Value(), .8)
	require.Greater(t, r.Right.Value(), .93)
	require.Zero(t, r.Missed)
	again, err := Simulate(t.Context(), e, o)
	require.NoError(t, err)
	require.Equal(t, r, again, "what was kept says the same")
	o.Prompts = o.Prompts[:1]
	_, err = Simulate(t.Context(), e, o)
	require.ErrorContains(t, err, "holds no looks at 1 prompts")
}

// TestWatch asks a server that says what a real one says.
func TestWatch(t *testing.T) {
	seen, score := true, .1
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/streams/demo/events" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		for i := range 20 {
			s := streaming.Status{HeatPTS: time.Duration(i) * 200 * time.Millisecond, HeatAgeMs: 100}
			s.Prompts = []streaming.PromptStatus{{Text: "a person running", Score: score, Seen: &seen, Point: &[2]float64{.5, .5}}}
			b, _ := json.Marshal(s)
			_, _ = fmt.Fprintf(w, "event: status\ndata: %s\n\n", b)
		}
	}))
	defer server.Close()
	defer http.DefaultClient.CloseIdleConnections()
	r, err := Watch(t.Context(), WatchOptions{Server: server.URL, Stream: "demo", Camera: camera(t), For: time.Minute})
	require.NoError(t, err)
	require.Equal(t, 19, r.Looks, "the first has no heat yet")
	require.InDelta(t, 3.6, r.Absent.Whole+r.Present.Whole, .01)
	_, err = Watch(t.Context(), WatchOptions{Server: server.URL, Stream: "door", Camera: camera(t), For: time.Minute})
	require.ErrorContains(t, err, "404")
}
