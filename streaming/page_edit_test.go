package streaming_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/browsertest"
)

func TestPageChangesThePromptsWords(t *testing.T) {
	ctx := browsertest.New(t)
	s := newServer(t, streaming.Config{})
	_, source := addDrawn(t, s, "demo")
	browse(t, ctx, chromedp.EmulateViewport(1440, 1400), chromedp.Navigate(s.URL()))
	holds(t, ctx, `window.videogem?.state === 'live' && !document.querySelector('.audience').hidden`)
	edit := func(row, keys string) {
		browse(t, ctx, chromedp.Click(chromedp.CSS(row+" .prompt-text")))
		browse(t, ctx, chromedp.SendKeys(chromedp.CSS(".prompt-edit"), keys))
		holds(t, ctx, `document.querySelector('.prompt-edit') === null`)
	}
	focused := func(text string) { holds(t, ctx, `document.activeElement.textContent === '`+text+`'`) }
	const first, second = ".prompt:first-child", ".prompt:nth-child(2)"
	before := source.Prompts()
	edit(first, "nothing"+kb.Escape)
	focused("a person carrying a box")
	require.Equal(t, before, source.Prompts())
	browse(t, ctx, chromedp.Click(chromedp.CSS(first+" .bell")))
	holds(t, ctx, `document.querySelectorAll('.threshold').length === 1`)
	edit(first, "a person waving"+kb.Enter)
	holds(t, ctx, `videogem.prompts[0].text === 'a person waving'`)
	focused("a person waving")
	require.Equal(t, append([]string{"a person waving"}, before[1:]...), source.Prompts())
	holds(t, ctx, `document.querySelector('.threshold').ariaLabel === 'Alert threshold of a person waving'`) // it goes along
	for keys, said := range map[string]string{before[1]: "already", kb.Delete: "needs words"} {
		edit(first, keys+kb.Enter)
		holds(t, ctx, `document.querySelector('.error').textContent.includes('`+said+`')`)
		focused("a person waving")
	}

	// Others may do what they like meanwhile: what is being typed stays.
	browse(t, ctx, chromedp.Click(chromedp.CSS(second+" .prompt-text")), chromedp.SendKeys(chromedp.CSS(".prompt-edit"), "a person sit"))
	require.NoError(t, source.SetPrompts(t.Context(), []string{"a dog running", before[1], "a cat"}))
	holds(t, ctx, `videogem.prompts[0].text === 'a dog running' && videogem.prompts.length === 3`)
	require.NoError(t, source.SetPrompts(t.Context(), []string{before[1], "a cat"}))
	holds(t, ctx, `videogem.prompts.length === 2 && document.querySelectorAll('.prompt').length === 2`)
	browse(t, ctx, chromedp.KeyEvent("ting"), chromedp.KeyEvent(kb.Enter))
	holds(t, ctx, `videogem.prompts[0].text === 'a person sitting'`)

	// Delete removes a prompt for everybody: only where that is meant.
	browse(t, ctx, chromedp.Focus(chromedp.CSS(first+" .bell")), chromedp.KeyEvent(kb.Delete), chromedp.Focus(chromedp.CSS(first+" .swatch")), chromedp.KeyEvent(kb.Delete))
	browse(t, ctx, chromedp.Focus(chromedp.CSS(second+" .prompt-text")), chromedp.KeyEvent(kb.Delete))
	holds(t, ctx, `videogem.prompts.length === 1 && document.activeElement.id === 'prompts-title'`)
	require.Equal(t, []string{"a person sitting"}, source.Prompts())

	browse(t, ctx, chromedp.Click(chromedp.ID("for-me")), chromedp.SendKeys(chromedp.ID("add-prompt"), "a person jumping"+kb.Enter))
	eventually(t, "it is looked for", func() bool { return len(source.ViewerPrompts()) == 1 })
	edit(ownRow, "a person clapping"+kb.Enter)
	focused("a person clapping")
	eventually(t, "the other is looked for", func() bool {
		return len(source.ViewerPrompts()) == 1 && source.ViewerPrompts()[0] == "a person clapping"
	})
	browse(t, ctx, chromedp.Click(chromedp.CSS(ownRow+" .more-actions")), chromedp.Click(chromedp.CSS(ownRow+` [data-action="pause"]`)))
	holds(t, ctx, `document.querySelectorAll('.paused').length === 1 && document.activeElement.id === 'prompts-title'`)
	browse(t, ctx, chromedp.Click(chromedp.CSS(`button[aria-label="Forget a person clapping"]`)))
	holds(t, ctx, `document.querySelectorAll('.paused').length === 0 && document.activeElement.id === 'prompts-title'`)
}
