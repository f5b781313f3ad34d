package streaming_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/browsertest"
)

func TestPageTellsWhy(t *testing.T) {
	ctx := browsertest.New(t)
	s := newServer(t, streaming.Config{})
	_, source := addDrawn(t, s, "demo")
	require.NoError(t, source.SetPrompts(t.Context(), []string{"a person carrying a box", "a person waving", "dancing"}))
	browse(t, ctx, chromedp.Navigate(s.URL()))
	holds(t, ctx, `window.videogem?.state === 'live' && document.querySelectorAll('.marker-label').length === 3`)
	why := func(row string) {
		row = ".prompt:nth-child(" + row + ") "
		browse(t, ctx, chromedp.Click(chromedp.CSS(row+".more-actions")), chromedp.Click(chromedp.CSS(row+`[data-action="why"]`)))
	}
	why("1")
	holds(t, ctx, `document.querySelector('dialog.why').open && [...document.querySelectorAll('.why-score')].every(e => parseFloat(e.textContent) > 0)`)
	require.Equal(t, []string{"a person carrying something", "a box"}, source.ViewerPrompts())
	holds(t, ctx, `document.querySelector('.why-words').textContent.includes('is hot for its object alone')`)
	require.Equal(t, []string{"a person carrying a box", "a person carrying something", "a box"},
		read[[]string](t, ctx, `[...document.querySelectorAll('.why-prompt')].map(e => e.textContent)`))
	drawn := `[...document.querySelectorAll('.why-picture')].every(c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(x => x > 0 && x < 255))`
	holds(t, ctx, drawn)
	require.InDelta(t, 3, read[float64](t, ctx, `document.querySelectorAll('.marker-label').length`), 0, "its parts are not marked in the picture")
	picture(t, ctx, "why_light")
	browse(t, ctx, theme("dark"), chromedp.EmulateViewport(390, 844, chromedp.EmulateScale(2), chromedp.EmulateMobile))
	picture(t, ctx, "why_phone_dark")
	browse(t, ctx, chromedp.EmulateViewport(1440, 900))
	browse(t, ctx, chromedp.KeyEvent(kb.Escape))
	holds(t, ctx, `document.querySelector('dialog.why') === null`)
	eventually(t, "its parts are no longer looked for", func() bool { return len(source.ViewerPrompts()) == 0 })

	why("2")
	holds(t, ctx, `document.querySelector('.why-tile:last-child').textContent.includes('has no object')`)
	holds(t, ctx, `document.querySelector('.why-words').textContent.includes('is hot for its verb alone') &&
		!document.querySelector('.why-words').textContent.includes('object')`)
	picture(t, ctx, "why_no_object")
	browse(t, ctx, chromedp.Click(chromedp.CSS(`.why button[aria-label="Close"]`)))
	why("3")
	holds(t, ctx, `document.querySelector('.why-words').textContent.includes('cannot be taken apart')`)
}
