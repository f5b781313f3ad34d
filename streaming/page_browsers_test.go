package streaming_test

import (
	"net/url"
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/browsertest"
)

// takenAway leaves the page what every browser has: Safari cannot be run here.
const takenAway = `
	delete HTMLVideoElement.prototype.requestVideoFrameCallback;
	delete RTCRtpReceiver.prototype.jitterBufferTarget;
	delete window.OffscreenCanvas;
	const {addTransceiver} = RTCPeerConnection.prototype;
	RTCPeerConnection.prototype.addTransceiver = function(...args) {
		const t = addTransceiver.apply(this, args);
		const kind = t.sender.track ? RTCRtpSender : RTCRtpReceiver;
		t.setCodecPreferences(kind.getCapabilities('video').codecs.filter((c) => !/VP9|AV1/i.test(c.mimeType)));
		return t;
	};`

// drawnHeat is how opaque the heat is in the middle of the picture, 0 to 255.
const drawnHeat = `(() => {
	const heat = document.querySelector('canvas.heat'), [g] = [Object.assign(document.createElement('canvas'), {width: 1, height: 1}).getContext('2d', {willReadFrequently: true})];
	if (!(heat?.width > 0)) return 0;
	g.drawImage(heat, heat.width / 2, heat.height / 2, 1, 1, 0, 0, 1, 1);
	return g.getImageData(0, 0, 1, 1).data[3];
})()`

// cell is a number of the details.
func cell(name string) string {
	return `parseFloat([...document.querySelectorAll('.cell')].find((e) => e.firstChild.textContent === '` + name + `').lastChild.textContent.replaceAll(',', ''))`
}

// TestPageInEachBrowser is one journey in each browser, as it is and with less.
func TestPageInEachBrowser(t *testing.T) {
	for _, kind := range browsertest.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			b := browsertest.Start(t, kind, browsertest.Camera)
			t.Run("as it is", func(t *testing.T) { journey(t, b) })
			if kind == browsertest.Chromium { // WebKit has its WebRTC, too
				t.Run("with what every browser has", func(t *testing.T) { journey(t, b, browsertest.Before(takenAway)) })
			}
		})
	}
}

func journey(t *testing.T, b *browsertest.Browser, more ...browsertest.Option) {
	t.Helper()
	s := newServer(t, streaming.Config{})
	at, err := url.Parse(s.URL())
	require.NoError(t, err)
	_, source := addDrawn(t, s, "demo")
	hot := func(st *streaming.Status) { st.Prompts[0].Point = &[2]float64{.5, .5} }
	source.Edit(hot)
	tab := b.Open(t, append(more, browsertest.Unanswered(), browsertest.Refused(404, 409))...)
	plays := func() {
		t.Helper()
		tab.WaitFor(`window.videogem?.state === 'live' && videogem.up === true && videogem.decodedFrames > 10`)
		tab.WaitFor(drawnHeat + ` > 100`)
	}

	// Play and heat.
	tab.Navigate(s.URL() + "#/demo")
	plays()
	require.True(t, browsertest.Read[bool](tab, `(() => { const v = document.querySelector('.screen video'); return v.muted && v.autoplay && v.hasAttribute('playsinline'); })()`))
	tab.Click(".stats summary")
	tab.WaitFor(cell("Shown here") + ` > 5 && ` + cell("Frames") + ` > 20`)

	// A prompt for all, one for oneself.
	tab.Type("#add-prompt", "a person jumping"+kb.Enter)
	tab.WaitFor(`videogem.prompts.length === 3`)
	require.Equal(t, "a person jumping", source.Prompts()[2])
	source.Edit(hot)
	tab.Click("#for-me")
	tab.Type("#add-prompt", "a person running"+kb.Enter)
	own := `parseFloat(document.querySelector('` + ownRow + `')?.querySelector('.prompt-score').textContent) > 0`
	tab.WaitFor(own)
	require.Equal(t, []string{"a person running"}, source.ViewerPrompts())

	// Why.
	tab.Click(".prompt:first-child .more-actions")
	tab.Click(`.prompt:first-child [data-action="why"]`)
	tab.WaitFor(`document.querySelector('dialog.why').open && [...document.querySelectorAll('.why-score')].every((e) => parseFloat(e.textContent) > 0)`)
	tab.Press(kb.Escape)
	tab.WaitFor(`document.querySelector('dialog.why') === null`)

	tab.Reload()
	plays()
	tab.WaitFor(own + ` && videogem.prompts.length === 3`)

	// Outage.
	require.NoError(t, s.Close())
	tab.WaitFor(`videogem.up === false && videogem.state !== 'live' && document.getElementById('link').textContent.includes('does not answer')`)
	s = newServer(t, streaming.Config{Listen: at.Host})
	_, source = addDrawn(t, s, "demo")
	source.Edit(hot)
	plays()
	tab.WaitFor(own)

	// Publish the camera, and watch it.
	stage := addIngested(t, s, "stage")
	tab.Navigate(s.URL() + "#/stage")
	tab.WaitFor(`document.querySelector('.badge')?.textContent === 'Nobody sends'`)
	tab.Click(".camera .primary")
	tab.WaitFor(`document.getElementById('camera-title').textContent === 'Sending' && document.querySelector('.camera-picture').videoWidth > 0`)
	tab.WaitFor(`videogem.state === 'live' && videogem.decodedFrames > 10`)
	tab.WaitFor(`/\d+ × \d+, .*bit\/s/.test(document.querySelector('.camera').textContent)`)
	tab.Click(".camera-buttons .plain:last-child")
	eventually(t, "nobody sends", func() bool { return stage.Status().State == streaming.StateWaiting })
}

// TestPageWithoutWebRTC: a browser that cannot play is told so in one sentence, and asks the server for nothing.
func TestPageWithoutWebRTC(t *testing.T) {
	s := newServer(t, streaming.Config{})
	addDrawn(t, s, "demo")
	addIngested(t, s, "stage")
	tab := browsertest.Start(t, browsertest.Chromium).Open(t, browsertest.Before(`
		delete window.RTCPeerConnection;
		window.asked = [];
		const {fetch} = window;
		window.fetch = (at, ...more) => { asked.push(String(at)); return fetch(at, ...more); };`))
	for _, stream := range []string{"demo", "stage"} {
		tab.Navigate(s.URL() + "#/" + stream)
		tab.WaitFor(`window.videogem?.stream === '` + stream + `' && videogem.up && videogem.state === 'unable' && document.querySelector('.badge').textContent === 'Cannot play'`)
		tab.WaitFor(`document.querySelector('.curtain-words').textContent === videogem.message && /no WebRTC.*Firefox/.test(videogem.message)`)
		require.False(t, browsertest.Read[bool](tab, `document.querySelector('.curtain button').checkVisibility() || document.querySelector('.spinner').checkVisibility()`))
		tab.Eval(`window.dispatchEvent(new Event('online'))`) // when others try again
		require.Equal(t, "unable", browsertest.Read[string](tab, `videogem.state`))
	}
	tab.WaitFor(`document.querySelector('.camera .primary').disabled && /no WebRTC/.test(document.querySelector('.camera [role=status]').textContent)`)
	require.Empty(t, browsertest.Read[[]string](tab, `asked.filter((a) => /whep|whip/.test(a))`))
}
