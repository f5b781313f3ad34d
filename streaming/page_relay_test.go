package streaming_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/browsertest"
)

// relayOnly leaves the page's connections nothing but the relay, as networks do that let nothing else pass.
const relayOnly = `window.made = [];
	window.RTCPeerConnection = class extends RTCPeerConnection {
		constructor(c) { super({...c, iceTransportPolicy: 'relay'}); made.push(this); }
	}; undefined`

// relayed tells whether media go through the relay on all connections that are in use.
const relayed = `(async () => {
	window.paths = [];
	for (const pc of made.filter((pc) => pc.connectionState === 'connected')) {
		const stats = await pc.getStats();
		const pair = [...stats.values()].find((s) => s.type === 'candidate-pair' && s.nominated && s.state === 'succeeded');
		paths.push(stats.get(pair.localCandidateId).candidateType);
	}
	window.asked = true;
})(); undefined`

func TestPageGoesThroughTheRelay(t *testing.T) {
	ctx := browsertest.New(t, browsertest.Camera, browsertest.Refused(409))
	s := newServer(t, streaming.Config{TURN: &streaming.TURN{Listen: "127.0.0.1:0"}})
	browse(t, ctx, chromedp.Navigate(s.URL()))
	holds(t, ctx, `window.videogem?.up`)
	browse(t, ctx, chromedp.Evaluate[chromedp.Void](relayOnly))
	addIngested(t, s, "demo")
	holds(t, ctx, `document.querySelector('.badge')?.textContent === 'Nobody sends'`)
	browse(t, ctx, chromedp.Click(chromedp.CSS(".camera .primary")))
	holds(t, ctx, `videogem.state === 'live' && videogem.decodedFrames > 10`)
	browse(t, ctx, chromedp.Evaluate[chromedp.Void](relayed))
	holds(t, ctx, `window.asked`)
	require.Equal(t, []string{"relay", "relay"}, read[[]string](t, ctx, `paths`), "the picture goes there and comes back")
}
