package dataset

import (
	"encoding/json"
	"math"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/pipeline/democam"
	"github.com/videogem/videogem/pipeline/eval/manifest"
)

// TestDemo compares with the program that evaluated the demo model: 300 clips, 897 targets, whose boxes cover 10.2 % of the frame
// and 23.7 % of which hold its centre.
func TestDemo(t *testing.T) {
	o := DemoOptions{Clips: 300, Seed: 900000000, Clip: democam.DefaultClipConfig(), Mix: "3"}
	o.Clip.Span = 2 // that program's clips
	m, err := Demo(t.Context(), o)
	written(t, m, err)
	require.Len(t, m.Samples, 897)
	require.Equal(t, map[string]int{"hardly to be seen in the clip": 3}, m.Header.Skipped)
	var area, centre float64
	for _, s := range m.Samples {
		b := s.Boxes[0]
		require.Equal(t, [2]int{96, 96}, s.Space)
		require.Equal(t, 4, s.Key)
		for _, v := range b {
			require.Equal(t, math.Trunc(v), v)
		}
		area += (b[2] - b[0] + 1) * (b[3] - b[1] + 1) / 96 / 96
		if b[0] <= 48 && 48 <= b[2] && b[1] <= 48 && 48 <= b[3] {
			centre++
		}
	}
	require.InDelta(t, .102, area/897, .001)
	require.InDelta(t, .237, centre/897, .0005)
	first := m.Samples[0]
	require.Equal(t, "900000000/0", first.ID)
	config, err := first.Media.Clip.Config()
	require.NoError(t, err)
	require.Equal(t, o.Clip.Span, config.Span)
	config.Span = democam.DefaultClipConfig().Span
	require.Equal(t, democam.DefaultClipConfig(), config, "the runner draws the very clip")
	_, truth, err := democam.Clip(first.Media.Clip.Seed, config)
	require.NoError(t, err)
	require.Equal(t, truth.Actors[0].Action, first.Label)
}

func TestDemoBoxesAreWholePixels(t *testing.T) {
	o := DemoOptions{Clips: 3, Seed: 1, Clip: democam.DefaultClipConfig(), Mix: "2:.5,3:.5"}
	o.Clip.Width, o.Clip.Height = 160, 120
	m, err := Demo(t.Context(), o)
	written(t, m, err)
	for _, s := range m.Samples {
		require.Equal(t, manifest.Demo, s.Media.Kind)
		config, err := s.Media.Clip.Config()
		require.NoError(t, err)
		_, truth, err := democam.Clip(s.Media.Clip.Seed, config)
		require.NoError(t, err)
		var exact democam.Box
		for i := range truth.Actors {
			if truth.Actors[i].Action == s.Label {
				exact = truth.Actors[i].Union(s.Key)
			}
		}
		b := s.Boxes[0]
		for x := range 160 { // a pixel is in the box if its centre is
			require.Equal(t, float64(x) >= b[0] && float64(x) <= b[2], exact.X0*160 <= float64(x)+.5 && float64(x)+.5 <= exact.X1*160, "%s: %d of %v in %+v", s.ID, x, b, exact)
		}
	}
}

func TestDemoRefuses(t *testing.T) {
	for _, o := range []DemoOptions{
		{Clips: 0, Mix: "3", Clip: democam.DefaultClipConfig()},
		{Clips: 1, Mix: "none", Clip: democam.DefaultClipConfig()},
		{Clips: 1, Mix: "3"},
		{Clips: 1, Mix: "3", Clip: democam.DefaultClipConfig(), Pairs: true},
		{Clips: 1, Mix: "3", Clip: democam.DefaultClipConfig(), Phrasing: "loud"},
	} {
		_, err := Demo(t.Context(), o)
		require.ErrorIs(t, err, ErrOptions)
	}
}

// TestDemoPairs: two of every clip's three are scored, and which of a pair is there cannot be told by who is there.
func TestDemoPairs(t *testing.T) {
	o := DemoOptions{Clips: 30, Seed: 920000000, Clip: democam.DefaultClipConfig(), Mix: "3", Pairs: true, Shuffle: true}
	o.Clip.Twins = 1
	m, err := Demo(t.Context(), o)
	written(t, m, err)
	require.Equal(t, 60, len(m.Samples)+m.Header.Skipped["hardly to be seen in the clip"]+m.Header.Skipped["hardly to be seen in the key frame"])
	require.Equal(t, 30, m.Header.Skipped["not told by motion alone"])
	require.Equal(t, "1", m.Header.Options["twins"])
	require.Equal(t, "true", m.Header.Options["pairs"])
	require.Equal(t, "true", m.Header.Options["shuffle"])
	pairs, classes := map[string]bool{}, map[string]int{}
	for _, p := range democam.MotionPairs() {
		pairs[p[0]], pairs[p[1]] = true, true
	}
	for _, s := range m.Samples {
		require.True(t, pairs[s.Label], s.Label)
		require.True(t, s.Media.Clip.Shuffle)
		require.InDelta(t, 1, s.Media.Clip.Variety.Twins, 0)
		classes[s.Label]++
	}
	require.Len(t, classes, 6, "all pairs come up")
}

// TestDemoLooks: the manifest says how each set differs, and its clips are those that it says.
func TestDemoLooks(t *testing.T) {
	for key, set := range map[string]func(c *democam.ClipConfig){
		"held_out": func(c *democam.ClipConfig) { c.HeldOut = true },
		"props":    func(c *democam.ClipConfig) { c.Props = 3 },
		"night":    func(c *democam.ClipConfig) { c.Night = 1 },
		"wild":     func(c *democam.ClipConfig) { c.Wild = 1 },
		"change":   func(c *democam.ClipConfig) { c.Change = 1 },
		"ease":     func(c *democam.ClipConfig) { c.Ease = .7 },
		"aspect":   func(c *democam.ClipConfig) { c.Aspect = 1.78 },
		"size":     func(c *democam.ClipConfig) { c.Width = 48 },
		"heights":  func(c *democam.ClipConfig) { c.MinHeight = .3 },
	} {
		t.Run(key, func(t *testing.T) {
			o := DemoOptions{Clips: 2, Seed: 910000000, Clip: democam.DefaultClipConfig(), Mix: "3"}
			set(&o.Clip)
			m, err := Demo(t.Context(), o)
			written(t, m, err)
			require.Contains(t, m.Header.Options, key)
			require.Len(t, m.Header.Options, 4, "the others are as usual")
			config, err := m.Samples[0].Media.Clip.Config()
			require.NoError(t, err)
			o.Clip.Actors = democam.Mix{{Actors: 3, Weight: 1}}
			require.Equal(t, o.Clip, config)
		})
	}
}

func TestDemoPhrasings(t *testing.T) {
	trained := map[string]bool{}
	texts := 0
	for _, phrasing := range []string{Plain, Trained, HeldOut} {
		o := DemoOptions{Clips: 25, Seed: 900000000, Clip: democam.DefaultClipConfig(), Mix: "3", Phrasing: phrasing}
		m, err := Demo(t.Context(), o)
		written(t, m, err)
		said := map[string]map[string]bool{}
		for _, s := range m.Samples {
			if said[s.Label] == nil {
				said[s.Label] = map[string]bool{}
			}
			said[s.Label][s.Prompts.Action] = true
		}
		require.Len(t, said, len(democam.Actions()))
		require.Len(t, m.Header.Absent, 8)
		for _, label := range democam.Actions() {
			switch phrasing {
			case Plain:
				require.Equal(t, map[string]bool{"A photo of a person " + label + ".": true}, said[label])
			case Trained:
				for text := range said[label] {
					trained[text] = true
				}
			case HeldOut:
				for text := range said[label] {
					texts++
					require.False(t, trained[text], text)
				}
			}
		}
	}
	require.Greater(t, len(trained), 3*len(democam.Actions()), "in many words")
	require.Greater(t, texts, 2*len(democam.Actions()))
	ask, _, err := newPhrasing(HeldOut)
	require.NoError(t, err)
	require.Equal(t, "a clip that shows a man waving his hand", ask.next("waving"))
	require.Equal(t, "a clip that shows a man waving a hand hello", ask.next("waving"))
	require.Equal(t, "there is somebody waving his hand here", ask.next("waving"))
}

// TestPhrasingsAreTheTrainings runs the training's list of phrases.
func TestPhrasingsAreTheTrainings(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip(err)
	}
	c := exec.CommandContext(t.Context(), python, "-B", "phrasings.py")
	c.Dir = filepath.Join("..", "..", "..", "examples", "demo-model")
	out, err := c.Output()
	require.NoError(t, err)
	require.Equal(t, string(out), string(demoWords), "run examples/demo-model/phrasings.py > pipeline/eval/dataset/words/demo.json")
	var all phrasings
	require.NoError(t, json.Unmarshal(out, &all))
	for _, action := range democam.Actions() {
		require.NotEmpty(t, all.Trained.Phrases[action])
		require.NotEmpty(t, all.HeldOut.Phrases[action])
	}
}
