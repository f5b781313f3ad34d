package browsertest

import (
	"context"
	"os/exec"
	"slices"
	"testing"
)

// Kind is a browser's make.
type Kind string

// The browsers that tests know.
const (
	Chromium Kind = "Chromium"
	Firefox  Kind = "Firefox"
)

// Kinds are all of them.
func Kinds() []Kind { return []Kind{Chromium, Firefox} }

// names are those of each browser's program.
func (k Kind) names() []string {
	if k == Firefox {
		return []string{"firefox-esr", "firefox"}
	}
	return []string{"chromium", "chromium-browser", "google-chrome"}
}

// find skips the test where the browser is not there.
func (k Kind) find(t testing.TB) string {
	t.Helper()
	for _, name := range k.names() {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skipf("no %s on this machine; install it with: apt-get install %s", k, k.names()[0])
	return ""
}

// Browser is a running browser; it ends with the test that started it. Its tabs may belong to that test's subtests.
type Browser struct {
	kind   Kind
	driver driver
}

// driver is what differs from browser to browser.
type driver interface {
	// open opens a tab with a storage of its own. said is told of all that its console has, in order.
	open(ctx context.Context, before []string, said func(entry)) (page, error)
}

// page is one tab. Points are CSS pixels from the viewport's upper left corner.
type page interface {
	navigate(ctx context.Context, url string) error
	reload(ctx context.Context) error
	// eval gives the JSON of an expression; a promise is waited for.
	eval(ctx context.Context, expression string) (string, error)
	press(ctx context.Context, keys string) error
	drag(ctx context.Context, from, to [2]float64) error
	viewport(ctx context.Context, width, height int, scale float64) error
	screenshot(ctx context.Context) ([]byte, error)
	close() error
}

// Start starts a headless browser; without it on this machine the test is skipped. Of the options, Camera is meant here.
func Start(t testing.TB, kind Kind, all ...Option) *Browser {
	t.Helper()
	path := kind.find(t)
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	t.Cleanup(cancel)
	b := &Browser{kind: kind}
	if kind == Firefox {
		b.driver = startFirefox(t, ctx, path, apply(all))
	} else {
		b.driver = startChromium(t, ctx, path, apply(all))
	}
	return b
}

// Kind is the browser's make.
func (b *Browser) Kind() Kind { return b.kind }

// Open opens a tab, with a storage that no other tab has; it closes with the test. Of the options, Before and Allow are meant here.
func (b *Browser) Open(t testing.TB, all ...Option) *Tab {
	t.Helper()
	o := apply(all)
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	t.Cleanup(cancel)
	tab := &Tab{t: t, ctx: ctx, complaints: newComplaints(t.Context(), slices.Clone(o.allowed))}
	p, err := b.driver.open(ctx, o.before, tab.complaints.hear)
	if err != nil {
		t.Fatalf("open a tab of %s: %v", b.kind, err)
	}
	tab.page = p
	t.Cleanup(func() {
		tab.complaints.check(t, func(last string) error {
			_, err := p.eval(ctx, "console.debug("+quote(last)+")")
			return err
		})
		if err := p.close(); err != nil {
			t.Errorf("close a tab of %s: %v", b.kind, err)
		}
	})
	return tab
}
