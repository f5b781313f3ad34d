package browsertest

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// chromium drives Chromium by the DevTools protocol.
type chromium struct {
	ctx context.Context //nolint:containedctx // chromedp keeps the browser in it
}

func startChromium(t testing.TB, ctx context.Context, path string, o options) chromium { //nolint:revive // t goes first in test helpers
	t.Helper()
	all := slices.Concat(chromedp.DefaultExecAllocatorOptions[:], []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path),
		chromedp.UserDataDir(t.TempDir()),
		chromedp.NoSandbox, // tests run as root in containers
		chromedp.WindowSize(1440, 900),
		chromedp.Flag("disable-gpu", true),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("no-proxy-server", true),
		chromedp.Flag("use-fake-device-for-media-stream", o.camera),
		chromedp.Flag("use-fake-ui-for-media-stream", o.camera),
	})
	ctx, cancelAllocator := chromedp.NewExecAllocator(ctx, all...)
	ctx, cancelTab := chromedp.NewContext(ctx)
	t.Cleanup(func() {
		cancelTab()
		cancelAllocator()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start %s: %v", path, err)
	}
	return chromium{ctx}
}

func (c chromium) open(_ context.Context, before []string, said func(entry)) (page, error) {
	ctx, cancel := chromedp.NewContext(c.ctx, chromedp.WithNewBrowserContext())
	p := &chromiumPage{ctx: ctx, cancel: cancel}
	messages := chromedp.Console(ctx) //nolint:contextcheck // the tab is in its own context
	p.reading.Go(func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			kind := string(m.Type)
			if m.Source != "" {
				kind = m.Source
			}
			said(entry{
				text: strings.TrimSpace(kind + ": " + m.Text + " " + m.URL), bad: m.IsException() || m.Type == chromedp.ConsoleError || m.Type == chromedp.ConsoleWarning,
				network: m.Source == "network", at: m.Time,
			})
		}
	})
	for _, script := range before {
		err := p.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := cdp.Call(ctx, t, cdppage.AddScriptToEvaluateOnNewDocument, cdppage.AddScriptToEvaluateOnNewDocumentParams{Source: script})
			return err
		}))
		if err != nil {
			return nil, err
		}
	}
	return p, nil
}

// chromiumPage is a tab, in a window of its own.
type chromiumPage struct {
	ctx     context.Context //nolint:containedctx // chromedp keeps the tab in it
	cancel  context.CancelFunc
	reading sync.WaitGroup
}

func (p *chromiumPage) do(actions ...chromedp.Action[chromedp.Void]) error {
	return chromedp.Do(p.ctx, actions...)
}

func (p *chromiumPage) navigate(_ context.Context, url string) error {
	return p.do(chromedp.Navigate(url))
}

func (p *chromiumPage) reload(context.Context) error { return p.do(chromedp.Reload()) }

func (p *chromiumPage) eval(_ context.Context, expression string) (string, error) {
	return chromedp.Run(p.ctx, chromedp.Evaluate[string](asJSON(expression), chromedp.EvalAwaitPromise)) //nolint:contextcheck // the tab is in its own context
}

func (p *chromiumPage) press(_ context.Context, keys string) error {
	return p.do(chromedp.KeyEvent(keys))
}

func (p *chromiumPage) drag(_ context.Context, from, to [2]float64) error {
	if from == to {
		return p.do(chromedp.MouseClickXY(from[0], from[1]))
	}
	return p.do(chromedp.DragAndDropXY(from[0], from[1], to[0], to[1]))
}

func (p *chromiumPage) viewport(_ context.Context, width, height int, scale float64) error {
	return p.do(chromedp.EmulateViewport(int64(width), int64(height), chromedp.EmulateScale(scale)))
}

func (p *chromiumPage) screenshot(context.Context) ([]byte, error) {
	return chromedp.Run(p.ctx, chromedp.CaptureScreenshot()) //nolint:contextcheck // the tab is in its own context
}

func (p *chromiumPage) close() error {
	p.cancel()
	p.reading.Wait()
	return nil
}
