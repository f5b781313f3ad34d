package streaming_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/browsertest"
	"github.com/videogem/videogem/streaming/internal/testsource"
)

const pictureFolder = "VIDEOGEM_PAGE_PICTURES"

// browse runs actions in the tab.
func browse(t *testing.T, ctx context.Context, actions ...chromedp.Action[chromedp.Void]) { //nolint:revive // t first
	t.Helper()
	require.NoError(t, chromedp.Do(ctx, actions...))
}

// holds waits until a JavaScript expression is true.
func holds(t *testing.T, ctx context.Context, expression string) { //nolint:revive // t first
	t.Helper()
	_, err := chromedp.Run(ctx, chromedp.Poll[chromedp.Void](expression, chromedp.WithPollingInterval(50*time.Millisecond), chromedp.WithPollingTimeout(time.Minute)))
	if err != nil {
		now, _ := chromedp.Run(ctx, chromedp.Evaluate[string](`JSON.stringify({...Object.getOwnPropertyNames(videogem).reduce((o,k)=>(o[k]=videogem[k],o),{}), frame: undefined})`))
		require.NoError(t, err, "%s; videogem: %s", expression, now)
	}
}

// read evaluates a JavaScript expression.
func read[T any](t *testing.T, ctx context.Context, expression string) T { //nolint:revive // t first
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	require.NoError(t, err)
	return v
}

// picture takes one of the page for people to look at, into the folder VIDEOGEM_PAGE_PICTURES; without a folder it does nothing.
func picture(t *testing.T, ctx context.Context, name string) { //nolint:revive // t first
	t.Helper()
	folder := os.Getenv(pictureFolder)
	if folder == "" {
		return
	}
	time.Sleep(1500 * time.Millisecond) // transitions end, numbers settle
	b, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(folder, "page_"+name+".png"), b, 0o600))
}

// theme is the action that puts light or dark colors on.
func theme(name string) chromedp.Action[chromedp.Void] {
	return chromedp.Evaluate[chromedp.Void](fmt.Sprintf("document.documentElement.dataset.theme = %q", name))
}

func TestPagePlaysAndTakesPrompts(t *testing.T) {
	ctx := browsertest.New(t, browsertest.Refused(400))
	s := newServer(t, streaming.Config{})
	st, source := addStream(t, s, "demo", true)
	source.Edit(func(st *streaming.Status) {
		st.Notice = "The demo model knows 19 actions; `videogem models pull viclip-b16` for more."
	})
	browse(t, ctx, chromedp.Navigate(s.URL()))
	holds(t, ctx, `window.videogem?.state === 'live'`) // one stream: no grid
	holds(t, ctx, `videogem.decodedFrames > 20 && videogem.frame.width === 320`)
	require.Equal(t, 1, st.Viewers())

	browse(t, ctx, chromedp.SendKeys(chromedp.ID("add-prompt"), "  a person   jumping"+kb.Enter))
	holds(t, ctx, `videogem.prompts.length === 3 && document.querySelectorAll('.prompt').length === 3`)
	require.Equal(t, []string{"a person carrying a box", "a person playing guitar", "a person jumping"}, source.Prompts())
	holds(t, ctx, `document.getElementById('add-prompt').value === '' && document.activeElement.id === 'add-prompt'`)

	browse(t, ctx, chromedp.SendKeys(chromedp.ID("add-prompt"), kb.Enter))
	holds(t, ctx, `document.querySelector('.error').textContent.includes('Type what to look for')`)
	browse(t, ctx, chromedp.SendKeys(chromedp.ID("add-prompt"), "a person jumping"+kb.Enter))
	holds(t, ctx, `document.querySelector('.error').textContent.includes('already')`)
	browse(t, ctx, chromedp.Click(chromedp.CSS(`button[aria-label="What to do with a person carrying a box"]`)),
		chromedp.Click(chromedp.CSS(`button[aria-label="Remove a person carrying a box"]`)))
	holds(t, ctx, `videogem.prompts.length === 2`)
	require.Equal(t, []string{"a person playing guitar", "a person jumping"}, source.Prompts())
	holds(t, ctx, `document.querySelector('.notice').textContent.includes('19 actions') &&
		document.querySelector('.notice code').textContent === 'videogem models pull viclip-b16'`)
	holds(t, ctx, `parseFloat(document.querySelector('.prompt-score').textContent) > 0.1`)

	source.FailWith(fmt.Errorf("%w: at most 2 prompts", streaming.ErrBadRequest))
	browse(t, ctx, chromedp.SetValue(chromedp.ID("add-prompt"), "a person running"), chromedp.SendKeys(chromedp.ID("add-prompt"), kb.Enter))
	holds(t, ctx, `document.querySelector('.error').textContent.includes('at most 2 prompts')`)
	holds(t, ctx, `document.getElementById('add-prompt').value === 'a person running'`)

	source.Edit(func(st *streaming.Status) {
		st.State, st.Error = streaming.StateDegraded, "out of memory"
		st.Prompts[0].Warning = "longer than the model reads"
	})
	holds(t, ctx, `document.querySelector('.strip').textContent.includes('without heat: out of memory')`)
	holds(t, ctx, `document.querySelector('.prompt-warning').textContent.includes('longer than')`)

	browse(t, ctx, chromedp.Navigate("about:blank")) // the page says good-bye
	eventually(t, "the viewer left", func() bool { return streaming.Sessions(s) == 0 })
}

func TestPageShowsAllStreams(t *testing.T) {
	ctx := browsertest.New(t, browsertest.Refused(404))
	s := newServer(t, streaming.Config{})
	for i := range 8 {
		addStream(t, s, fmt.Sprintf("camera-%d", i+1), true)
	}
	browse(t, ctx, chromedp.EmulateViewport(1440, 1400), chromedp.Navigate(s.URL()))
	holds(t, ctx, `window.videogem?.players.length === 8 && videogem.players.every(p => p.state === 'live' && p.decodedFrames > 10)`)
	browse(t, ctx, chromedp.Click(chromedp.CSS(`a.card-link[href="#/camera-3"]`)))
	holds(t, ctx, `videogem.stream === 'camera-3' && videogem.state === 'live'`)
	eventually(t, "the others are left", func() bool { return streaming.Sessions(s) == 1 })
	browse(t, ctx, chromedp.Navigate(s.URL()+"#/nobody"))
	holds(t, ctx, `videogem.state === 'error' && videogem.message.includes('no stream')`)
}

func TestPageComesBack(t *testing.T) {
	ctx := browsertest.New(t, browsertest.Unanswered(), browsertest.Refused(404, 409))
	clip, err := testsource.Embedded()
	require.NoError(t, err)
	s := newServer(t, streaming.Config{})
	st, _ := addStream(t, s, "demo", true)
	browse(t, ctx, chromedp.Navigate(s.URL()+"#/demo"))
	holds(t, ctx, `window.videogem?.state === 'live'`)

	st.Close() // the session ends, and for a while there is no stream
	holds(t, ctx, `videogem.state !== 'live'`)
	addStream(t, s, "demo", true)
	browse(t, ctx, chromedp.Evaluate[chromedp.Void](`document.querySelector('.curtain button')?.click()`))
	holds(t, ctx, `videogem.state === 'live'`)

	addr := address(t, s)
	require.NoError(t, s.Close())
	holds(t, ctx, `videogem.up === false && videogem.state !== 'live'`)
	holds(t, ctx, `document.getElementById('link').textContent.includes('does not answer')`)
	again := newServer(t, streaming.Config{Listen: addr})
	source := testsource.New("demo", clip)
	st, err = again.AddStream(streaming.StreamOptions{Name: "demo", Control: source})
	require.NoError(t, err)
	holds(t, ctx, `videogem.up === true && videogem.message.includes('first picture')`)
	browse(t, ctx, chromedp.Evaluate[chromedp.Void](manyAttempts))
	holds(t, ctx, `window.offers >= 50`)
	require.Zero(t, read[int](t, ctx, `taken`), "what the server refuses leaves nothing in the browser, which has 500 peer connections and then no more")
	source.Edit(running)
	st.WriteSample(clip.Frames[0].Data, clip.Duration, true)
	holds(t, ctx, `videogem.state === 'live' && taken > 0`)
}

// manyAttempts has the page try again and again, and counts the offers that it makes, and those of them that a peer connection takes.
const manyAttempts = `window.offers = window.taken = 0;
	for (const [name, count] of [['createOffer', () => offers++], ['setLocalDescription', () => taken++]]) {
		const f = RTCPeerConnection.prototype[name];
		RTCPeerConnection.prototype[name] = function(...args) { count(); return f.apply(this, args); };
	}
	(async () => {
		while (offers < 50) {
			document.dispatchEvent(new Event('visibilitychange')); // as if the viewer came back
			await new Promise((resume) => setTimeout(resume, 20));
		}
	})(); undefined`
