package streaming_test

import (
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/auth"
	"github.com/videogem/videogem/streaming/browsertest"
	"github.com/videogem/videogem/streaming/internal/testsource"
)

// addIngested adds a stream that shows what is published to it as it comes.
func addIngested(t *testing.T, s *streaming.Server, name string) *testsource.Source {
	t.Helper()
	clip, err := testsource.Embedded()
	require.NoError(t, err)
	source := testsource.New(name, clip)
	source.Edit(func(st *streaming.Status) { st.State, st.Whip, st.Prompts = streaming.StateWaiting, "/whip/"+name, nil })
	st, err := s.AddStream(streaming.StreamOptions{Name: name, Control: source})
	require.NoError(t, err)
	var mu sync.Mutex
	var last time.Duration
	_, err = s.AddIngest(streaming.IngestOptions{
		Name: name,
		OnFrame: func(f streaming.IngestFrame) {
			mu.Lock()
			defer mu.Unlock()
			st.WriteSample(f.Data, max(f.PTS-last, 0), f.Key)
			last = f.PTS
		},
		OnLive: func(live bool) {
			source.Edit(func(st *streaming.Status) {
				st.State = streaming.StateWaiting
				if live {
					st.State = streaming.StateRunning
				}
			})
		},
	})
	require.NoError(t, err)
	return source
}

func TestPageSendsTheCamera(t *testing.T) {
	ctx := browsertest.New(t, browsertest.Camera, browsertest.Refused(409))
	s := newServer(t, streaming.Config{})
	source := addIngested(t, s, "demo")
	browse(t, ctx, chromedp.Navigate(s.URL()))
	holds(t, ctx, `document.querySelector('.badge')?.textContent === 'Nobody sends' &&
		document.querySelector('.curtain-words').textContent.includes('Nobody is sending')`)
	holds(t, ctx, `!document.querySelector('.camera').hidden && !document.querySelector('.camera .primary').disabled`)
	picture(t, ctx, "camera_waiting")
	browse(t, ctx, chromedp.Click(chromedp.CSS(".camera .primary")))
	holds(t, ctx, `document.getElementById('camera-title').textContent === 'Sending' && document.querySelector('.camera-picture').videoWidth > 0`)
	holds(t, ctx, `videogem.state === 'live' && videogem.decodedFrames > 10`) // it comes back as the stream's picture
	holds(t, ctx, `/\d+ × \d+, .*bit\/s/.test(document.querySelector('.camera').textContent) &&
		document.querySelector('.camera [role=status]').textContent.startsWith('Without sound')`)
	picture(t, ctx, "camera_sending")

	browse(t, ctx, chromedp.Click(chromedp.CSS(".camera-buttons .plain:last-child")))
	eventually(t, "it is known that nobody sends", func() bool { return source.Status().State == streaming.StateWaiting })
	holds(t, ctx, `document.querySelector('.camera-picture').srcObject === null && !document.querySelector('.camera .primary').disabled`)
	source.Edit(func(st *streaming.Status) { st.State = streaming.StateRunning }) // somebody else
	holds(t, ctx, `document.querySelector('.camera').textContent.includes('Somebody else is sending') && document.querySelector('.camera .primary').disabled`)
}

func TestPageSendsOnlyWhereItMay(t *testing.T) {
	ctx := browsertest.New(t, browsertest.Refused(401, 409)) // no camera, nobody to allow it
	verifier, err := auth.New(t.Context(), auth.Config{Tokens: []auth.Token{
		{Name: "v", Hash: auth.Hash("viewer"), Grants: []auth.Grant{{Stream: "a", Rights: []auth.Right{auth.View}}}},
		{Name: "p", Hash: auth.Hash("publisher"), Grants: []auth.Grant{{Stream: "a", Rights: []auth.Right{auth.View, auth.Publish}}}},
	}})
	require.NoError(t, err)
	s := newServer(t, streaming.Config{Auth: verifier})
	addIngested(t, s, "a")
	signIn := func(token string) {
		holds(t, ctx, `window.videogem?.view === 'sign in'`)
		browse(t, ctx, chromedp.SendKeys(chromedp.ID("token"), token+kb.Enter))
		holds(t, ctx, `videogem.stream === 'a' && document.querySelector('.badge')?.textContent === 'Nobody sends'`)
	}
	browse(t, ctx, chromedp.Navigate(s.URL()))
	signIn("viewer")
	holds(t, ctx, `document.querySelector('.camera').hidden`)
	browse(t, ctx, chromedp.Click(chromedp.CSS(`button[aria-label="Account"]`)), chromedp.Click(chromedp.CSS(".account-panel .plain")))
	signIn("publisher")
	holds(t, ctx, `!document.querySelector('.camera').hidden`)
	browse(t, ctx, chromedp.Click(chromedp.CSS(".camera .primary")))
	holds(t, ctx, `/No camera|not allowed/.test(document.querySelector('.camera [role=status]').textContent)`)
	require.Zero(t, streaming.Sessions(s))
}
