package browsertest

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"
)

const (
	patience = time.Minute // for what a page is to do
	pause    = 50 * time.Millisecond
)

// Tab is one tab of a browser. Its methods fail the test where they cannot do what they are to do.
type Tab struct {
	t          testing.TB
	ctx        context.Context //nolint:containedctx // the tab's life
	page       page
	complaints *complaints
}

// Navigate opens an address and waits until the page is loaded.
func (b *Tab) Navigate(url string) {
	b.t.Helper()
	b.must("open "+url, b.page.navigate(b.ctx, url))
}

// Reload loads the page anew.
func (b *Tab) Reload() {
	b.t.Helper()
	b.must("reload", b.page.reload(b.ctx))
}

// Eval evaluates a JavaScript expression and gives its value as JSON, null where it has none. A promise is waited for.
func (b *Tab) Eval(expression string) json.RawMessage {
	b.t.Helper()
	text, err := b.page.eval(b.ctx, expression)
	b.must(expression, err)
	return json.RawMessage(text)
}

// Read evaluates a JavaScript expression; a promise is waited for.
func Read[T any](b *Tab, expression string) T {
	b.t.Helper()
	var value T
	b.must(expression, json.Unmarshal(b.Eval(expression), &value))
	return value
}

// WaitFor waits until a JavaScript expression is true, at most a minute.
func (b *Tab) WaitFor(expression string) {
	b.t.Helper()
	b.wait(expression, func() (bool, error) {
		text, err := b.page.eval(b.ctx, "Boolean("+expression+")")
		return text == "true", err
	})
}

// wait asks until the answer is yes. While a page is loading there are errors, too.
func (b *Tab) wait(what string, ask func() (bool, error)) {
	b.t.Helper()
	end := time.Now().Add(patience)
	for {
		yes, err := ask()
		if yes {
			return
		}
		if time.Now().After(end) || b.ctx.Err() != nil {
			now, _ := b.page.eval(b.ctx, state)
			b.t.Fatalf("not within %v: %s (last error: %v)\npage: %s\nconsole: %q", patience, what, err, now, b.Complaints())
		}
		time.Sleep(pause)
	}
}

// state is what our page tells of itself.
const state = `({address: location.href, ...Object.fromEntries(Object.getOwnPropertyNames(window.videogem ?? {}).filter((k) => k !== 'frame').map((k) => [k, videogem[k]]))})`

// Click clicks into the middle of the first element that a CSS selector finds, once it is there and visible.
func (b *Tab) Click(selector string) {
	b.t.Helper()
	at := b.middle(selector)
	b.must("click "+selector, b.page.drag(b.ctx, at, at))
}

// Drag drags an element by so many CSS pixels.
func (b *Tab) Drag(selector string, right, down float64) {
	b.t.Helper()
	at := b.middle(selector)
	b.must("drag "+selector, b.page.drag(b.ctx, at, [2]float64{at[0] + right, at[1] + down}))
}

// middle scrolls to an element and says where it is.
func (b *Tab) middle(selector string) (at [2]float64) {
	b.t.Helper()
	b.wait("to be seen: "+selector, func() (bool, error) {
		text, err := b.page.eval(b.ctx, fmt.Sprintf(`(() => {
			const e = document.querySelector(%s);
			if (!e?.checkVisibility()) return null;
			e.scrollIntoView({block: 'center', behavior: 'instant'});
			const box = e.getBoundingClientRect();
			return [box.x + box.width / 2, box.y + box.height / 2];
		})()`, quote(selector)))
		if err != nil || text == "null" {
			return false, err
		}
		return true, json.Unmarshal([]byte(text), &at)
	})
	return at
}

// Focus gives an element the keyboard.
func (b *Tab) Focus(selector string) {
	b.t.Helper()
	b.WaitFor(fmt.Sprintf(`(() => { const e = document.querySelector(%s); e?.focus(); return e && document.activeElement === e; })()`, quote(selector)))
}

// Type types into an element. Keys that are no letters are those of package chromedp/kb, kb.Enter and so on.
func (b *Tab) Type(selector, keys string) {
	b.t.Helper()
	b.Focus(selector)
	b.Press(keys)
}

// Press presses keys, one after the other, wherever the focus is; see Type.
func (b *Tab) Press(keys string) {
	b.t.Helper()
	b.must(fmt.Sprintf("press %q", keys), b.page.press(b.ctx, keys))
}

// Viewport makes the page so many CSS pixels wide and high, each of scale × scale device pixels.
func (b *Tab) Viewport(width, height int, scale float64) {
	b.t.Helper()
	b.must("set the viewport", b.page.viewport(b.ctx, width, height, scale))
}

// Screenshot is a PNG of what the viewport shows.
func (b *Tab) Screenshot() []byte {
	b.t.Helper()
	png, err := b.page.screenshot(b.ctx)
	b.must("take a picture", err)
	return png
}

// Complaints are the console's errors and warnings so far, less those that are allowed.
func (b *Tab) Complaints() []string { return b.complaints.list() }

func (b *Tab) must(what string, err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatalf("%s: %v", what, err)
	}
}

// quote gives a text as a JavaScript string.
func quote(text string) string {
	b, err := json.Marshal(text)
	if err != nil {
		return `""` // a string is always JSON
	}
	return string(b)
}
