package streaming_test

import (
	"context"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/browsertest"
)

// TestPageModules tries parts of the page by themselves, in one browser: each test imports a module and calls it.
func TestPageModules(t *testing.T) {
	ctx := browsertest.New(t, browsertest.Allow("willReadFrequently"))
	s := newServer(t, streaming.Config{})
	browse(t, ctx, chromedp.Navigate(s.URL()))
	for _, part := range []struct {
		name string
		test func(*testing.T, context.Context)
	}{
		{"heat layer", heatLayerModule},
		{"labels", labelsModule},
		{"own prompts", ownModule},
		{"Link headers", linkModule},
		{"clips", clipsModule},
		{"colors", colorsModule},
		{"player", playerModule},
	} {
		t.Run(part.name, func(t *testing.T) { part.test(t, ctx) })
	}
}

// module runs a script, an async function's body, and returns what it returns.
func module[T any](t *testing.T, ctx context.Context, script string) T { //nolint:revive // t first
	t.Helper()
	browse(t, ctx, chromedp.Evaluate[chromedp.Void](`window.came = undefined; (async () => {`+script+`})().then(
		(result) => { window.came = {result}; }, (e) => { window.came = {failed: String(e)}; }); undefined`))
	holds(t, ctx, `window.came !== undefined`)
	if failed := read[string](t, ctx, `came.failed ?? ''`); failed != "" {
		t.Fatal(failed)
	}
	return read[T](t, ctx, `came.result`)
}
