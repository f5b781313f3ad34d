// Package browsertest opens real browsers in tests: Chromium and Firefox, headless, each with an empty profile.
//
// A test fails with every error and warning that a page leaves in the console while the test runs, uncaught exceptions and what the browser
// itself writes there included; Allow names those that a test provokes.
package browsertest

import (
	"context"
	"fmt"
	"regexp"
	"testing"
	"time"
)

// limit bounds one test's use of a browser.
const limit = 5 * time.Minute

// Option changes how a browser or a tab is opened.
type Option func(*options)

type options struct {
	camera  bool
	before  []string
	allowed []*regexp.Regexp
}

func apply(all []Option) options {
	var o options
	for _, change := range all {
		change(&o)
	}
	return o
}

// Camera gives the browser a camera that shows a test picture, and allows pages to use it.
func Camera(o *options) { o.camera = true }

// Before runs a script in each page before the page's own.
func Before(script string) Option { return func(o *options) { o.before = append(o.before, script) } }

// Allow lets the console say what matches one of the patterns: the test provokes it.
func Allow(patterns ...string) Option {
	return func(o *options) {
		for _, p := range patterns {
			o.allowed = append(o.allowed, regexp.MustCompile(p))
		}
	}
}

// Unanswered allows what browsers say of a server that does not answer, or ends a connection.
func Unanswered() Option {
	return Allow(`^network: .*net::ERR_`, `can’t establish a connection`, `was interrupted while the page was loading`)
}

// Refused allows what Chromium says of requests that the server refuses with one of these statuses. Firefox says nothing of them.
func Refused(statuses ...int) Option {
	return func(o *options) {
		for _, status := range statuses {
			Allow(fmt.Sprintf(`^network: .* status of %d `, status))(o)
		}
	}
}

// New starts Chromium and returns the context of its tab, for chromedp.Do and chromedp.Run. Without Chromium the test is skipped.
func New(t testing.TB, all ...Option) context.Context {
	t.Helper()
	tab := Start(t, Chromium, all...).Open(t, all...)
	page, ok := tab.page.(*chromiumPage)
	if !ok {
		t.Fatal("not Chromium's")
	}
	return page.ctx
}
