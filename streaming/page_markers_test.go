package streaming_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/browsertest"
)

func TestPageMarksPoints(t *testing.T) {
	ctx := browsertest.New(t)
	s := newServer(t, streaming.Config{})
	_, source := addStream(t, s, "demo", true)
	source.Edit(func(st *streaming.Status) { st.Prompts[0].Point = &[2]float64{.25, .75} })
	// The window is so flat that there are bars beside the picture.
	browse(t, ctx, chromedp.EmulateViewport(1600, 500), chromedp.Navigate(s.URL()))
	holds(t, ctx, `window.videogem?.state === 'live' && document.querySelectorAll('.marker-ring').length === 1`)
	holds(t, ctx, `(() => {
		const box = document.querySelector('video').getBoundingClientRect(), ring = document.querySelector('.marker-ring').getBoundingClientRect();
		const mark = {x: ring.x + ring.width / 2, y: ring.y + ring.height / 2};
		const height = Math.min(box.height, box.width * 9 / 16), width = height * 16 / 9;
		return box.width > width + 10 &&
			Math.abs(mark.x - (box.x + (box.width - width) / 2 + .25 * width)) < 2 && Math.abs(mark.y - (box.y + .75 * height)) < 2;
	})()`)
	holds(t, ctx, `document.querySelector('.marker-label').textContent.includes('a person carrying a box')`)

	browse(t, ctx, chromedp.KeyEvent("m"))
	holds(t, ctx, `document.querySelector('.markers').hidden && document.querySelector('.labels').ariaPressed === 'false'`)
	browse(t, ctx, chromedp.Reload())
	holds(t, ctx, `window.videogem?.state === 'live' && document.querySelector('.markers').hidden`) // kept
	browse(t, ctx, chromedp.Click(chromedp.CSS(".labels")))
	holds(t, ctx, `!document.querySelector('.markers').hidden`)

	browse(t, ctx, chromedp.Focus(chromedp.CSS(`.prompt .more-actions`)), chromedp.KeyEvent(kb.Delete))
	holds(t, ctx, `videogem.prompts.length === 1 && document.querySelectorAll('.marker-label').length === 0`)
	require.Equal(t, []string{"a person playing guitar"}, source.Prompts())
}

// TestPageMarksTheFrameOnScreen: where the page draws the heat, its points, too, are those of the heat and not of the status.
func TestPageMarksTheFrameOnScreen(t *testing.T) {
	ctx := browsertest.New(t)
	s := newServer(t, streaming.Config{})
	_, source := addDrawn(t, s, "demo")
	source.Edit(func(st *streaming.Status) {
		st.Prompts[0].Point, st.Prompts[1].Point = &[2]float64{.3, .5}, &[2]float64{.3, .5}
	})
	browse(t, ctx, chromedp.Navigate(s.URL()))
	holds(t, ctx, `window.videogem?.state === 'live' && document.querySelectorAll('.marker-label').length === 2`)
	holds(t, ctx, `(() => {
		const box = document.querySelector('.markers').getBoundingClientRect();
		const [a, b] = [...document.querySelectorAll('.marker-label')].map((l) => l.getBoundingClientRect());
		const ring = document.querySelector('.marker-ring').getBoundingClientRect();
		return Math.abs(ring.x + ring.width / 2 - box.x - .3 * box.width) < 2 && (a.bottom <= b.top || b.bottom <= a.top || a.right <= b.left || b.right <= a.left) &&
			document.querySelector('.marker-box').style.display === '';
	})()`)
	source.Edit(func(st *streaming.Status) { st.Prompts[0].Score = .01 })
	holds(t, ctx, `document.querySelectorAll('.marker-label').length === 1 && document.querySelectorAll('.marker-ring').length === 1 &&
		document.querySelector('.prompt').matches('.absent') && document.querySelector('.prompt .prompt-score').textContent === '0.010not seen'`)
	source.Edit(func(st *streaming.Status) { st.Prompts[0].Score = .3 })
	holds(t, ctx, `document.querySelectorAll('.marker-label').length === 2 && !document.querySelector('.prompt').matches('.absent')`)
	browse(t, ctx, chromedp.Click(chromedp.ID("heat-boxes")))
	holds(t, ctx, `document.querySelector('.marker-box').style.display === 'none'`)
	source.HoldHeat(true)
	browse(t, ctx, chromedp.Reload())
	holds(t, ctx, `window.videogem?.state === 'live' && document.querySelector('.badge').textContent === 'Live, heat to come'`)
	require.InDelta(t, 0, read[float64](t, ctx, `document.querySelectorAll('.marker-label').length`), 0, "no mark without its frame")
	source.HoldHeat(false)
	holds(t, ctx, `document.querySelectorAll('.marker-label').length === 2 && document.querySelector('.badge').textContent === 'Live'`)
}
