package streaming_test

import (
	"fmt"
	"os"
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

// point puts the made-up heat where people do these things in the clip that was made for the pictures.
func point(source *testsource.Source) {
	at := map[string][2]float64{
		"a person carrying a box": {.24, .5}, "a person playing guitar": {.78, .58}, "a person climbing a ladder": {.47, .45},
	}
	source.Edit(func(st *streaming.Status) {
		for i, p := range st.Prompts {
			if xy, ok := at[p.Text]; ok {
				st.Prompts[i].Point = &xy
			}
		}
	})
}

// TestPagePictures takes pictures of a stream's view, for people to look at, into the folder VIDEOGEM_PAGE_PICTURES.
// VIDEOGEM_PAGE_CLIP names a larger IVF file to play than the one of the other tests.
func TestPagePictures(t *testing.T) {
	needPictures(t)
	ctx := browsertest.New(t)
	s := newServer(t, streaming.Config{})
	st, source := addDrawn(t, s, "demo")
	source.Edit(func(st *streaming.Status) { st.Title, st.Notice = "Demo camera", demoNotice })
	require.NoError(t, source.SetPrompts(t.Context(), []string{"a person carrying a box", "a person playing guitar", "a person climbing a ladder"}))
	point(source)
	source.HoldHeat(true)
	browse(t, ctx, chromedp.EmulateViewport(1440, 900), chromedp.Navigate(s.URL()))
	holds(t, ctx, `window.videogem?.state === 'live' && videogem.decodedFrames > 20`)
	picture(t, ctx, "noheat")
	source.HoldHeat(false)
	browse(t, ctx, theme("dark"), chromedp.Click(chromedp.CSS(".prompt:first-child .bell")), chromedp.Click(chromedp.CSS(".prompt:last-child .bell")))
	holds(t, ctx, `videogem.events.length > 1 && videogem.events.some(e => e.clip)`)
	browse(t, ctx, chromedp.Click(chromedp.ID("for-me")), chromedp.SendKeys(chromedp.ID("add-prompt"), "a person jumping"+kb.Enter))
	holds(t, ctx, `document.querySelectorAll('.own').length === 1`)
	browse(t, ctx, chromedp.Click(chromedp.CSS(".prompt:nth-child(2) .more-actions")), chromedp.SendKeys(chromedp.ID("add-prompt"), "person"))
	picture(t, ctx, "dark")
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
	browse(t, ctx, chromedp.EmulateViewport(1440, 900))
	picture(t, ctx, "degraded_dark")
	require.NoError(t, st.Close())
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
		"Loading dock", "Workshop", "Yard", "Hall with a rather long name that does not fit", "Gate",
		"Roof", "Ramp", "Store", "Office", "Lift", "Stairs", "Canteen",
	}
	for i, name := range names {
		_, source := addDrawn(t, s, fmt.Sprintf("camera-%d", i+1))
		point(source)
		source.Edit(func(st *streaming.Status) {
			st.Title = name
			switch i {
			case 3:
				st.State, st.Error = streaming.StateFailed, "rtsp://10.0.0.7/1 does not answer"
			case 5:
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
