package streaming_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/browsertest"
)

// heatPixels is how many pixels of the heat layer are not transparent in the left or the right half.
const heatPixels = `((half) => {
	const c = document.querySelector('canvas.heat'), w = Math.floor(c.width / 2);
	const copy = Object.assign(document.createElement('canvas'), {width: c.width, height: c.height}).getContext('2d', {willReadFrequently: true});
	copy.drawImage(c, 0, 0);
	const d = copy.getImageData(half * w, 0, w, c.height).data;
	let n = 0;
	for (let i = 3; i < d.length; i += 4) if (d[i] > 0) n++;
	return n;
})`

// TestPageShowsWhatIsSeen: what is not seen has no heat, no ring and no label, and a quiet line in the list.
func TestPageShowsWhatIsSeen(t *testing.T) {
	ctx := browsertest.New(t)
	s := newServer(t, streaming.Config{})
	_, source := addDrawn(t, s, "demo")
	source.Edit(func(st *streaming.Status) {
		st.Prompts[0].Point, st.Prompts[1].Point = &[2]float64{.25, .5}, &[2]float64{.75, .5}
	})
	browse(t, ctx, chromedp.Navigate(s.URL()))
	holds(t, ctx, `window.videogem?.state === 'live' && document.querySelectorAll('.marker-label').length === 2 && `+heatPixels+`(0) > 100 && `+heatPixels+`(1) > 100`)

	// The decision is the server's: a score above the line is not seen while the server says so.
	source.Edit(func(st *streaming.Status) { st.Prompts[0].Score, st.Prompts[0].Seen = .5, new(bool) })
	holds(t, ctx, `document.querySelectorAll('.marker-label').length === 1 && document.querySelectorAll('.marker-ring').length === 1 &&
		`+heatPixels+`(0) === 0 && `+heatPixels+`(1) > 100`)
	holds(t, ctx, `document.querySelector('.prompt').matches('.absent') && !document.querySelector('.prompt').matches('.best') &&
		document.querySelector('.prompt .prompt-score').textContent === '0.500not seen' &&
		document.querySelector('.prompt .meter').ariaValueText === '0.500, not seen'`)
}

// TestPageSaysOneNumber: list, bar and label show the same number of the same inference at every moment.
func TestPageSaysOneNumber(t *testing.T) {
	ctx := browsertest.New(t)
	s := newServer(t, streaming.Config{})
	_, source := addDrawn(t, s, "demo")
	source.Edit(func(st *streaming.Status) { st.Prompts[0].Point = &[2]float64{.25, .5} })
	browse(t, ctx, chromedp.Navigate(s.URL()))
	holds(t, ctx, `window.videogem?.state === 'live' && document.querySelectorAll('.marker-label').length === 2`)
	browse(t, ctx, chromedp.Evaluate[chromedp.Void](`void (async () => {
		let others = 0;
		const numbers = new Set();
		for (let i = 0; i < 60; i++) {
			await new Promise((done) => setTimeout(done, 25));
			for (const label of document.querySelectorAll('.marker-label')) {
				const row = [...document.querySelectorAll('.prompt')].find((r) => r.querySelector('.prompt-text').textContent === label.querySelector('.marker-name').textContent);
				const score = label.querySelector('.marker-score').textContent;
				numbers.add(score);
				const meter = row.querySelector('.meter'), fill = row.querySelector('.meter-fill').getBoundingClientRect().width / meter.getBoundingClientRect().width;
				const share = parseFloat(score) / parseFloat(meter.ariaValueMax);
				if (parseFloat(row.querySelector('.prompt-score').textContent) !== parseFloat(score) || parseFloat(meter.ariaValueNow) !== parseFloat(score) ||
					Math.abs(fill - share) > 0.02) others++;
			}
		}
		window.said = JSON.stringify({others, numbers: numbers.size > 2});
	})()`))
	holds(t, ctx, `window.said !== undefined`)
	require.JSONEq(t, `{"others":0,"numbers":true}`, read[string](t, ctx, `window.said`))
}

// TestPageOfAModelThatIsNotCalibrated: its heat and numbers are shown, and nothing is said to be seen or not.
func TestPageOfAModelThatIsNotCalibrated(t *testing.T) {
	ctx := browsertest.New(t)
	s := newServer(t, streaming.Config{})
	_, source := addDrawn(t, s, "demo")
	source.Unjudged()
	browse(t, ctx, chromedp.Navigate(s.URL()))
	holds(t, ctx, `window.videogem?.state === 'live' && document.querySelectorAll('.marker-label').length === 2 && videogem.threshold === null`)
	holds(t, ctx, `!document.querySelector('.uncalibrated').hidden && document.querySelectorAll('.absent').length === 0 &&
		document.querySelector('.prompt .meter').ariaValueText.endsWith('not calibrated') && document.querySelector('.prompt .prompt-judged').textContent === ''`)
	holds(t, ctx, `[...document.querySelectorAll('.marker-box')].every((b) => b.style.display === 'none')`)
	source.Edit(func(st *streaming.Status) { st.Threshold = new(.1) })
	holds(t, ctx, `document.querySelector('.uncalibrated').hidden`)
}

// TestPageOffersWhatTheModelKnows: chips under the box, reached and pressed with the keyboard; what is looked for is not offered.
func TestPageOffersWhatTheModelKnows(t *testing.T) {
	ctx := browsertest.New(t)
	s := newServer(t, streaming.Config{})
	_, source := addStream(t, s, "demo", true)
	source.Edit(func(st *streaming.Status) {
		st.Known = []string{"a person squatting", "a person carrying a box", "a person waving"}
		st.Prompts[1].Text, st.Prompts[1].Warning = strings.Repeat("a dog catching a frisbee ", 20), "the model does not know: dog"
	})
	browse(t, ctx, chromedp.Navigate(s.URL()))
	chips := `[...document.querySelectorAll('.known-chip')].map((c) => c.textContent).join()`
	holds(t, ctx, `window.videogem?.state === 'live' && `+chips+` === 'squatting,waving'`)
	holds(t, ctx, `document.querySelectorAll('.prompt')[1].querySelector('.prompt-warning').textContent.includes('does not know: dog')`)
	holds(t, ctx, `(() => { // two lines
		const e = document.querySelectorAll('.prompt')[1].querySelector('.prompt-text');
		return e.getBoundingClientRect().height < 2.6 * parseFloat(getComputedStyle(e).lineHeight || 20) && e.title.length > 400;
	})()`)
	browse(t, ctx, chromedp.Focus(chromedp.CSS(".add .primary")), chromedp.KeyEvent(kb.Tab))
	holds(t, ctx, `document.activeElement.ariaLabel === 'Look for a person squatting'`)
	browse(t, ctx, chromedp.KeyEvent(kb.Enter))
	holds(t, ctx, `videogem.prompts.length === 3 && `+chips+` === 'a person waving' && document.activeElement.ariaLabel === 'Look for a person waving'`)
	require.Equal(t, "a person squatting", source.Prompts()[2])
}
