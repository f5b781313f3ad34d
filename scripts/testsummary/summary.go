package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// event is one line of `go test -json` (see `go doc test2json`).
type event struct {
	Action     string
	Package    string
	ImportPath string // for the build-… actions
	Test       string
	Output     string
}

// result is what is known of one package.
type result struct {
	own    strings.Builder             // what the package printed outside of its tests
	tests  map[string]*strings.Builder // output of the tests that have not passed (yet)
	failed int
}

// summary adds up the events of a run.
type summary struct {
	out                     io.Writer
	packages                map[string]*result
	builds                  map[string]*strings.Builder // the compiler's words
	skips                   []string
	passed, failed, skipped int
}

func newSummary(out io.Writer) *summary {
	return &summary{out: out, packages: map[string]*result{}, builds: map[string]*strings.Builder{}}
}

// read consumes events until the end of r. A line that is no event is shown as it is.
func (s *summary) read(r io.Reader) error {
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes('\n')
		var e event
		switch {
		case len(line) == 0:
		case json.Unmarshal(line, &e) != nil || e.Action == "":
			fmt.Fprintf(s.out, "%s", line)
		default:
			s.add(e)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (s *summary) add(e event) {
	switch {
	case e.Action == "build-output":
		builder(s.builds, e.ImportPath).WriteString(e.Output)
	case e.Action == "build-fail":
		fmt.Fprint(s.out, builder(s.builds, e.ImportPath).String())
	case e.Package == "":
	case e.Test == "":
		s.addPackage(e)
	default:
		s.addTest(e)
	}
}

func (s *summary) addTest(e event) {
	p := s.result(e.Package)
	switch e.Action {
	case "output":
		builder(p.tests, e.Test).WriteString(e.Output)
	case "pass":
		s.passed++
		delete(p.tests, e.Test)
	case "skip":
		s.skipped++
		s.skips = append(s.skips, fmt.Sprintf("%s %s: %s", e.Package, e.Test, reason(builder(p.tests, e.Test).String())))
		delete(p.tests, e.Test)
	case "fail":
		s.failed++
		p.failed++
		fmt.Fprintf(s.out, "\n%s %s\n%s\n", e.Package, e.Test, builder(p.tests, e.Test))
		delete(p.tests, e.Test)
	}
}

func (s *summary) addPackage(e event) {
	p := s.result(e.Package)
	switch e.Action {
	case "output":
		p.own.WriteString(e.Output)
	case "pass":
		for line := range strings.Lines(p.own.String()) {
			if strings.HasPrefix(line, "ok ") {
				fmt.Fprint(s.out, line)
			}
		}
		delete(s.packages, e.Package)
	case "skip": // no test files
		delete(s.packages, e.Package)
	case "fail":
		// A time-out or a crash leaves tests without an end, and theirs is the output that matters.
		for name, output := range p.tests {
			fmt.Fprintf(s.out, "\n%s %s (did not end)\n%s\n", e.Package, name, output)
		}
		if p.failed == 0 { // it did not build, crashed, or TestMain objected
			s.failed++
		}
		fmt.Fprint(s.out, p.own.String())
		delete(s.packages, e.Package)
	}
}

// finish prints the totals and tells whether the run is good.
func (s *summary) finish() bool {
	if len(s.skips) > 0 {
		fmt.Fprintln(s.out, "\nSkipped:")
	}
	for _, skip := range s.skips {
		fmt.Fprintln(s.out, "  "+skip)
	}
	for name, p := range s.packages { // the run itself broke off
		s.failed++
		fmt.Fprintf(s.out, "\n%s did not end\n%s", name, p.own.String())
	}
	if s.passed+s.failed == 0 {
		fmt.Fprintln(s.out, "no test ran")
	}
	fmt.Fprintf(s.out, "\n%d passed, %d failed, %d skipped\n", s.passed, s.failed, s.skipped)
	return s.failed == 0 && s.passed > 0
}

func (s *summary) result(name string) *result {
	if s.packages[name] == nil {
		s.packages[name] = &result{tests: map[string]*strings.Builder{}}
	}
	return s.packages[name]
}

// builder answers the builder under key, and makes one where there is none.
func builder(m map[string]*strings.Builder, key string) *strings.Builder {
	if m[key] == nil {
		m[key] = &strings.Builder{}
	}
	return m[key]
}

// reason picks what t.Skip was given out of a skipped test's output: "    x_test.go:12: the reason".
func reason(output string) string {
	if m := regexp.MustCompile(`(?s)\n?\s+\S+_test\.go:\d+: (.*?)\n(--- |\s+--- |$)`).FindStringSubmatch(output); m != nil {
		return strings.Join(strings.Fields(m[1]), " ")
	}
	return "no reason given"
}
