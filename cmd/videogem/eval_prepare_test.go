package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/pipeline/democam"
	"github.com/videogem/videogem/pipeline/eval/manifest"
	"github.com/videogem/videogem/pipeline/eval/pickle/pickletest"
)

func prepare(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), append([]string{"eval", "prepare"}, args...), &out, &errs)
	return code, out.String(), errs.String()
}

func TestEvalPrepareDemo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "demo.jsonl")
	code, out, errs := prepare(t, "demo", "--clips", "2", "--out", path)
	require.Equal(t, exitDone, code, errs)
	require.Contains(t, out, "demo.jsonl: 6 samples of demo\n")
	m, err := manifest.Open(path)
	require.NoError(t, err)
	require.Equal(t, uint64(900000001), m.Samples[5].Media.Clip.Seed)
	require.Equal(t, map[string]string{"clips": "2", "seed": "900000000", "actors": "3"}, m.Header.Options)

	code, _, errs = prepare(t, strings.Fields("demo --clips 2 --heldout --twins --shuffle --props 3 --night .5 --change .25 --wild 1 --phrasing held-out --out "+path)...)
	require.Equal(t, exitDone, code, errs)
	m, err = manifest.Open(path)
	require.NoError(t, err)
	require.Equal(t, map[string]string{
		"clips": "2", "seed": "900000000", "actors": "3", "held_out": "true", "wild": "1", "twins": "1", "pairs": "true", "shuffle": "true",
		"props": "3", "night": "0.5", "change": "0.25", "phrasing": "held-out",
	}, m.Header.Options)
	require.Equal(t, democam.Variety{HeldOut: true, Twins: 1, Props: 3, Night: .5, Change: .25, Wild: 1}, m.Samples[0].Media.Clip.Variety)
}

func TestEvalPrepareCounts(t *testing.T) {
	dir := t.TempDir()
	annotations, out := filepath.Join(dir, "box_anno.json"), filepath.Join(dir, "gyt.jsonl")
	require.NoError(t, os.WriteFile(annotations, []byte(`{"v": [{"second": 5, "box": [1, 2, 3, 4], "step_name": "crack eggs"}, {"second": 9, "box": [1, 2, 3, 4], "step_name": "beat eggs"}]}`), 0o600))
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "frames", "v"), 0o700))
	code, _, errs := prepare(t, "groundingyoutube", "--annotations", annotations, "--media", filepath.Join(dir, "frames"), "--out", out)
	require.Equal(t, exitFailed, code)
	require.Contains(t, errs, "2 key frame missing")
	require.NoFileExists(t, out)

	require.NoError(t, os.WriteFile(filepath.Join(dir, "frames", "v", "4.jpg"), nil, 0o600))
	code, text, errs := prepare(t, "groundingyoutube", "--annotations", annotations, "--media", filepath.Join(dir, "frames"), "--out", out)
	require.Equal(t, exitDone, code, errs)
	require.Equal(t, out+": 1 samples of groundingyoutube\nleft out: 1 key frame missing\nincomplete, the data set's rule is to skip them: 1 neighbour missing\n", text)
}

func TestEvalPrepareWrongUse(t *testing.T) {
	evil := filepath.Join(t.TempDir(), "gt_bbox_test.json")
	require.NoError(t, os.WriteFile(evil, pickletest.New().Global("os", "system").Value(pickletest.Tuple{"true"}).Ops('R').Bytes(), 0o600))
	for _, ca := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"no data set", nil, exitUsage, "vhico"},
		{"no annotations", []string{"daly"}, exitUsage, "--annotations"},
		{"split", []string{"daly", "--annotations", "x", "--split", "val"}, exitUsage, "--split"},
		{"frame step", []string{"vhico", "--annotations", evil, "--frame-step", "0"}, exitUsage, "frame step 0"},
		{"clips", []string{"demo", "--clips", "0"}, exitUsage, "0 clips"},
		{"actors", []string{"demo", "--actors", "many"}, exitUsage, "many"},
		{"night", []string{"demo", "--night", "2"}, exitUsage, "night 2"},
		{"phrasing", []string{"demo", "--phrasing", "loud"}, exitUsage, "held-out"},
		{"ease", []string{"demo", "--ease", "7"}, exitUsage, "ease 7"},
		{"no file", []string{"hicodet", "--annotations", "/no/such.mat"}, exitFailed, "no such file"},
		{"no instances", []string{"vcoco", "--annotations", "x"}, exitUsage, "--instances"},
		{"youcook", []string{"youcook", "--annotations", "x", "--segments", "y"}, exitUsage, "--captions"},
		{"evil pickle", []string{"vhico", "--annotations", evil}, exitFailed, "os.system"},
	} {
		t.Run(ca.name, func(t *testing.T) {
			code, _, errs := prepare(t, ca.args...)
			require.Equal(t, ca.code, code, errs)
			require.Contains(t, errs, ca.says)
		})
	}
}
