package streaming_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/browsertest"
)

// catch keeps what the page saves, and the picture's size and color in the middle. It must run before the page saves anything.
const catch = `HTMLAnchorElement.prototype.click = function() {
		const image = new Image();
		image.onload = () => {
			const g = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
			g.drawImage(image, -image.width / 2, -image.height / 2);
			window.saved = {name: this.download, size: image.width + 'x' + image.height, red: g.getImageData(0, 0, 1, 1).data[0]};
		};
		image.src = this.href;
	}; undefined`

func TestPageHasToolsAndNumbers(t *testing.T) {
	ctx := browsertest.New(t)
	s := newServer(t, streaming.Config{})
	_, source := addDrawn(t, s, "demo")
	source.Edit(func(st *streaming.Status) { st.Prompts[0].Point = &[2]float64{.5, .5} })
	browse(t, ctx, chromedp.EmulateViewport(1440, 1400), chromedp.Navigate(s.URL()), chromedp.Evaluate[chromedp.Void](catch))
	holds(t, ctx, `window.videogem?.state === 'live' && `+heatAt+` > 150`)
	browse(t, ctx, chromedp.KeyEvent("s"))
	holds(t, ctx, `/^demo \d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d\.png$/.test(window.saved?.name) && saved.size === '320x180' && saved.red > 180`) // with the heat
	holds(t, ctx, `document.querySelector('.said').textContent === 'Picture saved'`)

	browse(t, ctx, chromedp.Click(chromedp.CSS(".stats summary")))
	cells := `[...document.querySelectorAll('.cell')].map((c) => c.firstChild.textContent + ' ' + c.lastChild.textContent)`
	for _, want := range []string{
		`Sent 15 fps`, `Shown here [\d.]+ fps`, `Resolution 320 × 180`, `Model demo`, `Bit rate [\d.]+ [kM]bit\/s`, `Lost \d+ packets?( \([\d.]+ %\))?`,
		`Jitter [\d.]+ ms`, `Buffer [\d.]+ ms`, `Round trip [\d.]+ ms`, `Frames \d+`,
	} {
		holds(t, ctx, cells+`.some((c) => /^`+want+`$/.test(c))`)
	}
	holds(t, ctx, `/Inference24 ms.*Heat age\d+ ms.*Watching1/.test(document.querySelector('.stats summary').textContent) &&
		document.querySelector('.stats summary').ariaLabel === null`) // it is heard, too

	browse(t, ctx, chromedp.Click(chromedp.ID("keys")), chromedp.Evaluate[chromedp.Void](`window.saved = undefined; document.activeElement.blur()`))
	browse(t, ctx, chromedp.KeyEvent("m"), chromedp.KeyEvent("s"))
	browse(t, ctx, chromedp.Reload(), chromedp.Evaluate[chromedp.Void](catch))
	holds(t, ctx, `window.videogem?.state === 'live'`)
	browse(t, ctx, chromedp.KeyEvent("/"), chromedp.Click(chromedp.CSS(".stats summary")))
	require.False(t, read[bool](t, ctx, `document.querySelector('.markers').hidden || document.activeElement.id === 'add-prompt' || document.getElementById('keys').checked`))
	browse(t, ctx, chromedp.Click(chromedp.ID("keys")), chromedp.KeyEvent(kb.Escape))

	browse(t, ctx, chromedp.Click(chromedp.CSS(`button[aria-label="Full screen"]`)))
	holds(t, ctx, `document.fullscreenElement === document.querySelector('.screen')`)
	browse(t, ctx, chromedp.Click(chromedp.CSS(`button[aria-label="Full screen"]`)))
	holds(t, ctx, `document.fullscreenElement === null`)
}
