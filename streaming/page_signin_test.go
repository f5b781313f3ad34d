package streaming_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/browsertest"
)

func TestPageAsksForAToken(t *testing.T) {
	ctx := browsertest.New(t, browsertest.Refused(401))
	s := newServer(t, streaming.Config{Auth: newVerifier(t)})
	_, source := addStream(t, s, "a", true)
	addStream(t, s, "b", true)
	browse(t, ctx, chromedp.Navigate(s.URL()))
	holds(t, ctx, `window.videogem?.view === 'sign in' && document.activeElement?.id === 'token'`)
	require.Zero(t, streaming.Sessions(s))
	picture(t, ctx, "signin_desktop")

	signIn := func(token string) {
		browse(t, ctx, chromedp.Evaluate[chromedp.Void](`document.getElementById('token').value = ''`), chromedp.SendKeys(chromedp.ID("token"), token+kb.Enter))
	}
	signIn("")
	holds(t, ctx, `document.getElementById('token-error').textContent.includes('Paste your token')`)
	signIn("wrong")
	holds(t, ctx, `document.getElementById('token-error').textContent.includes('not known here')`)
	require.Equal(t, "password", read[string](t, ctx, `document.getElementById('token').type`))
	browse(t, ctx, chromedp.Click(chromedp.CSS(`button[aria-label="Show the token"]`)))
	holds(t, ctx, `document.getElementById('token').type === 'text'`)
	picture(t, ctx, "signin_wrong")

	signIn("a-prompt")
	holds(t, ctx, `videogem.stream === 'a' && videogem.state === 'live'`) // b is not to be seen
	require.Empty(t, read[string](t, ctx, `document.cookie +
		Object.values(localStorage).filter(v => v.includes('a-prompt')).join()`), "scripts do not see the token")
	browse(t, ctx, chromedp.Reload())
	holds(t, ctx, `window.videogem?.state === 'live'`)
	browse(t, ctx, chromedp.SendKeys(chromedp.ID("add-prompt"), "a person jumping"+kb.Enter))
	holds(t, ctx, `videogem.prompts.length === 3`)
	require.Len(t, source.Prompts(), 3)

	browse(t, ctx, chromedp.Click(chromedp.CSS(`button[aria-label="Account"]`)))
	holds(t, ctx, `document.querySelector('.account-panel').matches(':popover-open')`)
	holds(t, ctx, `document.querySelector('.account-panel').textContent.includes('awatch and change prompts')`)
	picture(t, ctx, "account")
	browse(t, ctx, chromedp.Click(chromedp.CSS(`.account-panel .plain`)))
	holds(t, ctx, `videogem.view === 'sign in'`)
	eventually(t, "the picture is left", func() bool { return streaming.Sessions(s) == 0 })
	browse(t, ctx, chromedp.Reload())
	holds(t, ctx, `window.videogem?.view === 'sign in'`)
}

func TestPageTellsWhatTheTokenDoesNotAllow(t *testing.T) {
	ctx := browsertest.New(t, browsertest.Refused(401))
	s := newServer(t, streaming.Config{Auth: newVerifier(t)})
	_, source := addStream(t, s, "a", true)
	before := source.Prompts()
	browse(t, ctx, chromedp.Navigate(s.URL()))
	holds(t, ctx, `window.videogem?.view === 'sign in'`)
	browse(t, ctx, chromedp.SendKeys(chromedp.ID("token"), "a-view"+kb.Enter))
	holds(t, ctx, `videogem.state === 'live' && document.querySelectorAll('.prompt').length === 2`)
	holds(t, ctx, `document.querySelector('.add').hidden && document.querySelector('.norights').textContent.includes('does not allow')`)
	holds(t, ctx, `document.querySelector('.prompt-text').disabled && document.querySelector('.prompt .more-actions').hidden`)
	browse(t, ctx, chromedp.Focus(chromedp.CSS(`.prompt .bell`)), chromedp.KeyEvent(kb.Delete))
	picture(t, ctx, "norights")
	require.Equal(t, before, source.Prompts())
	holds(t, ctx, `document.querySelector('.prompt .bell').ariaPressed === 'false'`)
	browse(t, ctx, chromedp.Click(chromedp.CSS(`.prompt .bell`))) // his own business
	holds(t, ctx, `document.querySelectorAll('.threshold').length === 1`)
}

func TestPageWaitsAfterTooManyWrongTokens(t *testing.T) {
	ctx := browsertest.New(t, browsertest.Refused(401, 429))
	s := newServer(t, streaming.Config{Auth: newVerifier(t)})
	addStream(t, s, "a", true)
	browse(t, ctx, chromedp.Navigate(s.URL()))
	holds(t, ctx, `window.videogem?.view === 'sign in'`)
	for range 30 {
		call(t, "GET", s.URL()+"api/me", "", bearer("wrong"))
	}
	browse(t, ctx, chromedp.SendKeys(chromedp.ID("token"), "a-view"+kb.Enter))
	holds(t, ctx, `document.getElementById('token-error').textContent.includes('Too many wrong tokens')`)
	holds(t, ctx, `/^Wait \d+ s$/.test(document.querySelector('.signin .primary').textContent) && document.querySelector('.signin .primary').disabled`)
	picture(t, ctx, "signin_wait")
	holds(t, ctx, `document.querySelector('.signin .primary').textContent === 'Sign in' && !document.querySelector('.signin .primary').disabled`)
	holds(t, ctx, `document.getElementById('token-error').hidden`)
	streaming.ForgetFailures(s)
	browse(t, ctx, chromedp.Click(chromedp.CSS(".signin .primary")))
	holds(t, ctx, `videogem.state === 'live'`)
}
