package streaming_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/pion/webrtc/v4"

	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/browsertest"
)

// TestPageWaitsForACamera: who opens a stream whose camera is away is told so, has no session meanwhile, and sees it when it is back. Who was
// there before stays connected.
func TestPageWaitsForACamera(t *testing.T) {
	ctx := browsertest.New(t, browsertest.Refused(409))
	s := newServer(t, streaming.Config{})
	st, source := addStream(t, s, "demo", true)
	before := newPeer(t, webrtc.SettingEngine{}, nil)
	before.watch(t, s, "demo")
	eventually(t, "connected", func() bool { return st.Viewers() == 1 })
	source.Edit(func(s *streaming.Status) { s.State, s.Error = streaming.StateFailed, "camera 7 does not answer" })

	browse(t, ctx, chromedp.Navigate(s.URL()+"#/demo"))
	holds(t, ctx, `document.querySelector('.curtain-words')?.textContent.includes('camera 7 does not answer')`)
	holds(t, ctx, `videogem.message.includes('first picture')`)
	eventually(t, "no other session", func() bool { return streaming.Sessions(s) == 1 && st.Viewers() == 1 })
	source.Edit(func(s *streaming.Status) { s.State, s.Error = streaming.StateRunning, "" })
	holds(t, ctx, `videogem.state === 'live'`)
	eventually(t, "both watch", func() bool { return st.Viewers() == 2 })
}
