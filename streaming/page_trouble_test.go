package streaming_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/browsertest"
)

// sleepy has videos start only when the page plays them, and that only when a click allowed it: window.awake.
const sleepy = `Object.defineProperty(HTMLMediaElement.prototype, 'autoplay', {set() {}});
	const play = HTMLMediaElement.prototype.play;
	HTMLMediaElement.prototype.play = async function() {
		if (!window.awake) throw new DOMException('no click yet', 'NotAllowedError');
		await play.call(this);
	}; undefined`

// TestPageTellsWhatIsWrong: a server that has no place for its event stream, a browser that starts no video, and parts of a prompt that the
// server does not take.
func TestPageTellsWhatIsWrong(t *testing.T) {
	ctx := browsertest.New(t, browsertest.Refused(503))
	s := newServer(t, streaming.Config{MaxSessions: 1})
	others, leave := context.WithCancel(t.Context())
	defer leave()
	for range 2 {
		r, err := http.NewRequestWithContext(others, http.MethodGet, s.URL()+"api/events", http.NoBody)
		require.NoError(t, err)
		resp, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		defer func() { _ = resp.Body.Close() }()
	}
	browse(t, ctx, chromedp.Navigate(s.URL()))
	holds(t, ctx, `document.getElementById('link').textContent.includes('too busy') && document.querySelector('.empty').textContent.includes('too busy')`)
	browse(t, ctx, chromedp.Evaluate[chromedp.Void](sleepy))
	_, source := addDrawn(t, s, "demo")
	long := "a person " + strings.Repeat("x", 490) // with "something" it is longer than the server takes
	require.NoError(t, source.SetPrompts(t.Context(), []string{long}))
	leave()
	holds(t, ctx, `videogem.up && document.getElementById('link').textContent === '' && videogem.state === 'asleep'`)
	holds(t, ctx, `document.querySelector('.badge').textContent === 'Paused' && document.querySelector('.curtain button').textContent === 'Play'`)
	browse(t, ctx, chromedp.Evaluate[chromedp.Void](`window.awake = true`), chromedp.Click(chromedp.CSS(".curtain button")))
	holds(t, ctx, `videogem.state === 'live'`)

	holds(t, ctx, `document.querySelectorAll('.marker-label').length === 1`)
	browse(t, ctx, chromedp.Click(chromedp.CSS(".prompt .more-actions")), chromedp.Click(chromedp.CSS(`.prompt [data-action="why"]`)))
	holds(t, ctx, `document.querySelector('.why-words').textContent.includes('does not look for its parts: prompt 1 is empty, too long')`)
	holds(t, ctx, `[...document.querySelectorAll('.why .spinner')].every((e) => !e.checkVisibility())`)
}
