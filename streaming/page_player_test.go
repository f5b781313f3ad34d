package streaming_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/browsertest"
	"github.com/videogem/videogem/streaming/internal/testsource"
)

// playerScript has the server refuse offers, each in another way, and notes how long the player waits before it tries again.
const playerScript = `
	const {Player} = await import('./js/player.js');
	const answers = [[409, '7'], [409, ''], [503, '20'], [429, '3'], [404, '']];
	const source = {answers: () => true, noFirefox: () => '', sends: () => false, overlay: () => ''};
	const {fetch, setTimeout} = window, {random} = Math;
	Math.random = () => 0; // not all viewers come back at once: this is the first
	const seen = [];
	for (const [status, after] of answers) {
		const player = new Player('x', document.createElement('video'), source);
		window.fetch = async () => new Response('{"error":"no"}', {status, headers: after ? {'Retry-After': after} : {}});
		const waits = new Promise((resolve) => { window.setTimeout = (f, ms) => (ms < 1000 || ms >= 60_000 ? setTimeout(f, ms) : resolve(ms)); }); // others are the test's
		player.start();
		const planned = await waits;
		await null;
		seen.push(player.state + ' ' + Math.floor(planned / 1000));
		player.stop();
		Object.assign(window, {fetch, setTimeout});
	}
	Math.random = random;
	return seen;`

// playerModule: a server without a picture is no error, and says when to come back.
func playerModule(t *testing.T, ctx context.Context) { //nolint:revive // t first
	t.Helper()
	require.JSONEq(t, `["waiting 7","waiting 1","reconnecting 20","reconnecting 3","error 24"]`, string(module[json.RawMessage](t, ctx, playerScript)))
}

// TestPageWaitsForThePicture: who comes too early is told what is missing, without alarm, and sees the picture when there is one.
func TestPageWaitsForThePicture(t *testing.T) {
	ctx := browsertest.New(t, browsertest.Refused(409))
	s := newServer(t, streaming.Config{})
	st, source := addStream(t, s, "demo", false)
	says := func(badge, words string, busy bool) {
		t.Helper()
		holds(t, ctx, `videogem.state === 'waiting' && document.querySelector('.badge').textContent === '`+badge+`' && document.querySelector('.badge').dataset.tone === 'idle'`)
		holds(t, ctx, `document.querySelector('.curtain-words').textContent.includes('`+words+`') && !document.querySelector('.curtain button').checkVisibility()`)
		holds(t, ctx, map[bool]string{false: "!", true: ""}[busy]+`document.querySelector('.spinner').checkVisibility()`)
	}
	browse(t, ctx, chromedp.Navigate(s.URL()))
	holds(t, ctx, `window.videogem?.view === '/demo'`)
	says("Waiting for the camera", "Waiting for the first picture.", true)
	source.Edit(func(st *streaming.Status) { st.State, st.Error = streaming.StateFailed, "camera 7 does not answer" })
	says("Waiting for the camera", "camera 7 does not answer", false)
	source.Edit(func(st *streaming.Status) { st.State, st.Error = streaming.StateEnded, "" })
	says("Ended", "has ended", false)
	require.Zero(t, st.Viewers())
	clip, err := testsource.Embedded()
	require.NoError(t, err)
	st.WriteSample(clip.Frames[0].Data, clip.Duration, true)
	source.Edit(func(st *streaming.Status) { st.State = streaming.StateRunning })
	holds(t, ctx, `videogem.state === 'live'`)
}
