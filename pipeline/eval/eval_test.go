package eval

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/gem"
	"github.com/videogem/videogem/engine/modeltest"
	"github.com/videogem/videogem/pipeline/democam"
	"github.com/videogem/videogem/pipeline/eval/compare"
	"github.com/videogem/videogem/pipeline/eval/dataset"
	"github.com/videogem/videogem/pipeline/eval/manifest"
	"github.com/videogem/videogem/pipeline/eval/metric"
	"github.com/videogem/videogem/pipeline/eval/report"
	"github.com/videogem/videogem/pipeline/eval/runner"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// demoSet is a manifest of clips of the demo camera.
func demoSet(t *testing.T, clips int) string {
	t.Helper()
	m, err := dataset.Demo(t.Context(), dataset.DemoOptions{Clips: clips, Seed: 900000000, Clip: democam.DefaultClipConfig(), Mix: "3"})
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "m.jsonl")
	require.NoError(t, manifest.Save(t.Context(), path, m))
	return path
}

// evaluate runs, and skips where ONNX Runtime is not installed.
func evaluate(t *testing.T, o Options) *report.Report {
	t.Helper()
	o.Engine.Threads, o.Point = 1, metric.Raster
	r, err := Run(t.Context(), o)
	if errors.Is(err, engine.ErrNoLibrary) {
		t.Skip(err)
	}
	require.NoError(t, err)
	return r
}

// static is what the demo model was trained for and measured with.
func static(path, out string) Options {
	return Options{Manifest: path, Out: out, Scopes: []gem.Scope{gem.Joint}, Weights: []string{"static"}, Prompts: []metric.Mode{metric.Action}}
}

// files are a report's, without what was measured with a clock.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, n := range []string{report.JSONFile, report.MarkdownFile, report.HTMLFile} {
		data, err := os.ReadFile(filepath.Join(dir, n))
		require.NoError(t, err)
		var kept []string
		clock := false
		for line := range strings.Lines(string(data)) {
			clock = clock || strings.Contains(line, `"timing": {`)
			if !clock && !strings.Contains(line, "time a clip") {
				kept = append(kept, line)
			}
		}
		all[n] = strings.Join(kept, "")
		require.Greater(t, len(all[n]), len(data)/2)
	}
	return all
}

// TestDemoSet evaluates the demo model on clips it never saw. The numbers of 300 and of 2,000 clips are in docs/measurements.md.
func TestDemoSet(t *testing.T) {
	const clips = 12
	path, dir := demoSet(t, clips), t.TempDir()
	r := evaluate(t, static(path, filepath.Join(dir, "a")))
	require.Equal(t, "demo", r.Dataset)
	require.Equal(t, r.Samples.Total, r.Samples.Scored)
	require.Len(t, r.Results, 1)
	v := r.Results[0]
	require.InDelta(t, .8, v.Accuracy, .15, "80.9 %% of 300 clips in the Python evaluation; %d samples", v.N)
	require.InDelta(t, .24, r.Baselines.Centre, .1)
	require.InDelta(t, .102, r.Baselines.Random, .02)
	require.GreaterOrEqual(t, r.Baselines.Constant, r.Baselines.Centre)
	require.InDelta(t, .35, *r.Baselines.Neighbour, .1)
	require.Equal(t, clips, r.Timing.Clips)

	first := files(t, filepath.Join(dir, "a"))
	require.Equal(t, 24-galleryShort(v), strings.Count(first[report.HTMLFile], "<figure>"))
	for _, outside := range []string{"http:", "https:", "src=\"/", "<script", "<link", "url("} {
		require.NotContains(t, first[report.HTMLFile], outside, "the page stands alone")
	}
	require.Contains(t, first[report.MarkdownFile], fmt.Sprintf("| joint | static | action |  | %d | %.2f |", v.N, 100*v.Accuracy))

	evaluate(t, static(path, filepath.Join(dir, "a")))
	require.Equal(t, first, files(t, filepath.Join(dir, "a")), "a finished run gives its report again")

	// A run that was cut off: half the lines, the last one torn.
	results, err := os.ReadFile(filepath.Join(dir, "a", runner.File))
	require.NoError(t, err)
	require.NoError(t, os.Mkdir(filepath.Join(dir, "b"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "b", runner.File), results[:len(results)/2], 0o600))
	evaluate(t, static(path, filepath.Join(dir, "b")))
	require.Equal(t, first, files(t, filepath.Join(dir, "b")), "a resumed run gives the same report")

	c, err := compare.Runs(filepath.Join(dir, "a"), filepath.Join(dir, "b"))
	require.NoError(t, err)
	require.Equal(t, v.N, c.N)
	require.Equal(t, 1., c.P)
	require.Equal(t, v.Accuracy, c.AccuracyB)
}

// galleryShort is how many pictures a small run lacks for a full gallery.
func galleryShort(v report.Result) int { return max(0, 12-v.Hits) + max(0, 12-(v.N-v.Hits)) }

func TestAblation(t *testing.T) {
	path, dir := demoSet(t, 4), t.TempDir()
	o := static(path, dir)
	o.Scopes, o.Weights = []gem.Scope{gem.Joint, gem.Frame}, []string{"none", "static", "dynamic", "videogem"}
	o.Prompts, o.Fusions = []metric.Mode{metric.Action, metric.Verb, metric.Object, metric.Decomposed}, []gem.Fusion{gem.FusionPoint, gem.FusionMean, gem.FusionProduct}
	r := evaluate(t, o)
	require.Len(t, r.Results, 2*4*6)
	require.Equal(t, 4, r.Timing.Clips, "one pass a clip")
	alone := evaluate(t, static(path, t.TempDir()))
	require.InDelta(t, alone.Results[0].Hits, r.Results[6].Hits, 1, "the same but for rounding")
	page := files(t, dir)[report.HTMLFile]
	require.NotContains(t, page, "<figure>")
	require.Contains(t, page, "frame/videogem/decomposed/product")

	_, err := compare.Runs(dir, dir)
	require.ErrorIs(t, err, compare.ErrRun)
	require.ErrorContains(t, err, "joint/none/action")
	c, err := compare.Runs(dir+":joint/static/action", dir+":joint/static/object")
	require.NoError(t, err)
	require.Equal(t, r.Results[6].N, c.N)
	require.Equal(t, r.Results[6].Hits-r.Results[8].Hits, c.OnlyA-c.OnlyB)
	require.Equal(t, metric.McNemar(c.OnlyA, c.OnlyB).P, c.P)
	_, err = compare.Runs(t.TempDir(), dir)
	require.ErrorIs(t, err, compare.ErrRun)
}

func TestBaselines(t *testing.T) {
	path := demoSet(t, 20)
	name, b, err := Baselines(path, 96, 96)
	require.NoError(t, err)
	require.Equal(t, "demo", name)
	require.InDelta(t, .102, b.Random, .02)
	_, _, err = Baselines(path+"x", 96, 96)
	require.ErrorIs(t, err, os.ErrNotExist)
}

// TestThousandClips runs a random model with ViCLIP-B's 1,569 tokens, but narrower and with fewer blocks, over 1,000 clips, or as many as
// VIDEOGEM_EVAL_CLIPS says, and watches the memory of the process.
func TestThousandClips(t *testing.T) {
	clips, err := strconv.Atoi(os.Getenv("VIDEOGEM_EVAL_CLIPS"))
	if err != nil {
		t.Skip("long: VIDEOGEM_EVAL_CLIPS=1000 go test ./pipeline/eval -run TestThousandClips -timeout 2h -v")
	}
	s := modeltest.Small()
	s.Width, s.Grid = 64, 14
	weights := filepath.Join(t.TempDir(), "model.safetensors")
	s.Write(t, weights)
	out := t.TempDir()
	var low, high, first int
	o := static(demoSet(t, clips), out)
	o.Scopes = []gem.Scope{gem.Frame}
	o.Engine = engine.Options{Model: weights, Cache: t.TempDir()}
	o.Progress = func(p runner.Progress) {
		switch now := resident(t); {
		case p.Done < p.Total/10: // the first tenth warms up
		case low == 0:
			first, low, high = now, now, now
		default:
			low, high = min(low, now), max(high, now)
			if p.Done%(p.Total/10) < 3 {
				t.Logf("%d of %d samples: %d MB", p.Done, p.Total, now>>20)
			}
		}
	}
	r := evaluate(t, o)
	t.Logf("%d clips, %.0f ms a clip; resident memory %d MB after a tenth, then %d to %d MB", r.Timing.Clips, 1000*r.Timing.Ground, first>>20, low>>20, high>>20)
	require.Equal(t, clips, r.Timing.Clips)
	require.Less(t, high, first+64<<20, "memory is flat")
}

// resident is the process's memory, bytes.
func resident(t *testing.T) int {
	t.Helper()
	data, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Skip(err)
	}
	var size, pages int
	_, err = fmt.Sscan(string(data), &size, &pages)
	require.NoError(t, err)
	return pages * os.Getpagesize()
}

func TestReportIsJSON(t *testing.T) {
	dir := t.TempDir()
	want := evaluate(t, static(demoSet(t, 2), dir))
	data, err := os.ReadFile(filepath.Join(dir, report.JSONFile))
	require.NoError(t, err)
	var got report.Report
	require.NoError(t, json.Unmarshal(data, &got))
	require.Equal(t, want, &got)
}
