package streaming_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/browsertest"
	"github.com/videogem/videogem/streaming/internal/testsource"
)

const demoNotice = "Demo model: knows drawn people only; `videogem models pull viclip-b16` for real scenes."

// needPictures skips the test when nobody wants pictures.
func needPictures(t *testing.T) {
	t.Helper()
	if os.Getenv(pictureFolder) == "" {
		t.Skip(pictureFolder + " names no folder")
	}
}

// scene is what is to be seen in a clip.
type scene struct {
	Prompts []string              `json:"prompts"`
	Places  map[string][2]float64 `json:"places"` // of prompts and their parts, in shares of the frame
}

// addScene adds a stream that plays the i-th of the IVF files that the pattern VIDEOGEM_PAGE_CLIPS matches, with heat where a JSON file (a
// scene) beside it says; without a pattern it is the clip of the other tests.
func addScene(t *testing.T, s *streaming.Server, name string, i int) (*streaming.Stream, *testsource.Source) {
	t.Helper()
	files, err := filepath.Glob(os.Getenv("VIDEOGEM_PAGE_CLIPS"))
	require.NoError(t, err)
	if len(files) == 0 {
		return addDrawn(t, s, name)
	}
	file := files[i%len(files)]
	b, err := os.ReadFile(file)
	require.NoError(t, err)
	clip, err := testsource.Parse(b)
	require.NoError(t, err)
	st, source := addDrawnClip(t, s, name, clip)
	b, err = os.ReadFile(strings.TrimSuffix(file, ".ivf") + ".json")
	require.NoError(t, err)
	var there scene
	require.NoError(t, json.Unmarshal(b, &there))
	require.NoError(t, source.SetPrompts(t.Context(), there.Prompts))
	for prompt, at := range there.Places {
		source.Place(prompt, at[0], at[1])
	}
	return st, source
}

// TestPagePictures takes pictures of a stream's view, for people to look at, into the folder VIDEOGEM_PAGE_PICTURES.
func TestPagePictures(t *testing.T) {
	needPictures(t)
	ctx := browsertest.New(t)
	s := newServer(t, streaming.Config{})
	st, source := addScene(t, s, "demo", 0)
	source.Edit(func(st *streaming.Status) { st.Title, st.Notice = "Demo camera", demoNotice })
	require.NoError(t, source.SetPrompts(t.Context(), []string{"a person carrying a box", "a person playing guitar", "a person climbing a ladder"}))
	source.HoldHeat(true)
	browse(t, ctx, chromedp.EmulateViewport(1440, 900), chromedp.Navigate(s.URL()))
	holds(t, ctx, `window.videogem?.state === 'live' && videogem.decodedFrames > 20`)
	picture(t, ctx, "noheat")
	source.HoldHeat(false)
	browse(t, ctx, theme("dark"), chromedp.Click(chromedp.CSS(".prompt:first-child .bell")), chromedp.Click(chromedp.CSS(".prompt:last-child .bell")))
	holds(t, ctx, `videogem.events.length > 1 && videogem.events.some(e => e.clip)`)
	browse(t, ctx, chromedp.Click(chromedp.ID("for-me")), chromedp.SendKeys(chromedp.ID("add-prompt"), "a guitar"+kb.Enter))
	holds(t, ctx, `document.querySelectorAll('.own').length === 1`)
	browse(t, ctx, chromedp.Click(chromedp.CSS(".prompt:nth-child(2) .more-actions")), chromedp.SendKeys(chromedp.ID("add-prompt"), "person"))
	picture(t, ctx, "dark")
	browse(t, ctx, chromedp.Click(chromedp.CSS(`.prompt:first-child .more-actions`)), chromedp.Click(chromedp.CSS(`.prompt:first-child [data-action="why"]`)))
	holds(t, ctx, `[...document.querySelectorAll('.why-score')].every(e => parseFloat(e.textContent) > 0)`)
	picture(t, ctx, "why_dark")
	browse(t, ctx, chromedp.Click(chromedp.CSS(`.why button[aria-label="Close"]`)))
	holds(t, ctx, `document.querySelector('.why') === null`)
	browse(t, ctx, chromedp.Click(chromedp.CSS(`.prompt:first-child .more-actions`)))
	browse(t, ctx, theme("light"), chromedp.Click(chromedp.CSS(`.prompt:nth-child(2) [data-action="pause"]`)), chromedp.Click(chromedp.CSS(".stats summary")))
	picture(t, ctx, "light_details")
	browse(t, ctx, chromedp.Evaluate[chromedp.Void](`scrollTo(0, 10000)`))
	picture(t, ctx, "light_events")
	browse(t, ctx, chromedp.EmulateViewport(390, 844, chromedp.EmulateScale(2), chromedp.EmulateMobile), theme("dark"))
	browse(t, ctx, chromedp.Click(chromedp.CSS(".stats summary")), chromedp.Evaluate[chromedp.Void](`scrollTo(0, 0)`))
	picture(t, ctx, "phone_dark")
	browse(t, ctx, chromedp.Click(chromedp.CSS(".prompt:nth-child(2) .more-actions")), theme("light"), chromedp.Evaluate[chromedp.Void](`scrollTo(0, 620)`))
	picture(t, ctx, "phone_light")
	browse(t, ctx, chromedp.EmulateViewport(900, 1100), theme("dark"), chromedp.Evaluate[chromedp.Void](`scrollTo(0, 0)`))
	picture(t, ctx, "tablet_dark")
	browse(t, ctx, chromedp.EmulateViewport(3840, 2160))
	picture(t, ctx, "4k_dark")

	source.Edit(func(st *streaming.Status) {
		st.State, st.Error = streaming.StateDegraded, "onnxruntime: out of memory"
		st.Prompts[1].Warning = "longer than the model reads: its end is ignored"
	})
	source.HoldHeat(true)
	browse(t, ctx, chromedp.EmulateViewport(1440, 900))
	holds(t, ctx, `document.querySelectorAll('.marker-label').length === 0`)
	picture(t, ctx, "degraded_dark")
	st.Close()
	require.NoError(t, s.Close())
	holds(t, ctx, `videogem.up === false && videogem.state === 'offline'`)
	picture(t, ctx, "offline_dark")
}

// TestPageGridPictures takes pictures of the view of all streams.
func TestPageGridPictures(t *testing.T) {
	needPictures(t)
	ctx := browsertest.New(t)
	s := newServer(t, streaming.Config{})
	browse(t, ctx, chromedp.EmulateViewport(1440, 900), chromedp.Navigate(s.URL()))
	holds(t, ctx, `window.videogem?.up`)
	picture(t, ctx, "empty")
	browse(t, ctx, chromedp.Navigate(s.URL()+"#/nobody"))
	holds(t, ctx, `videogem.state === 'error'`)
	picture(t, ctx, "error")
	names := []string{
		"Loading dock", "Yard", "Waiting room", "Workshop", "Hall with a rather long name that does not fit", "Gate",
		"Roof", "Ramp", "Store", "Office", "Lift", "Stairs",
	}
	for i, name := range names {
		_, source := addScene(t, s, fmt.Sprintf("camera-%d", i+1), i)
		source.Edit(func(st *streaming.Status) {
			st.Title = name
			switch i {
			case 4:
				st.State, st.Error, st.FPS = streaming.StateFailed, "rtsp://10.0.0.7/1 does not answer", 0
			case 7:
				st.Prompts = nil
			}
		})
	}
	browse(t, ctx, theme("dark"), chromedp.Navigate(s.URL()+"#/"))
	holds(t, ctx, `videogem.players.filter(p => p.state === 'live').length >= 6`)
	picture(t, ctx, "grid_dark")
	browse(t, ctx, theme("light"))
	picture(t, ctx, "grid_light")
	browse(t, ctx, chromedp.EmulateViewport(390, 844, chromedp.EmulateScale(2), chromedp.EmulateMobile))
	picture(t, ctx, "grid_phone")
	browse(t, ctx, chromedp.EmulateViewport(3840, 2160), theme("dark"))
	picture(t, ctx, "grid_4k")
}
