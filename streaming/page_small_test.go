package streaming_test

import (
	"context"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/browsertest"
)

// covered are the controls of the picture that something else lies over.
const covered = `[...document.querySelectorAll('.screen button')].filter((e) => e.checkVisibility()).filter((e) => {
	const box = e.getBoundingClientRect(), at = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
	return at && !e.contains(at) && !at.contains(e);
}).map((e) => e.ariaLabel ?? e.textContent)`

// fits makes sure that nothing is cut off sideways, and that the picture leaves no control covered.
func fits(t *testing.T, ctx context.Context) { //nolint:revive // t first
	t.Helper()
	require.Empty(t, read[[]string](t, ctx, covered))
	require.Zero(t, read[int](t, ctx, `document.documentElement.scrollWidth - innerWidth`), "it scrolls sideways")
}

func TestPageFitsScreens(t *testing.T) {
	ctx := browsertest.New(t, browsertest.Unanswered())
	s := newServer(t, streaming.Config{})
	_, source := addDrawn(t, s, "demo")
	require.NoError(t, source.SetPrompts(t.Context(), []string{}))
	source.Edit(func(st *streaming.Status) {
		st.Title, st.Error = "A camera with a long name over the door of the loading dock", "rtsp://camera-17.building-4.example:8554/stream/with/a/long/path does not answer: no route to host, and has not for 17 minutes"
		st.Known = []string{"a person waving", "a person walking", "a person washing the dishes", "a person watering", "a person wading", "a person wandering"}
	})
	browse(t, ctx, chromedp.EmulateViewport(1440, 900), chromedp.Navigate(s.URL()))
	holds(t, ctx, `window.videogem?.state === 'live' && videogem.known.length > 0`)
	for _, size := range [][2]int64{{1440, 900}, {1024, 768}, {360, 640}, {740, 360}} {
		browse(t, ctx, chromedp.EmulateViewport(size[0], size[1]))
		fits(t, ctx)
		// Suggestions are to be seen, all of them.
		browse(t, ctx, chromedp.Evaluate[chromedp.Void](`(() => {
			const input = document.getElementById('add-prompt');
			input.scrollIntoView({block: 'center'});
			input.focus();
			input.value = 'wa';
			input.dispatchEvent(new Event('input'));
		})()`))
		holds(t, ctx, `(() => {
			const list = document.querySelector('.suggest');
			return list.children.length === 6 && [...list.children].every((li) => {
				li.scrollIntoView({block: 'nearest'});
				const box = li.getBoundingClientRect();
				return document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2) === li;
			});
		})()`)
		browse(t, ctx, chromedp.Evaluate[chromedp.Void](`document.getElementById('add-prompt').blur(); scrollTo(0, 0)`))
		require.LessOrEqual(t, read[float64](t, ctx, `document.querySelector('.screen').clientHeight`), float64(size[1]), "the picture fits")
	}

	require.NoError(t, source.SetPrompts(t.Context(), []string{"a person who has a prompt that is so long that it goes on and on and does not fit into any line of any card in the grid"}))
	source.Edit(func(st *streaming.Status) { st.State = streaming.StateDegraded })
	browse(t, ctx, chromedp.EmulateViewport(360, 640))
	holds(t, ctx, `videogem.prompts.length === 1 && !document.querySelector('.strip').hidden`)
	fits(t, ctx)
	holds(t, ctx, `(() => {
		const words = document.querySelector('.strip span').getBoundingClientRect(), tools = document.querySelector('.tools').getBoundingClientRect();
		return words.right <= tools.left || words.bottom <= tools.top;
	})()`)
	addDrawn(t, s, "other")
	holds(t, ctx, `videogem.players.length === 2 && videogem.players.every(p => p.state === 'live')`)
	fits(t, ctx)
	holds(t, ctx, `[...document.querySelectorAll('.chip')].every((c) => c.getBoundingClientRect().right <= c.closest('.card').getBoundingClientRect().right)`)

	browse(t, ctx, chromedp.Evaluate[chromedp.Void](`location.hash = '#/demo'`))
	holds(t, ctx, `videogem.state === 'live'`)
	require.NoError(t, s.Close())
	holds(t, ctx, `videogem.state === 'offline' && document.querySelector('.curtain button').checkVisibility()`)
	fits(t, ctx)
}
