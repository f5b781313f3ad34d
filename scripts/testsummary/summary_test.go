package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSummary(t *testing.T) {
	t.Parallel()
	const pass = `{"Action":"pass","Package":"p","Test":"TestA"}` + "\n"
	const ok = `{"Action":"output","Package":"p","Output":"ok  \tp\t0.1s\n"}` + "\n" + `{"Action":"pass","Package":"p"}` + "\n"
	for _, c := range []struct {
		name, input string
		good        bool
		last        string
		holds       []string
	}{
		{"pass", `{"Action":"output","Package":"p","Test":"TestA","Output":"chatter\n"}` + "\n" + pass + ok, true, "1 passed, 0 failed, 0 skipped", []string{"ok  \tp\t0.1s"}},
		{"nothing", "", false, "0 passed, 0 failed, 0 skipped", []string{"no test ran"}},
		{"no test files", `{"Action":"skip","Package":"p"}`, false, "0 passed, 0 failed, 0 skipped", nil},
		{
			"fail", `{"Action":"output","Package":"p","Test":"TestB","Output":"    b_test.go:3: why\n"}
{"Action":"fail","Package":"p","Test":"TestB"}
{"Action":"output","Package":"p","Output":"FAIL\tp\t0.1s\n"}
{"Action":"fail","Package":"p"}`, false, "0 passed, 1 failed, 0 skipped", []string{"p TestB\n    b_test.go:3: why\n", "FAIL\tp"},
		},
		{
			"skip", pass + `{"Action":"output","Package":"p","Test":"TestS","Output":"=== RUN   TestS\n"}
{"Action":"output","Package":"p","Test":"TestS","Output":"    s_test.go:7: no data: set X\n"}
{"Action":"output","Package":"p","Test":"TestS","Output":"--- SKIP: TestS (0.00s)\n"}
{"Action":"skip","Package":"p","Test":"TestS"}` + "\n" + ok, true, "1 passed, 0 failed, 1 skipped", []string{"  p TestS: no data: set X\n"},
		},
		{
			"does not build", `{"ImportPath":"p","Action":"build-output","Output":"p.go:1: syntax\n"}
{"ImportPath":"p","Action":"build-fail"}
{"Action":"output","Package":"p","Output":"FAIL\tp [build failed]\n"}
{"Action":"fail","Package":"p","FailedBuild":"p"}`, false, "0 passed, 1 failed, 0 skipped", []string{"p.go:1: syntax", "[build failed]"},
		},
		{
			"leak in TestMain", pass + `{"Action":"output","Package":"p","Output":"goleak: found\n"}
{"Action":"fail","Package":"p"}`, false, "1 passed, 1 failed, 0 skipped", []string{"goleak: found"},
		},
		{
			"time-out", `{"Action":"output","Package":"p","Test":"TestSlow","Output":"panic: test timed out\n"}
{"Action":"fail","Package":"p"}`, false, "0 passed, 1 failed, 0 skipped", []string{"TestSlow (did not end)\npanic: test timed out"},
		},
		{"broken off", pass, false, "1 passed, 1 failed, 0 skipped", []string{"p did not end"}},
		{"no JSON", "warning: hm\n" + pass + ok, true, "1 passed, 0 failed, 0 skipped", []string{"warning: hm\n"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var out strings.Builder
			s := newSummary(&out)
			require.NoError(t, s.read(strings.NewReader(c.input)))
			require.Equal(t, c.good, s.finish(), out.String())
			require.True(t, strings.HasSuffix(out.String(), "\n"+c.last+"\n"), out.String())
			for _, text := range c.holds {
				require.Contains(t, out.String(), text)
			}
			require.NotContains(t, out.String(), "chatter")
		})
	}
}

func TestReason(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ output, want string }{
		{"=== RUN   TestS\n    s_test.go:7: one\n        two\n--- SKIP: TestS (0.00s)\n", "one two"},
		{"=== RUN   TestS/x\n    s_test.go:7: sub\n    --- SKIP: TestS/x (0.00s)\n", "sub"},
		{"--- SKIP: TestS (0.00s)\n", "no reason given"},
	} {
		require.Equal(t, c.want, reason(c.output))
	}
}

// TestScriptsNameNoRegistry keeps hosts of package registries out of the set-up: the machine's own configuration names them.
func TestScriptsNameNoRegistry(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../*.sh")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range append(files, "../../Makefile", "../../.ci/run") {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NotRegexp(t, `https?://[a-z0-9.-]+`, string(text), file)
	}
}
