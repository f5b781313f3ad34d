package streaming_test

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/browsertest"
)

// heatAt reads how opaque the heat is in the middle of the picture, 0 to 255.
const heatAt = heatColor + `[3]`

// drag drags an element down by so many pixels.
func drag(t *testing.T, ctx context.Context, selector string, down float64) { //nolint:revive // t first
	t.Helper()
	at := read[[]float64](t, ctx, fmt.Sprintf(`(() => {
		const e = document.querySelector(%q);
		e.scrollIntoView({block: 'center', behavior: 'instant'});
		const box = e.getBoundingClientRect();
		return [box.x + box.width / 2, box.y + box.height / 2];
	})()`, selector))
	browse(t, ctx, chromedp.DragAndDropXY(at[0], at[1], at[0], at[1]+down))
}

const threshold = `parseFloat(document.querySelector('.threshold')?.getAttribute('aria-valuenow'))`

// TestPageFromEndToEnd is what a viewer does in an evening, in one browser: he plays, prompts, sets how heat is drawn and from when he is
// told, reloads, and stays through a server that restarts and a network that breaks, with a word and without one.
func TestPageFromEndToEnd(t *testing.T) {
	ctx := browsertest.New(t, browsertest.Unanswered(), browsertest.Refused(404))
	s := newServer(t, streaming.Config{Advertise: []string{wireHost}})
	_, source := addDrawn(t, s, "demo")
	source.Edit(func(st *streaming.Status) { st.Prompts[0].Point = &[2]float64{.5, .5} })
	at, err := url.Parse(s.URL())
	require.NoError(t, err)
	w := newWire(t, at.Port())
	browse(t, ctx, chromedp.EmulateViewport(1440, 1400), chromedp.Navigate("http://"+net.JoinHostPort(wireHost, at.Port())+"/"))
	plays := func() {
		t.Helper()
		holds(t, ctx, `window.videogem?.state === 'live' && videogem.up === true`)
		n := read[int](t, ctx, `videogem.decodedFrames`)
		holds(t, ctx, fmt.Sprintf(`videogem.decodedFrames > %d`, n+10))
	}
	plays()

	browse(t, ctx, chromedp.SendKeys(chromedp.ID("add-prompt"), "a person jumping"+kb.Enter))
	holds(t, ctx, `videogem.prompts.length === 3`)
	require.Equal(t, []string{"a person carrying a box", "a person playing guitar", "a person jumping"}, source.Prompts())
	source.Edit(func(st *streaming.Status) { st.Prompts[0].Point = &[2]float64{.5, .5} })

	browse(t, ctx, chromedp.Focus(chromedp.ID("heat-opacity")), chromedp.KeyEvent(kb.End))
	holds(t, ctx, heatAt+` > 200`)
	browse(t, ctx, chromedp.KeyEvent(kb.Home), chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(kb.ArrowRight))
	holds(t, ctx, `document.getElementById('heat-opacity').value === '0.15'`)
	holds(t, ctx, heatAt+` > 10 && `+heatAt+` < 60`)

	browse(t, ctx, chromedp.Click(chromedp.CSS(".prompt:first-child .bell")))
	holds(t, ctx, threshold+` > 0`)
	before := read[float64](t, ctx, threshold)
	drag(t, ctx, ".threshold", 40)
	holds(t, ctx, fmt.Sprintf(`%s < %g`, threshold, before))
	low := read[float64](t, ctx, threshold)
	drag(t, ctx, ".threshold", -4000)
	holds(t, ctx, fmt.Sprintf(`%s > %g`, threshold, before))
	high := read[float64](t, ctx, threshold)
	require.Less(t, high-low, 1.0, "the line stays in the graph")

	browse(t, ctx, chromedp.Click(chromedp.ID("for-me")), chromedp.SendKeys(chromedp.ID("add-prompt"), "a person waving"+kb.Enter))
	kept := fmt.Sprintf(`videogem.prompts.length === 3 && document.getElementById('heat-opacity').value === '0.15' && %s === %g &&
		parseFloat(document.querySelector(%q)?.querySelector('.prompt-score').textContent) > 0`, threshold, high, ownRow)
	holds(t, ctx, kept)
	require.Equal(t, []string{"a person waving"}, source.ViewerPrompts())

	browse(t, ctx, chromedp.Reload())
	plays()
	holds(t, ctx, kept)

	require.NoError(t, s.Close())
	holds(t, ctx, `videogem.up === false && videogem.state !== 'live' && document.getElementById('link').textContent.includes('does not answer')`)
	s = newServer(t, streaming.Config{Listen: at.Host, Advertise: []string{wireHost}})
	_, source = addDrawn(t, s, "demo")
	require.NoError(t, source.SetPrompts(t.Context(), []string{"a person carrying a box", "a person playing guitar", "a person jumping"}))
	plays()
	holds(t, ctx, kept)
	require.Equal(t, []string{"a person waving"}, source.ViewerPrompts(), "it is asked for again")

	for name, state := range map[string]wireState{"cut": wireCut, "silent": wireSilent} {
		w.set(state)
		holds(t, ctx, `videogem.up === false && videogem.state !== 'live' && document.getElementById('link').textContent.includes('does not answer')`)
		w.set(wirePasses)
		plays()
		holds(t, ctx, kept)
		eventually(t, "the lost session has ended: "+name, func() bool { return streaming.Sessions(s) == 1 })
	}

	for i := range 7 {
		addDrawn(t, s, fmt.Sprintf("camera-%d", i+1))
	}
	holds(t, ctx, `videogem.players.length === 8 && videogem.players.every(p => p.state === 'live' && p.decodedFrames > 10)`)
}
