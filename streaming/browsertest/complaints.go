package browsertest

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// entry is one line of a tab's console.
type entry struct {
	text    string // with its kind before
	bad     bool   // an error or a warning
	network bool   // of a connection
	at      time.Time
}

// complaints are what a tab's console has against the page while the test runs.
type complaints struct {
	test    context.Context //nolint:containedctx // is done when the test's own code has ended
	allowed []*regexp.Regexp

	mu    sync.Mutex
	bad   []string
	ended time.Time // zero while the test runs
	last  string
	seen  chan struct{} // closed when last was heard
}

func newComplaints(test context.Context, allowed []*regexp.Regexp) *complaints {
	return &complaints{test: test, allowed: allowed, seen: make(chan struct{})}
}

// hear takes the next line. When the test's own code has ended, its servers end, of which pages may complain.
func (c *complaints) hear(e entry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.last != "" && strings.HasPrefix(e.text, "debug: "+c.last) {
		close(c.seen)
		c.last = ""
		return
	}
	if c.test.Err() != nil && c.ended.IsZero() {
		c.ended = time.Now()
	}
	late := !c.ended.IsZero() && (e.network || e.at.After(c.ended))
	if !e.bad || late || slices.ContainsFunc(c.allowed, func(r *regexp.Regexp) bool { return r.MatchString(e.text) }) {
		return
	}
	c.bad = append(c.bad, e.text)
}

func (c *complaints) list() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.bad)
}

// check fails the test with each complaint. say writes a line into the console: what was before that has then been heard.
func (c *complaints) check(t testing.TB, say func(last string) error) {
	t.Helper()
	last := fmt.Sprintf("end of the test, %d", time.Now().UnixNano())
	c.mu.Lock()
	if c.ended.IsZero() {
		c.ended = time.Now()
	}
	c.last = last
	c.mu.Unlock()
	if err := say(last); err != nil {
		t.Errorf("the console's end: %v", err)
	} else {
		select {
		case <-c.seen:
		case <-time.After(patience):
			t.Error("the console's end does not come")
		}
	}
	for _, text := range c.list() {
		t.Errorf("the page complains: %s", text)
	}
}
