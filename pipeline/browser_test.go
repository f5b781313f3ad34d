package pipeline

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/element/gstshim"
	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/browsertest"
)

// browser is a real Chromium on a page of its own origin, which the server is to allow. Its camera shows a test picture.
type browser struct {
	t      *testing.T
	ctx    context.Context
	origin string
}

func newBrowser(t *testing.T) *browser {
	t.Helper()
	ctx := browsertest.New(t, browsertest.Camera)
	files := http.FileServer(http.Dir("testdata/browser"))
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			_, _ = w.Write([]byte(`<!doctype html><title>peer</title><link rel="icon" href="data:,"><body><script type="module" src="peer.js"></script>`))
			return
		}
		files.ServeHTTP(w, r)
	}))
	t.Cleanup(page.Close)
	return &browser{t: t, ctx: ctx, origin: page.URL}
}

func (b *browser) open() {
	b.t.Helper()
	require.NoError(b.t, chromedp.Do(b.ctx, chromedp.Navigate(b.origin)))
	b.holds(`window.watchStream !== undefined`)
}

// do runs a statement; a promise of it is waited for.
func (b *browser) do(format string, values ...any) {
	b.t.Helper()
	require.NoError(b.t, chromedp.Do(b.ctx, chromedp.Evaluate[chromedp.Void](fmt.Sprintf("(async () => { await "+format+"; })().catch((e) => { window.failed = String(e); }); undefined", values...))))
}

// holds waits until an expression is true.
func (b *browser) holds(expression string) {
	b.t.Helper()
	_, err := chromedp.Run(b.ctx, chromedp.Poll[chromedp.Void](expression, chromedp.WithPollingInterval(50*time.Millisecond), chromedp.WithPollingTimeout(40*time.Second)))
	if err != nil {
		now, _ := chromedp.Run(b.ctx, chromedp.Evaluate[string](`JSON.stringify({failed: window.failed, seen: {...window.seen, shown: window.seen?.shown.size}})`))
		require.NoError(b.t, err, "%s: %s", expression, now)
	}
}

// TestBrowserPublishes has Chromium publish its camera in both codecs, and watch it with the heat beside it.
func TestBrowserPublishes(t *testing.T) {
	b := newBrowser(t)
	o := options("whip://webcam")
	o.Web.AllowedOrigins = []string{b.origin}
	o.Stream.Prompts = []string{"a person waving"}
	s := start(t, o)
	st := s.started[0]
	b.open()
	for _, mime := range []string{"video/VP8", "video/H264"} {
		b.do(`publish(%q, %q, 640, 360)`, s.PublishURLs()[0], mime)
		b.holds(`window.failed !== undefined || window.publisher?.connectionState === 'connected'`)
		eventually(t, st, mime+" with heat", func(r streaming.Status) bool {
			return r.State == streaming.StateRunning && r.FramesIn > 10 && len(r.Prompts) == 1 && r.Prompts[0].Point != nil
		})
		b.do(`watchStream(%q)`, s.URL()+"whep/webcam?overlay=client")
		b.holds(`window.seen?.decoded > 20 && seen.codec === 'video/VP8'`)
		b.holds(`seen.heats.filter((h) => seen.shown.has(h)).length > 2`) // heat names frames that were shown
		b.do(`unpublish()`)
		eventually(t, st, "waiting again", func(r streaming.Status) bool { return r.State == streaming.StateWaiting })
		b.do(`viewer.close()`)
	}
}

// TestBrowserPlaysTheCodecs has Chromium watch the demo camera in every codec that this machine encodes.
func TestBrowserPlaysTheCodecs(t *testing.T) {
	for _, codec := range []string{"vp8", "h264", "vp9", "av1"} {
		t.Run(codec, func(t *testing.T) {
			gstshim.Init()
			if _, err := pickEncoder(codec, slog.New(slog.DiscardHandler)); err != nil {
				t.Skip(err)
			}
			b := newBrowser(t)
			o := options("demo://?size=320x180")
			o.Web.AllowedOrigins = []string{b.origin}
			o.Stream.Codec = codec
			s := start(t, o)
			eventually(t, s.started[0], "a picture", func(r streaming.Status) bool { return r.FramesOut > 0 })
			b.open()
			b.do(`watchStream(%q)`, s.URL()+"whep/demo?overlay=client")
			b.holds(fmt.Sprintf(`window.seen?.decoded > 20 && seen.codec === 'video/%s'`, strings.ToUpper(codec)))
		})
	}
}
