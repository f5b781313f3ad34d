package streaming_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/browsertest"
)

// markup would run a script, were it taken for more than words.
const markup = `<img src=x onerror="window.ran = true"><script>window.ran = true</script>&amp;`

// TestPageTakesNamesAndWordsAsTheyAre: whatever streams are called, and whatever they say.
func TestPageTakesNamesAndWordsAsTheyAre(t *testing.T) {
	ctx := browsertest.New(t)
	s := newServer(t, streaming.Config{})
	_, source := addStream(t, s, "main", true)
	addStream(t, s, "a.main", true)
	require.NoError(t, source.SetPrompts(t.Context(), []string{markup, "constructor", "__proto__"}))
	source.Edit(func(st *streaming.Status) {
		st.Title, st.Notice, st.Model, st.Known = markup, markup+"`"+markup+"`", markup, []string{markup + "known"}
		st.Prompts[0].Warning, st.Prompts[0].Score, st.Prompts[0].Point = markup, .3, &[2]float64{.5, .5}
	})
	browse(t, ctx, chromedp.EmulateViewport(1440, 1400), chromedp.Navigate(s.URL()))
	holds(t, ctx, `window.videogem?.players.length === 2 && videogem.players.every(p => p.state === 'live')`)
	browse(t, ctx, chromedp.Click(chromedp.CSS(`a.card-link[href="#/main"]`)))
	holds(t, ctx, `videogem.view === '/main' && videogem.state === 'live' && document.activeElement.id === 'main'`) // the focus is in the view
	browse(t, ctx, chromedp.Evaluate[chromedp.Void](`document.querySelector('.skip').focus()`), chromedp.KeyEvent(kb.Enter))
	holds(t, ctx, `document.activeElement.id === 'main' && location.hash === '#/main'`)

	for _, selector := range []string{"h1.title", "title", ".crumbs [aria-current]", ".prompt-text", ".prompt-warning", ".notice", ".notice code", ".marker-name"} {
		holds(t, ctx, `document.querySelector('`+selector+`')?.textContent.includes('<img src=x onerror="window.ran = true">')`)
	}
	browse(t, ctx, chromedp.Click(chromedp.CSS(".prompt:first-child .bell")), chromedp.Click(chromedp.CSS(".prompt:nth-child(3) .bell")))
	holds(t, ctx, `document.querySelectorAll('.threshold').length === 2 && document.querySelectorAll('.event b').length === 2 && document.querySelector('.events').textContent.includes('<script>')`)
	browse(t, ctx, chromedp.SendKeys(chromedp.ID("add-prompt"), "known"))
	holds(t, ctx, `document.querySelector('.suggest li')?.textContent.includes('<img')`)
	browse(t, ctx, chromedp.Evaluate[chromedp.Void](`document.getElementById('add-prompt').value = ''`))
	source.Edit(func(st *streaming.Status) { st.State, st.Error = streaming.StateDegraded, markup })
	holds(t, ctx, `document.querySelector('.strip').textContent.includes('<img')`)
	browse(t, ctx, chromedp.Reload())
	holds(t, ctx, `window.videogem?.view === '/main' && videogem.state === 'live' && document.querySelectorAll('.threshold').length === 2`)
	browse(t, ctx, chromedp.Click(chromedp.CSS(`.crumbs a[href="#/a.main"]`)))
	holds(t, ctx, `videogem.view === '/a.main' && videogem.state === 'live' && document.activeElement.id === 'main'`)
	browse(t, ctx, chromedp.Evaluate[chromedp.Void](`history.back()`))
	holds(t, ctx, `videogem.view === '/main' && videogem.state === 'live'`)
	require.Empty(t, read[string](t, ctx, `window.ran ? 'a script ran' : ''`))
}
