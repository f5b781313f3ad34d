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
	complaints := browsertest.Complaints(t, ctx)
	// The window is so flat that there are bars beside the picture.
	browse(t, ctx, chromedp.EmulateViewport(1600, 500), chromedp.Navigate(s.URL()))
	holds(t, ctx, `window.videogem?.state === 'live' && document.querySelectorAll('.marker').length === 1`)
	holds(t, ctx, `(() => {
		const box = document.querySelector('video').getBoundingClientRect(), mark = document.querySelector('.marker').getBoundingClientRect();
		const height = Math.min(box.height, box.width * 9 / 16), width = height * 16 / 9;
		return box.width > width + 10 &&
			Math.abs(mark.x - (box.x + (box.width - width) / 2 + .25 * width)) < 2 && Math.abs(mark.y - (box.y + .75 * height)) < 2;
	})()`)
	holds(t, ctx, `document.querySelector('.marker').textContent.includes('a person carrying a box')`)

	browse(t, ctx, chromedp.KeyEvent("m"))
	holds(t, ctx, `document.querySelector('.markers').hidden && document.querySelector('.labels').ariaPressed === 'false'`)
	browse(t, ctx, chromedp.Reload())
	holds(t, ctx, `window.videogem?.state === 'live' && document.querySelector('.markers').hidden`) // kept
	browse(t, ctx, chromedp.Click(chromedp.CSS(".labels")))
	holds(t, ctx, `!document.querySelector('.markers').hidden`)

	browse(t, ctx, chromedp.Focus(chromedp.CSS(`.prompt .remove`)), chromedp.KeyEvent(kb.Delete))
	holds(t, ctx, `videogem.prompts.length === 1 && document.querySelectorAll('.marker').length === 0`)
	require.Equal(t, []string{"a person playing guitar"}, source.Prompts())
	require.Empty(t, complaints())
}
