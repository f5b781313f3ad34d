package streaming_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/browsertest"
)

func TestPagePausesPrompts(t *testing.T) {
	ctx := browsertest.New(t)
	s := newServer(t, streaming.Config{})
	_, source := addStream(t, s, "demo", true)
	browse(t, ctx, chromedp.Navigate(s.URL()))
	holds(t, ctx, `window.videogem?.state === 'live' && videogem.prompts.length === 2`)
	browse(t, ctx, chromedp.Click(chromedp.CSS(".prompt:first-child .more-actions")), chromedp.Click(chromedp.CSS(`.prompt:first-child [data-action="pause"]`)))
	holds(t, ctx, `videogem.prompts.length === 1 && document.querySelector('.paused').textContent.includes('carrying a box')`)
	require.Equal(t, []string{"a person playing guitar"}, source.Prompts(), "what is paused costs nothing")
	browse(t, ctx, chromedp.Reload())
	holds(t, ctx, `window.videogem?.state === 'live' && document.querySelectorAll('.paused').length === 1`)
	browse(t, ctx, chromedp.Click(chromedp.CSS(`button[aria-label="Look for a person carrying a box again"]`)))
	holds(t, ctx, `videogem.prompts.length === 2 && document.querySelectorAll('.paused').length === 0`)
	require.Equal(t, []string{"a person playing guitar", "a person carrying a box"}, source.Prompts())
}

func TestPageSuggestsPrompts(t *testing.T) {
	ctx := browsertest.New(t)
	s := newServer(t, streaming.Config{})
	_, source := addStream(t, s, "demo", true)
	_, other := addStream(t, s, "other", false)
	require.NoError(t, other.SetPrompts(t.Context(), []string{"a dog running", "a person playing guitar"}))
	browse(t, ctx, chromedp.Navigate(s.URL()+"#/demo"))
	holds(t, ctx, `window.videogem?.state === 'live' && videogem.prompts.length === 2`)
	add := func(keys string) { browse(t, ctx, chromedp.SendKeys(chromedp.ID("add-prompt"), keys)) }
	add("a person running" + kb.Enter)
	holds(t, ctx, `videogem.prompts.length === 3`)
	browse(t, ctx, chromedp.Focus(chromedp.CSS(".prompt:nth-child(3) .more-actions")), chromedp.KeyEvent(kb.Delete))
	holds(t, ctx, `videogem.prompts.length === 2`)

	options := `[...document.querySelectorAll('.suggest [role=option]')].map(e => e.textContent)`
	add("run")
	holds(t, ctx, options+`.join() === 'a person running,a dog running'`) // the viewer's own words first
	holds(t, ctx, `document.getElementById('add-prompt').ariaExpanded === 'true'`)
	add(kb.ArrowDown + kb.ArrowDown)
	holds(t, ctx, `document.getElementById(document.getElementById('add-prompt').getAttribute('aria-activedescendant')).textContent === 'a dog running'`)
	browse(t, ctx, chromedp.Click(chromedp.CSS(".suggest [aria-selected=true]")))
	holds(t, ctx, `document.getElementById('add-prompt').value === 'a dog running' && document.querySelector('.suggest').hidden`)
	require.Len(t, source.Prompts(), 2, "a suggestion is only written down")
	add(kb.Enter)
	holds(t, ctx, `videogem.prompts.length === 3`)
	add("running" + kb.Escape)
	holds(t, ctx, `document.querySelector('.suggest').hidden && document.getElementById('add-prompt').value === 'running'`)
	browse(t, ctx, chromedp.Evaluate[chromedp.Void](`document.getElementById('add-prompt').value = ''`))
	add("guitar")
	holds(t, ctx, `document.querySelector('.suggest').hidden`) // it is looked for already

	browse(t, ctx, chromedp.Evaluate[chromedp.Void](`document.getElementById('add-prompt').value = ''`))
	source.Edit(func(st *streaming.Status) { st.Known = []string{"a person squatting"} })
	holds(t, ctx, `videogem.known.length === 1`)
	add("squat")
	holds(t, ctx, options+`.join() === 'a person squatting'`) // the model understands it
}

// unnamed are the controls that a screen reader has no name for, of those that can be reached.
const unnamed = `[...document.querySelectorAll('button, a[href], input, select, [tabindex="0"], video, [role=img]')]
	.filter((e) => e.checkVisibility() && !(e.getAttribute('aria-label') || e.textContent.trim() || e.labels?.length || e.title)).map((e) => e.outerHTML)`

func TestPageNamesItsControls(t *testing.T) {
	ctx := browsertest.New(t, browsertest.Refused(401))
	s := newServer(t, streaming.Config{Auth: newVerifier(t)})
	_, source := addDrawn(t, s, "a")
	source.Edit(func(st *streaming.Status) { st.Whip = "/whip/a" })
	browse(t, ctx, chromedp.Navigate(s.URL()))
	holds(t, ctx, `window.videogem?.view === 'sign in'`)
	require.Empty(t, read[[]string](t, ctx, unnamed))
	browse(t, ctx, chromedp.SendKeys(chromedp.ID("token"), "root"+kb.Enter))
	holds(t, ctx, `videogem.state === 'live' && !document.querySelector('.camera').hidden && !document.querySelector('.audience').hidden`)
	browse(t, ctx, chromedp.Click(chromedp.CSS(".prompt:first-child .bell")), chromedp.Click(chromedp.CSS(".prompt:first-child .more-actions")))
	require.Empty(t, read[[]string](t, ctx, unnamed))
	browse(t, ctx, chromedp.Click(chromedp.CSS(`[data-action="why"]`)))
	holds(t, ctx, `document.querySelector('dialog.why').open`)
	require.Empty(t, read[[]string](t, ctx, unnamed))

	// The keyboard goes everywhere: from the skip link to the prompts.
	browse(t, ctx, chromedp.KeyEvent(kb.Escape))
	holds(t, ctx, `document.activeElement?.dataset.action === 'why'`) // the focus comes back
	browse(t, ctx, chromedp.KeyEvent("/"))
	holds(t, ctx, `document.activeElement.id === 'add-prompt'`)
}
