package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/engine/gem"
	"github.com/videogem/videogem/pipeline/eval/baseline"
	"github.com/videogem/videogem/pipeline/eval/metric"
	"github.com/videogem/videogem/pipeline/eval/report"
	"github.com/videogem/videogem/pipeline/eval/runner"
)

// good are reports that reach every goal, if only just.
func good() reports {
	all := reports{}
	for name, accuracy := range map[string]float64{
		"calibration": .9, "calm": .9, "heldout": .85, "pairs": .8, "shuffled": .65, "trained": .9, "phrasings": .8501, "wide": .5, "clutter": .5,
		"jumble": .5, "changing": .5, "last-layer": .2, "weightings": .9,
	} {
		half, threshold := .5, .04
		all[name] = &report.Report{
			Baselines: baseline.Baselines{Centre: .35, Neighbour: &half},
			Results: []report.Result{{
				Variant: runner.Variant{Weights: "none", Prompts: metric.Action}, N: 100, Accuracy: accuracy, AnyBox: &half,
				Classes: []report.Class{{Name: "waving", N: 4, Hits: 3, Accuracy: .75}, {Name: "raising an arm", N: 4, Hits: 4, Accuracy: 1}},
			}},
			Clips: &report.Clips{
				AUC: .95, Threshold: &threshold, Absent: &report.Share{Value: .95}, Unknown: &report.Share{Value: 1}, Present: &report.Share{Value: .8},
			},
		}
	}
	all["weightings"].Results = append(all["weightings"].Results,
		report.Result{Variant: runner.Variant{Weights: "none", Prompts: metric.Decomposed, Fuse: gem.FusionPoint}, Accuracy: .7},
		report.Result{Variant: runner.Variant{Weights: "none", Prompts: metric.Decomposed, Fuse: gem.FusionMean}, Accuracy: .6})
	return all
}

func printed(r reports, times []float64, size int64) string {
	var out bytes.Buffer
	r.print(&out, times, size)
	return out.String()
}

func TestGoals(t *testing.T) {
	text := printed(good(), []float64{10, 20, 90}, 12e6)
	require.NotContains(t, text, "MISS", text)
	require.Equal(t, 13, strings.Count(text, "pass"), text)
	require.Regexp(t, `GEM's equal weights +90\.0 % .* 70\.0 % +60\.0 %`, text)
	require.Regexp(t, `waving / raising an arm +87\.5 %`, text)
	for name, spoil := range map[string]func(r reports){
		"pointing, calm":               func(r reports) { r["calm"].Results[0].Accuracy = .899 },
		"pointing, held-out look":      func(r reports) { r["heldout"].Results[0].Accuracy = .849 },
		"centre of the frame":          func(r reports) { r["calm"].Baselines.Centre = .36 },
		"every class":                  func(r reports) { r["calm"].Results[0].Classes[0].Accuracy = .74 },
		"pairs that only motion":       func(r reports) { r["pairs"].Results[0].Accuracy = .79; r["shuffled"].Results[0].Accuracy = .5 },
		"the same, frames shuffled":    func(r reports) { r["shuffled"].Results[0].Accuracy = .66 },
		"clips: AUC":                   func(r reports) { r["calm"].Clips.AUC = .949 },
		"held-out phrasings, pointing": func(r reports) { r["phrasings"].Results[0].Accuracy = .84 },
		"held-out phrasings, AUC":      func(r reports) { r["phrasings"].Clips.AUC = .89 },
		"absent actions below":         func(r reports) { r["calm"].Clips.Absent.Value = .949 },
		"unknown actions below":        func(r reports) { r["calm"].Clips.Unknown = nil },
	} {
		t.Run(name, func(t *testing.T) {
			r := good()
			spoil(r)
			text := printed(r, []float64{10}, -1)
			require.Equal(t, 1, strings.Count(text, "MISS"), text)
			require.Regexp(t, `(?m)^`+name+`.*MISS$`, text)
		})
	}
	require.Regexp(t, `time a clip.*MISS`, printed(good(), []float64{70, 80, 90}, -1))
	require.Regexp(t, `size in the repository.*MISS`, printed(good(), nil, 12e6+1))
}

func TestRun(t *testing.T) {
	dir := t.TempDir()
	for name, r := range good() {
		text, err := json.Marshal(r)
		require.NoError(t, err)
		require.NoError(t, os.MkdirAll(filepath.Join(dir, name), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name, report.JSONFile), text, 0o600))
	}
	var out bytes.Buffer
	require.ErrorIs(t, run(&out, dir, ""), os.ErrNotExist, "no results of the pairs")
	results := `{"format":"` + runner.Format + `"}` + "\n" + `{"first":0,"read":1,"ground":0.033,"records":[]}` + "\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "pairs", runner.File), []byte(results), 0o600))
	require.NoError(t, run(&out, dir, ""))
	require.Contains(t, out.String(), "lower quartile 33 ms")
	require.NotContains(t, out.String(), "size in the repository")
	require.ErrorIs(t, run(&out, dir, filepath.Join(dir, "none")), os.ErrNotExist)
	require.NoError(t, os.Remove(filepath.Join(dir, "wide", report.JSONFile)))
	require.ErrorIs(t, run(&out, dir, ""), os.ErrNotExist)
}
