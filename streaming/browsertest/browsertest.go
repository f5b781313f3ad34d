// Package browsertest opens real Chromium in tests.
package browsertest

import (
	"context"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// limit bounds one test's use of the browser.
const limit = 5 * time.Minute

// New starts a headless Chromium with an empty profile and returns the context of its first tab, for chromedp.Do and
// chromedp.Run. The browser ends with the test. Without Chromium the test is skipped. more are flags for this test.
func New(t testing.TB, more ...chromedp.ExecAllocatorOption) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		t.Skip("no Chromium on this machine; install it with: apt-get install chromium")
	}
	options := slices.Concat(chromedp.DefaultExecAllocatorOptions[:], more, []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path),
		chromedp.UserDataDir(t.TempDir()),
		chromedp.NoSandbox, // tests run as root in containers
		chromedp.WindowSize(1440, 900),
		chromedp.Flag("disable-gpu", true),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("no-proxy-server", true),
	})
	ctx, cancelTime := context.WithTimeout(context.Background(), limit)
	ctx, cancelAllocator := chromedp.NewExecAllocator(ctx, options...)
	ctx, cancelTab := chromedp.NewContext(ctx)
	t.Cleanup(func() {
		cancelTab()
		cancelAllocator()
		cancelTime()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start %s: %v", path, err)
	}
	return ctx
}

// Complaints collects the page's console errors and warnings and its uncaught exceptions from now on. The returned func gives
// those so far.
func Complaints(t testing.TB, ctx context.Context) func() []string { //nolint:revive // t goes first in test helpers
	t.Helper()
	ctx, cancel := context.WithCancel(ctx)
	messages := chromedp.Console(ctx)
	var mu sync.Mutex
	var said []string
	var reading sync.WaitGroup
	reading.Go(func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			if m.IsException() || m.Type == chromedp.ConsoleError || m.Type == chromedp.ConsoleWarning {
				mu.Lock()
				said = append(said, m.String()+" "+m.URL)
				mu.Unlock()
			}
		}
	})
	t.Cleanup(func() {
		cancel()
		reading.Wait()
	})
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(said)
	}
}
