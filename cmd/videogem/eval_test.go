package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/engine/backend/ort"
	"github.com/videogem/videogem/pipeline/eval/baseline"
	"github.com/videogem/videogem/pipeline/eval/compare"
	"github.com/videogem/videogem/pipeline/eval/report"
)

// done runs a command that must work, and gives what it prints; it skips where ONNX Runtime is not installed.
func done(t *testing.T, args string) string {
	t.Helper()
	code, stdout, stderr := videogem(t, strings.Fields(args)...)
	if strings.Contains(stderr, ort.ErrNoLibrary.Error()) {
		t.Skip(stderr)
	}
	require.Equal(t, exitDone, code, stderr)
	return stdout
}

func TestEval(t *testing.T) {
	t.Chdir(t.TempDir())
	done(t, "eval prepare demo --clips 3 --out m.jsonl")
	stdout := done(t, "eval run --manifest m.jsonl --scope joint --weights static --prompts action --threads 1 --out one")
	require.Regexp(t, `(?m)^ *\d+\.\d\d %  \(.* – .*\)  joint/static/action$`, stdout)
	require.Regexp(t, `(?m)^ *\d+\.\d\d %  centre \(48, 48\)$`, stdout)
	require.Contains(t, stdout, "report: "+filepath.Join("one", report.HTMLFile))
	again := done(t, "eval run --manifest m.jsonl --scope joint --weights static --prompts action --threads 1 --out one")
	require.Equal(t, stdout, again)

	stdout = done(t, "eval run --manifest m.jsonl --prompts action --clips --threads 1 --out whole")
	require.Regexp(t, `weakest of \d classes`, stdout)
	require.Regexp(t, `AUC [01]\.\d{4} of present against absent actions`, stdout)
	require.Regexp(t, `absent actions below the threshold 0\.\d{4}`, stdout, "the demo model has a calibrated threshold")
	require.Contains(t, stdout, "prompts for what is never there below")
	require.Contains(t, done(t, "eval run --manifest m.jsonl --prompts action --clips --threshold .9 --threads 1 --out whole"),
		"absent actions below the threshold 0.9000", "scores are kept, and judged anew")

	stdout = done(t, "eval ablate --manifest m.jsonl --scope joint,frame --weights none,static --prompts action,decomposed --fuse point,mean --threads 1 --out many")
	require.Equal(t, 2*2*3, strings.Count(stdout, " – "))

	var b baseline.Baselines
	require.NoError(t, json.Unmarshal([]byte(done(t, "eval baselines --manifest m.jsonl --size 96x96 --json")), &b))
	require.Equal(t, 9, b.N)
	require.Contains(t, done(t, "eval baselines --manifest m.jsonl"), "centre (112, 112)")

	var c compare.Comparison
	require.NoError(t, json.Unmarshal([]byte(done(t, "eval compare one many:joint/static/action --json")), &c))
	require.Equal(t, 9, c.N)
	require.Contains(t, done(t, "eval compare one many:frame/none/decomposed/mean"), "McNemar's test: p = ")
}

func TestEvalFails(t *testing.T) {
	t.Chdir(t.TempDir())
	done(t, "eval prepare demo --clips 1 --out m.jsonl")
	require.NoError(t, os.WriteFile("rubbish.jsonl", []byte("rubbish\n"), 0o600))
	for _, ca := range []struct {
		args string
		code int
		says string
	}{
		{"eval", exitUsage, "ablate"},
		{"eval run --manifest m.jsonl", exitUsage, "--out"},
		{"eval run --manifest m.jsonl --out o --weights heavy", exitUsage, `unknown weights "heavy"`},
		{"eval run --manifest m.jsonl --out o --scope wide", exitUsage, `unknown scope "wide"`},
		{"eval run --manifest m.jsonl --out o --prompts all", exitUsage, "action"},
		{"eval run --manifest m.jsonl --out o --missing ignore", exitUsage, "repeat"},
		{"eval run --manifest m.jsonl --out o --batch 0", exitUsage, "batch 0"},
		{"eval run --manifest none.jsonl --out o", exitFailed, "none.jsonl"},
		{"eval run --manifest rubbish.jsonl --out o", exitFailed, "malformed manifest"},
		{"eval run --manifest m.jsonl --out o --model no-such-model", exitFailed, `unknown model "no-such-model"`},
		{"eval ablate --manifest m.jsonl --out o --fuse middle", exitUsage, `"middle"`},
		{"eval baselines --manifest m.jsonl --size 96", exitUsage, "HEIGHTxWIDTH"},
		{"eval baselines --manifest m.jsonl --size 0x96", exitUsage, "no side may be 0"},
		{"eval compare none none", exitFailed, "holds no results"},
	} {
		t.Run(ca.args, func(t *testing.T) {
			code, stdout, stderr := videogem(t, strings.Fields(ca.args)...)
			if strings.Contains(stderr, ort.ErrNoLibrary.Error()) {
				t.Skip(stderr)
			}
			require.Equal(t, ca.code, code, stderr)
			require.Contains(t, stdout+stderr, ca.says)
		})
	}
}
