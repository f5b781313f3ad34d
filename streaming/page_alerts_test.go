package streaming_test

import (
	"context"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/browsertest"
)

func TestPageTellsWhenAPromptHappens(t *testing.T) {
	ctx := browsertest.New(t)
	s := newServer(t, streaming.Config{})
	_, source := addStream(t, s, "demo", true)
	score := func(x float64) {
		source.Edit(func(st *streaming.Status) { st.Prompts[0].Score = x })
	}
	score(0.05)
	complaints := browsertest.Complaints(t, ctx)
	browse(t, ctx, chromedp.Navigate(s.URL()))
	holds(t, ctx, `window.videogem?.state === 'live'`)

	browse(t, ctx, chromedp.Click(chromedp.CSS(".prompt:first-child .bell")))
	holds(t, ctx, `document.querySelectorAll('.threshold').length === 1`)
	const value = `parseFloat(document.querySelector('.threshold').getAttribute('aria-valuenow'))`
	holds(t, ctx, value+` === 0.05`)
	browse(t, ctx, chromedp.Focus(chromedp.CSS(".threshold")))
	for range 4 {
		browse(t, ctx, chromedp.KeyEvent(kb.PageUp))
	}
	holds(t, ctx, value+` === 0.15`)
	require.Equal(t, "0.15", read[string](t, ctx, `localStorage.getItem('threshold demo a person carrying a box')`))

	score(0.2)
	holds(t, ctx, `videogem.events.length === 1 && !videogem.events[0].ended`)
	holds(t, ctx, `document.querySelector('.event.now img.event-image')?.src.startsWith('data:image/jpeg')`)
	score(0.25)
	holds(t, ctx, `videogem.events[0].peak === 0.25`)
	score(0.1)
	holds(t, ctx, `videogem.events[0].ended`)
	holds(t, ctx, `videogem.events[0].clip && !document.querySelector('.event .icon-button').hidden`)

	browse(t, ctx, chromedp.Reload())
	holds(t, ctx, `window.videogem?.state === 'live' && document.querySelectorAll('.threshold').length === 1`)
	browse(t, ctx, chromedp.Focus(chromedp.CSS(".threshold")), chromedp.KeyEvent(kb.Delete))
	holds(t, ctx, `document.querySelectorAll('.threshold').length === 0`)

	source.Edit(func(st *streaming.Status) { st.Threshold = 0.043 }) // a calibrated model knows better
	holds(t, ctx, `videogem.threshold === 0.043`)
	browse(t, ctx, chromedp.Click(chromedp.CSS(".prompt:first-child .bell")))
	holds(t, ctx, value+` === 0.043`)
	require.Empty(t, complaints())
}

func TestPageChangesThePromptsWords(t *testing.T) {
	ctx := browsertest.New(t)
	s := newServer(t, streaming.Config{})
	_, source := addStream(t, s, "demo", true)
	browse(t, ctx, chromedp.Navigate(s.URL()))
	holds(t, ctx, `window.videogem?.state === 'live'`)
	edit := func(keys string) {
		browse(t, ctx, chromedp.Click(chromedp.CSS(".prompt:first-child .prompt-text")))
		browse(t, ctx, chromedp.SendKeys(chromedp.CSS(".prompt-edit"), keys))
		holds(t, ctx, `document.querySelector('.prompt-edit') === null`)
	}
	before := source.Prompts()
	edit("nothing" + kb.Escape)
	require.Equal(t, before, source.Prompts())
	edit("a person waving" + kb.Enter)
	holds(t, ctx, `videogem.prompts[0].text === 'a person waving'`)
	require.Equal(t, append([]string{"a person waving"}, before[1:]...), source.Prompts())
}

// read evaluates a JavaScript expression.
func read[T any](t *testing.T, ctx context.Context, expression string) T { //nolint:revive // t first
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	require.NoError(t, err)
	return v
}
