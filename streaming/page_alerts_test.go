package streaming_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

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
	browse(t, ctx, chromedp.Navigate(s.URL()))
	holds(t, ctx, `window.videogem?.state === 'live'`)

	browse(t, ctx, chromedp.Click(chromedp.CSS(".prompt:first-child .bell")))
	holds(t, ctx, `document.querySelectorAll('.threshold').length === 1`)
	holds(t, ctx, threshold+` === 0.05`)
	browse(t, ctx, chromedp.Focus(chromedp.CSS(".threshold")))
	for range 3 {
		browse(t, ctx, chromedp.KeyEvent(kb.PageUp))
	}
	for range 5 {
		browse(t, ctx, chromedp.KeyEvent(kb.ArrowRight))
	}
	holds(t, ctx, threshold+` === 0.15`)
	browse(t, ctx, chromedp.KeyEvent(kb.End))
	holds(t, ctx, threshold+` > 0.15 && `+threshold+` === parseFloat(document.querySelector('.threshold').ariaValueMax) - 0.01`)
	browse(t, ctx, chromedp.KeyEvent(kb.Home))
	holds(t, ctx, threshold+` < 0.06`)
	browse(t, ctx, chromedp.Evaluate[chromedp.Void](`localStorage.setItem('threshold demo a person carrying a box', '0.15')`), chromedp.Reload())
	holds(t, ctx, `window.videogem?.state === 'live' && `+threshold+` === 0.15`)
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
	holds(t, ctx, `document.querySelectorAll('.threshold').length === 0 && document.activeElement.id === 'graph-title'`)

	source.Edit(func(st *streaming.Status) { st.Threshold = new(0.043) }) // a calibrated model knows better
	holds(t, ctx, `videogem.threshold === 0.043`)
	browse(t, ctx, chromedp.Click(chromedp.CSS(".prompt:first-child .bell")))
	holds(t, ctx, threshold+` === 0.043`)
}

// hide has the page believe that it is hidden, as in another tab, or shown again.
func hide(t *testing.T, ctx context.Context, hidden bool) { //nolint:revive // t first
	t.Helper()
	browse(t, ctx, chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`Object.defineProperty(document, 'hidden', {value: %t, configurable: true});
		document.dispatchEvent(new Event('visibilitychange')); undefined`, hidden)))
}

// TestPageTellsOfAllThatHappens: events that overlap, of prompts that are the viewer's alone, in the grid, and while nobody looks.
func TestPageTellsOfAllThatHappens(t *testing.T) {
	ctx := browsertest.New(t)
	s := newServer(t, streaming.Config{})
	_, source := addDrawn(t, s, "demo")
	_, other := addDrawn(t, s, "other")
	score := func(i int, x float64) {
		source.Edit(func(st *streaming.Status) { st.Prompts[i].Score = x })
	}
	score(0, .05)
	score(1, .05)
	browse(t, ctx, chromedp.EmulateViewport(1440, 1400), chromedp.Navigate(s.URL()+"#/demo"))
	holds(t, ctx, `window.videogem?.state === 'live' && videogem.heat && document.querySelectorAll('.prompt').length === 2`)
	source.Edit(func(st *streaming.Status) { st.Threshold = new(.15) }) // where the bells put the lines
	holds(t, ctx, `videogem.threshold === 0.15`)
	browse(t, ctx, chromedp.Click(chromedp.ID("for-me")), chromedp.SendKeys(chromedp.ID("add-prompt"), "a person jumping"+kb.Enter))
	browse(t, ctx, chromedp.Click(chromedp.CSS(".prompt:first-child .bell")), chromedp.Click(chromedp.CSS(".prompt:nth-child(2) .bell")),
		chromedp.Click(chromedp.CSS(ownRow+" .bell"))) // its score is 0.18
	holds(t, ctx, `document.querySelectorAll('.threshold').length === 3`)
	holds(t, ctx, `videogem.events.length === 1 && videogem.events[0].prompt === 'a person jumping' && !videogem.events[0].ended`)
	score(0, .3)
	holds(t, ctx, `videogem.events.length === 2`)
	score(1, .3)
	holds(t, ctx, `videogem.events.length === 3 && document.querySelectorAll('.event.now img.event-image').length === 3`)
	score(0, .05)
	score(1, .05)
	browse(t, ctx, chromedp.Focus(chromedp.CSS(ownRow+" .more-actions")), chromedp.KeyEvent(kb.Delete))
	holds(t, ctx, `videogem.events.every(e => e.ended && e.clip) && [...document.querySelectorAll('.event button')].every((b) => !b.hidden)`)

	hide(t, ctx, true)
	score(0, .3)
	holds(t, ctx, `document.title === '(1) demo · VideoGEM' && videogem.events.length === 4`)
	score(0, .05)
	holds(t, ctx, `videogem.events[0].ended`)
	hide(t, ctx, false)
	holds(t, ctx, `document.title === 'demo · VideoGEM'`)
	browse(t, ctx, chromedp.Click(chromedp.CSS(".prompt:nth-child(2) .bell")))
	score(0, .3)
	holds(t, ctx, `videogem.events.length === 5`)
	browse(t, ctx, chromedp.Click(chromedp.CSS(".prompt:first-child .bell"))) // nothing is left to be told
	holds(t, ctx, `videogem.events[0].ended`)
	hide(t, ctx, true)
	holds(t, ctx, `videogem.listening === false`)
	hide(t, ctx, false)
	holds(t, ctx, `videogem.listening === true`)

	other.Edit(func(st *streaming.Status) { st.Prompts[0].Score = .3 })
	browse(t, ctx, chromedp.Evaluate[chromedp.Void](`localStorage.setItem('threshold other a person carrying a box', '0.15'); location.hash = '#/'`), chromedp.Reload())
	holds(t, ctx, `window.videogem?.players.length === 2 && document.querySelector('.card.alert .card-alert')?.textContent === 'a person carrying a box'`)
	holds(t, ctx, `videogem.players.every(p => p.state === 'live')`)
	browse(t, ctx, chromedp.Click(chromedp.CSS(`.card.alert a`)))
	holds(t, ctx, `videogem.stream === 'other' && document.querySelector('.event.now img.event-image') !== null`) // its picture was taken in the grid, or now
}
