package streaming_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/browsertest"
	"github.com/videogem/videogem/streaming/internal/testsource"
)

// addBoth adds a stream whose heat the page or the server draws, as its viewers like, and plays it.
func addBoth(t *testing.T, s *streaming.Server, name string) *testsource.Source {
	t.Helper()
	clip, err := testsource.Embedded()
	require.NoError(t, err)
	source := testsource.New(name, clip)
	source.Edit(func(st *streaming.Status) {
		st.State, st.Prompts[0].Point, st.Prompts[1].Point = streaming.StateRunning, &[2]float64{.5, .5}, &[2]float64{.1, .1}
	})
	st, err := s.AddStream(streaming.StreamOptions{
		Name: name, Control: source, Variants: []streaming.Variant{{Overlay: streaming.OverlayNone}, {Overlay: streaming.OverlayBurned}},
	})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { source.Play(ctx, st) })
	wg.Go(func() { // the same picture again and again, with no heat in it either
		burned, began := st.Output(streaming.OverlayBurned, 0), time.Now()
		tick := time.NewTicker(clip.Duration)
		defer tick.Stop()
		for {
			burned.WriteFrame(clip.Frames[0].Data, time.Since(began), true)
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	})
	t.Cleanup(func() { cancel(); wg.Wait() })
	return source
}

// heatColor reads the color of the heat in the middle of the picture, [red, green, blue, opacity].
const heatColor = `(() => {
	const c = document.querySelector('canvas.heat'), pixel = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
	pixel.drawImage(c, -c.width / 2, -c.height / 2);
	return [...pixel.getImageData(0, 0, 1, 1).data];
})()`

// heatArea is the share of the picture that has heat on it.
const heatArea = `(() => {
	const g = new OffscreenCanvas(64, 36).getContext('2d', {willReadFrequently: true});
	g.drawImage(document.querySelector('canvas.heat'), 0, 0, 64, 36);
	return g.getImageData(0, 0, 64, 36).data.filter((v, i) => i % 4 === 3 && v > 8).length / (64 * 36);
})()`

func TestPageDrawsHeatAsItsViewerLikes(t *testing.T) {
	ctx := browsertest.New(t)
	s := newServer(t, streaming.Config{})
	addBoth(t, s, "demo")
	browse(t, ctx, chromedp.EmulateViewport(1440, 1400), chromedp.Navigate(s.URL()))
	middle := func(what string) { holds(t, ctx, `((r, g, b, a) => `+what+`)(...`+heatColor+`)`) }
	choose := func(id, value string) {
		browse(t, ctx, chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`(() => {
			const e = document.getElementById(%q);
			e.value = %q;
			e.dispatchEvent(new Event('input', {bubbles: true}));
			e.dispatchEvent(new Event('change', {bubbles: true}));
		})()`, id, value)))
	}
	holds(t, ctx, `window.videogem?.state === 'live'`)
	middle(`r > 220 && g < 120 && b < 90 && a > 150`) // #ff5a36
	choose("heat-map", "viridis")
	middle(`g > r && g > 180 && b < 100`)
	choose("heat-map", "prompt")
	browse(t, ctx, chromedp.Click(chromedp.CSS(".prompt:first-child .swatch")))
	middle(`a === 0`)
	browse(t, ctx, chromedp.Click(chromedp.CSS(".prompt:first-child .swatch")))
	middle(`a > 150`)
	browse(t, ctx, chromedp.Focus(chromedp.ID("heat-floor")), chromedp.KeyEvent(kb.End))
	holds(t, ctx, `document.getElementById('heat-floor').value === '0.95' && `+heatArea+` > 0 && `+heatArea+` < .1`)
	browse(t, ctx, chromedp.KeyEvent(kb.Home))
	holds(t, ctx, heatArea+` > .2`)
	middle(`a > 150`)

	browse(t, ctx, chromedp.Click(chromedp.CSS(".prompt:first-child .more-actions")), chromedp.Evaluate[chromedp.Void](`(() => {
		const e = document.querySelector('.prompt [type=color]');
		e.value = '#0000ff';
		e.dispatchEvent(new Event('input', {bubbles: true}));
	})()`))
	blue := `r < 60 && g < 60 && b > 200 && a > 150`
	middle(blue)
	swatch := `getComputedStyle(document.querySelector('.prompt .swatch')).backgroundColor`
	holds(t, ctx, swatch+` === 'rgb(0, 0, 255)' && [...document.querySelectorAll('.marker-ring')].some((r) => getComputedStyle(r).stroke === 'rgb(0, 0, 255)')`)

	// Another than this page may draw it; a link says so, and is handed on.
	require.Equal(t, []string{"This page", "Nobody", "The server"}, read[[]string](t, ctx, `[...document.querySelectorAll('#heat-by option')].map((o) => o.textContent)`))
	choose("heat-by", streaming.OverlayBurned)
	holds(t, ctx, `location.search === '?overlay=burned' && document.getElementById('heat-opacity').checkVisibility() === false`)
	holds(t, ctx, `videogem.state === 'live' && document.querySelector('.audience').hidden && `+swatch+` === 'rgb(255, 90, 54)'`)
	middle(`a === 0`)
	browse(t, ctx, chromedp.Reload())
	holds(t, ctx, `window.videogem?.state === 'live' && document.getElementById('heat-by').value === 'burned' && document.querySelector('.audience').hidden`)
	browse(t, ctx, chromedp.Evaluate[chromedp.Void](`navigator.clipboard.writeText = async (text) => { window.copied = text; }`))
	browse(t, ctx, chromedp.Click(chromedp.CSS(`button[aria-label="Copy the link to this stream"]`)))
	holds(t, ctx, `window.copied === location.origin + '/?overlay=burned#/demo' && document.querySelector('.said').textContent === 'Link copied'`)
	choose("heat-by", streaming.OverlayClient)
	middle(blue) // kept
}
