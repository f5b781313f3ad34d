// Package e2e tests the whole product as its users meet it: a server with the demo camera, a real browser, and the truth about
// what the camera shows.
package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/pipeline"
	"github.com/videogem/videogem/pipeline/democam"
	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/browsertest"
)

func TestMain(m *testing.M) {
	code := m.Run()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// serve starts a server as `videogem serve` does.
func serve(t *testing.T, prompts []string, sources ...string) *pipeline.Server {
	t.Helper()
	s, err := pipeline.NewServer(pipeline.ServerOptions{
		Sources: sources, Web: streaming.Config{Listen: "127.0.0.1:0"}, Log: slog.New(slog.DiscardHandler),
		Stream: pipeline.StreamOptions{Model: "demo", Prompts: prompts, Opacity: .6, InferenceInterval: 6, Codec: "vp8", Bitrate: 2_500_000, Overlay: pipeline.OverlayBoth},
	})
	require.NoError(t, err)
	t.Cleanup(s.Close)
	err = s.Start(t.Context())
	if errors.Is(err, engine.ErrNoLibrary) {
		t.Skip(err)
	}
	require.NoError(t, err)
	require.Eventually(t, func() bool { return running(s.URL()) }, 30*time.Second, 50*time.Millisecond, "the first picture")
	return s
}

// running says whether the demo stream has a picture.
func running(url string) bool {
	response, err := http.Get(url + "api/streams/demo") //nolint:noctx // a poll with a deadline around it
	if err != nil {
		return false
	}
	defer func() { _ = response.Body.Close() }()
	var st streaming.Status
	return json.NewDecoder(response.Body).Decode(&st) == nil && st.State == streaming.StateRunning
}

// page is a browser that shows a server's page.
type page struct {
	t   *testing.T
	ctx context.Context
}

func open(t *testing.T, url string, o ...browsertest.Option) page {
	t.Helper()
	ctx := browsertest.New(t, o...)
	p := page{t, ctx}
	_, err := chromedp.Run(p.ctx, chromedp.Navigate(url))
	require.NoError(t, err)
	return p
}

// eval evaluates an expression in the page.
func eval[T any](p page, expression string) T {
	p.t.Helper()
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression))
	require.NoError(p.t, err, expression)
	return v
}

func (p page) decodedFrames() float64 { return eval[float64](p, "+window.videogem.decodedFrames || 0") }

// status is what the server says about the stream, asked from within the page.
func (p page) status() streaming.Status {
	p.t.Helper()
	var s streaming.Status
	text := eval[string](p, `(() => { const x = new XMLHttpRequest(); x.open("GET", "/api/streams/demo", false); x.send(); return x.responseText })()`)
	require.NoError(p.t, json.Unmarshal([]byte(text), &s), text)
	return s
}

func (p page) awaitVideo() {
	p.t.Helper()
	require.Eventually(p.t, func() bool { return eval[string](p, "document.readyState") == "complete" && p.decodedFrames() > 10 },
		60*time.Second, 100*time.Millisecond, "the page plays")
}

// typePrompt types a prompt as a viewer does.
func (p page) typePrompt(text string) {
	p.t.Helper()
	_, err := chromedp.Run(p.ctx, chromedp.SendKeys(promptBox, text+"\r"))
	require.NoError(p.t, err)
}

// promptBox is the input in which viewers type prompts.
const promptBox = "form input[type=text]"

// TestHeatLiesOnTheActor is the product's promise: the heat of a prompt lies on the one who does it, and follows the prompt.
func TestHeatLiesOnTheActor(t *testing.T) {
	const samples, perActor = 50, 10
	uri := "demo://?seed=11&actors=3&hold=12-18&actions=" + strings.ReplaceAll(strings.Join(democam.StrongActions(), ","), " ", "+")
	s := serve(t, []string{"a person waving"}, uri)
	p := open(t, s.URL()+"#/demo")
	p.awaitVideo()
	shadow := newShadow(t, uri)

	hits, total, moved, changes := 0, 0, 0, 0
	deadline := time.Now().Add(150 * time.Second)
	for actor := 0; total < samples && time.Now().Before(deadline); actor = (actor + 1) % 3 {
		truth := shadow.at(p.status().HeatPTS)
		a := truth.Actors[actor]
		if a.Since < 2 || a.Since > 8 {
			time.Sleep(50 * time.Millisecond)
			continue
		}
		prompt := "a person " + a.Action
		if total == 0 {
			p.typePrompt(prompt) // by hand once; then as the page does it
		}
		p.setPrompts(prompt)
		changed := time.Now()
		changes++
		arrived := false
		seen, taken := time.Duration(0), 0
		for taken < perActor && time.Since(changed) < 8*time.Second {
			time.Sleep(20 * time.Millisecond)
			st := p.status()
			if len(st.Prompts) != 1 || st.Prompts[0].Text != prompt || st.Prompts[0].Point == nil || st.HeatPTS == seen {
				continue
			}
			seen = st.HeatPTS
			truth = shadow.at(seen)
			if truth.Actors[actor].Action != a.Action {
				break // the actor went on to something else
			}
			hit := truth.Union(actor).Contains(st.Prompts[0].Point[0], st.Prompts[0].Point[1])
			if hit && time.Since(changed) <= 2*time.Second {
				arrived = true
			}
			taken++
			total++
			if hit {
				hits++
			}
		}
		if arrived {
			moved++
		}
	}
	t.Logf("%d of %d sampled frames have the heat's peak in the actor's box; %d of %d prompt changes moved it within 2 s", hits, total, moved, changes)
	require.GreaterOrEqual(t, total, samples, "too few samples in the time given")
	require.GreaterOrEqual(t, float64(hits), .8*float64(total))
	require.GreaterOrEqual(t, float64(moved), .8*float64(changes))
}

// setPrompts replaces all prompts through the API, as the page's own buttons do.
func (p page) setPrompts(prompts ...string) {
	p.t.Helper()
	body, err := json.Marshal(map[string]any{"prompts": prompts})
	require.NoError(p.t, err)
	code := eval[float64](p, `(() => { const x = new XMLHttpRequest(); x.open("PUT", "/api/streams/demo/prompts", false);
		x.setRequestHeader("Content-Type", "application/json"); x.send(`+string(mustQuote(p.t, string(body)))+`); return x.status })()`)
	require.InDelta(p.t, 202, code, 2, "200 to 204")
}

func mustQuote(t *testing.T, s string) []byte {
	t.Helper()
	b, err := json.Marshal(s)
	require.NoError(t, err)
	return b
}

// shadow is a second demo camera of the same seed: it knows what the first shows at any PTS.
type shadow struct {
	t      *testing.T
	camera *democam.Camera
	config democam.Config
	frame  []byte
	truth  democam.Truth
}

func newShadow(t *testing.T, uri string) *shadow {
	t.Helper()
	config, err := democam.ParseURI(uri)
	require.NoError(t, err)
	camera, err := democam.New(config)
	require.NoError(t, err)
	s := &shadow{t: t, camera: camera, config: config, frame: make([]byte, config.Width*config.Height*3)}
	s.truth = camera.Frame(s.frame)
	return s
}

// at goes forward to the frame with the given PTS.
func (s *shadow) at(pts time.Duration) democam.Truth {
	want := int((pts + time.Millisecond) / time.Duration(float64(time.Second)/s.config.FPS))
	if skipped := want - s.truth.Index - 1; skipped >= 0 {
		s.camera.Skip(skipped)
		s.truth = s.camera.Frame(s.frame)
	}
	return s.truth
}

// allFound says whether every prompt's point lies in the box of the actor who does it.
func (s *shadow) allFound(st streaming.Status) bool {
	truth := s.at(st.HeatPTS)
	for _, p := range st.Prompts {
		i := slices.IndexFunc(truth.Actors, func(a democam.ActorTruth) bool { return p.Text == "a person "+a.Action })
		if i < 0 || p.Point == nil || !truth.Union(i).Contains(p.Point[0], p.Point[1]) {
			return false
		}
	}
	return true
}

// awaitGoodMoment waits until the heat of all prompts has lain where it belongs for some looks in a row: the markers glide there.
func (p page) awaitGoodMoment(s *shadow) {
	p.t.Helper()
	found := 0
	require.Eventually(p.t, func() bool {
		if found++; !s.allFound(p.status()) {
			found = 0
		}
		return found == 4
	}, 2*time.Minute, 400*time.Millisecond, "the heat of all prompts lies where it belongs")
}

// TestPageShowsWhatItPromises looks at everything that a newcomer sees, and takes the README's picture.
func TestPageShowsWhatItPromises(t *testing.T) {
	uri := "demo://?seed=11&actors=3&size=1280x720&hold=12-18&actions=carrying+a+box,playing+guitar,climbing+a+ladder"
	s := serve(t, nil, uri)
	p := open(t, s.URL())
	p.awaitVideo()
	require.Eventually(t, func() bool {
		st := p.status()
		return len(st.Prompts) == 2 && st.Prompts[0].Point != nil && st.FPS > 0 && st.InferenceMs > 0
	}, 30*time.Second, 100*time.Millisecond, "two default prompts with scores")
	p.typePrompt("a person climbing a ladder")
	require.Eventually(t, func() bool {
		st := p.status()
		return len(st.Prompts) == 3 && st.Prompts[2].Text == "a person climbing a ladder" && st.Prompts[2].Point != nil
	}, 30*time.Second, 100*time.Millisecond, "the prompt typed on the page is grounded")
	for _, want := range []string{"a person carrying a box", "a person playing guitar", "a person climbing a ladder", "drawn people"} {
		require.Eventually(t, func() bool { return strings.Contains(eval[string](p, "document.body.innerText"), want) },
			10*time.Second, 100*time.Millisecond, want)
	}
	before := p.decodedFrames()
	require.Eventually(t, func() bool { return p.decodedFrames() > before+15 }, 20*time.Second, 100*time.Millisecond, "frames keep coming")
	path := filepath.Join(t.TempDir(), "page.png")
	if dir := os.Getenv("VIDEOGEM_SCREENSHOTS"); dir != "" {
		path = filepath.Join(dir, "page.png")
		p.awaitGoodMoment(newShadow(t, uri))
	}
	shot, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, shot, 0o600))
}
