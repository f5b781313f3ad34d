package streaming_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/browsertest"
	"github.com/videogem/videogem/streaming/internal/testsource"
)

// addDrawn adds a stream whose heat the page draws, and plays it.
func addDrawn(t *testing.T, s *streaming.Server, name string) (*streaming.Stream, *testsource.Source) {
	t.Helper()
	clip, err := testsource.Embedded()
	require.NoError(t, err)
	return addDrawnClip(t, s, name, clip)
}

func addDrawnClip(t *testing.T, s *streaming.Server, name string, clip *testsource.Clip) (*streaming.Stream, *testsource.Source) {
	t.Helper()
	source := testsource.New(name, clip)
	st, err := s.AddStream(streaming.StreamOptions{Name: name, Control: source, Variants: []streaming.Variant{{Overlay: streaming.OverlayNone}}})
	require.NoError(t, err)
	st.WriteSample(clip.Frames[0].Data, clip.Duration, true)
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { source.Play(ctx, st) })
	t.Cleanup(func() { cancel(); wg.Wait() })
	return st, source
}

const ownRow = `#mine-title + .prompts .prompt`

func TestPageHasPromptsForOneViewer(t *testing.T) {
	ctx := browsertest.New(t, browsertest.Refused(404))
	s := newServer(t, streaming.Config{})
	st, source := addDrawn(t, s, "demo")
	browse(t, ctx, chromedp.Navigate(s.URL()))
	holds(t, ctx, `window.videogem?.state === 'live' && !document.querySelector('.audience').hidden`)
	browse(t, ctx, chromedp.Click(chromedp.ID("for-me")), chromedp.SendKeys(chromedp.ID("add-prompt"), "a person jumping"+kb.Enter))
	found := fmt.Sprintf(`parseFloat(document.querySelector(%q)?.querySelector('.prompt-score').textContent) > 0`, ownRow)
	holds(t, ctx, found)
	holds(t, ctx, `document.querySelector('.own .mine').textContent === 'only you' && document.querySelector('.own .prompt-note').hidden`)
	holds(t, ctx, `[...document.querySelectorAll('.marker-label')].some(l => l.textContent.startsWith('a person jumping') && l.querySelector('.icon'))`)
	require.Equal(t, []string{"a person jumping"}, source.ViewerPrompts())
	require.NotContains(t, source.Prompts(), "a person jumping", "nobody else gets it")

	browse(t, ctx, chromedp.SendKeys(chromedp.ID("add-prompt"), "a person jumping"+kb.Enter))
	holds(t, ctx, `document.querySelector('.error').textContent.includes('already')`)
	browse(t, ctx, chromedp.Evaluate[chromedp.Void](`document.getElementById('add-prompt').value = ''`))
	browse(t, ctx, chromedp.SendKeys(chromedp.ID("add-prompt"), "a person running"+kb.Enter))
	eventually(t, "both are looked for", func() bool { return len(source.ViewerPrompts()) == 2 })
	picture(t, ctx, "own")

	browse(t, ctx, chromedp.Click(chromedp.CSS(ownRow+" .swatch"))) // hidden here, and here alone
	holds(t, ctx, `![...document.querySelectorAll('.marker-label')].some(l => l.textContent.startsWith('a person jumping'))`)
	browse(t, ctx, chromedp.Reload())
	holds(t, ctx, `window.videogem?.state === 'live' && document.querySelectorAll('`+ownRow+`').length === 2`)
	holds(t, ctx, found)

	st.Close() // the connection breaks, and the stream comes back without them
	holds(t, ctx, `videogem.state !== 'live'`)
	_, again := addDrawn(t, s, "demo")
	browse(t, ctx, chromedp.Evaluate[chromedp.Void](`document.querySelector('.curtain button')?.click()`))
	eventually(t, "they are asked for again", func() bool { return len(again.ViewerPrompts()) == 2 })
	holds(t, ctx, found)

	browse(t, ctx, chromedp.Focus(chromedp.CSS(ownRow+" .more-actions")), chromedp.KeyEvent(kb.Delete))
	eventually(t, "one is left", func() bool { return len(again.ViewerPrompts()) == 1 })
	browse(t, ctx, chromedp.Click(chromedp.CSS(ownRow+" .more-actions")), chromedp.Click(chromedp.CSS(ownRow+` [data-action="pause"]`)))
	eventually(t, "it costs nothing while it is paused", func() bool { return len(again.ViewerPrompts()) == 0 })
	browse(t, ctx, chromedp.Click(chromedp.CSS(`button[aria-label="Look for a person running again"]`)))
	eventually(t, "it goes on", func() bool { return len(again.ViewerPrompts()) == 1 })
}

func TestPageTellsWhatOwnPromptsCannotBe(t *testing.T) {
	ctx := browsertest.New(t)
	s := newServer(t, streaming.Config{})
	_, source := addDrawn(t, s, "demo")
	browse(t, ctx, chromedp.Navigate(s.URL()))
	holds(t, ctx, `window.videogem?.state === 'live' && !document.querySelector('.audience').hidden`)
	browse(t, ctx, chromedp.Click(chromedp.ID("for-me")))
	for i := range 5 {
		browse(t, ctx, chromedp.SendKeys(chromedp.ID("add-prompt"), fmt.Sprintf("prompt %d%s", i, kb.Enter)))
	}
	holds(t, ctx, `document.querySelector('.error').textContent.includes('4 prompts for yourself')`)
	eventually(t, "four are looked for", func() bool { return len(source.ViewerPrompts()) == 4 })
}
