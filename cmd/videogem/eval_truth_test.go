package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/pipeline/democam"
)

// truthOf runs eval truth and reads its lines.
func truthOf(t *testing.T, args string) (lines []truthLine) {
	t.Helper()
	for text := range strings.Lines(done(t, "eval truth "+args)) {
		var l truthLine
		require.NoError(t, json.Unmarshal([]byte(text), &l))
		lines = append(lines, l)
	}
	return lines
}

func TestEvalTruth(t *testing.T) {
	const uri = "demo://?seed=5&size=96x64&fps=10"
	all := truthOf(t, uri+" --for 20s")
	require.Len(t, all, 200)
	config, err := democam.ParseURI(uri)
	require.NoError(t, err)
	camera, err := democam.New(config)
	require.NoError(t, err)
	frame := make([]byte, 96*64*3)
	for i, l := range all {
		want := camera.Frame(frame)
		require.Equal(t, i, l.Frame)
		require.Equal(t, time.Duration(i)*100*time.Millisecond, l.PTS)
		require.Len(t, l.Actors, 3)
		for k, a := range l.Actors {
			b := want.Union(k)
			require.Equal(t, want.Actors[k].Action, a.Action)
			require.Equal(t, [4]float64{b.X0, b.Y0, b.X1, b.Y1}, a.Box)
			require.Equal(t, want.Actors[k].ObjectBox.Empty(), a.ObjectBox == nil)
		}
	}
	some := truthOf(t, uri+" --from 10s --for 5s --every 1s")
	require.Len(t, some, 5)
	for i, l := range some {
		require.Equal(t, all[100+10*i], l, "frames between are left out, and change nothing")
	}
	require.Len(t, truthOf(t, "--for 1s --every 1s"), 1, "the default camera")
}

func TestEvalTruthRefuses(t *testing.T) {
	for args, says := range map[string]string{
		"demo://?sed=1":        `unknown key "sed"`,
		"rtsp://camera/1":      "only a demo camera knows the truth",
		"demo:// --for=-1s":    "times are 0 or more",
		"demo:// --every soon": "--every",
	} {
		code, _, stderr := videogem(t, strings.Fields("eval truth "+args)...)
		require.Equal(t, exitUsage, code, stderr)
		require.Contains(t, stderr, says)
	}
}
