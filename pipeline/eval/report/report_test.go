package report

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/videogem/videogem/engine/gem"
	"github.com/videogem/videogem/engine/imaging"
	"github.com/videogem/videogem/pipeline/eval/manifest"
	"github.com/videogem/videogem/pipeline/eval/metric"
	"github.com/videogem/videogem/pipeline/eval/runner"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// ran is a run of ten samples in two classes: eight of class a, of which six hit and four overlap, and one of class b, which misses; the
// last one was skipped.
func ran(dataset string, v ...runner.Variant) (*manifest.Manifest, *runner.Results) {
	m := &manifest.Manifest{Header: manifest.Header{Dataset: dataset, Skipped: map[string]int{"no key frame": 3}, Options: map[string]string{"split": "test"}}}
	p := &runner.Results{Settings: runner.Settings{
		Dataset: dataset, Manifest: "abc", Samples: 10, Model: "m|x", Frames: 8, Height: 224, Width: 224, Precision: "fp32", Device: "cpu", Variants: v, Point: metric.Raster,
	}, Timing: runner.Timing{Clips: 9, Read: .9, Ground: 1.8}}
	for i := range 10 {
		class := "a"
		if i >= 8 {
			class = "b"
		}
		m.Samples = append(m.Samples, manifest.Sample{ID: fmt.Sprint(i), Label: "<b>" + class, Class: class, Boxes: [][4]float64{{0, 0, 100, 100}}, Space: [2]int{200, 100}})
		r := runner.Record{ID: fmt.Sprint(i), Repeated: i == 1}
		for k := range v {
			a := runner.Answer{Hit: i < 6-k, IoU: .3}
			if i < 4 {
				a.IoU = .31
			}
			r.Answers = append(r.Answers, a)
		}
		if i == 9 {
			r = runner.Record{ID: "9", Skipped: "missing frame"}
		}
		p.Records, p.Scenes = append(p.Records, r), append(p.Scenes, i)
	}
	return m, p
}

var (
	full   = runner.Variant{Weights: "videogem", Prompts: metric.Decomposed, Fuse: gem.FusionPoint}
	whole  = runner.Variant{Weights: "none", Prompts: metric.Action}
	dotted = runner.Variant{Scope: gem.Joint, Weights: "none", Prompts: metric.Decomposed, Fuse: gem.FusionPoint}
)

func TestNumbers(t *testing.T) {
	r := worded(ran("daly", full))
	v := r.Results[0]
	require.Equal(t, Samples{Total: 10, Scored: 9, Skipped: map[string]int{"missing frame": 1}, Repeated: 1}, r.Samples)
	require.Equal(t, [2]int{9, 6}, [2]int{v.N, v.Hits})
	require.InDelta(t, 6./9, v.Accuracy, 1e-12)
	require.InDelta(t, .375, v.ClassMean, 1e-12)
	require.InDelta(t, 4./9, v.IoUShare, 1e-12, "0.3 is not above 0.3")
	require.InDelta(t, .25, v.IoUClassMean, 1e-12)
	low, high := metric.Wilson(6, 9)
	require.Equal(t, [2]float64{low, high}, v.Interval)
	require.Equal(t, []string{"a", "b"}, []string{v.Classes[0].Name, v.Classes[1].Name})
	require.Equal(t, [2]int{8, 1}, [2]int{v.Classes[0].N, v.Classes[1].N})
	require.Equal(t, 9, r.Baselines.N, "the same samples")
	require.Equal(t, 1., r.Baselines.Centre, "(112,112) lies on the edge of 0..112")
	require.InDelta(t, 113./224, r.Baselines.Random, 1e-12)
	require.InDelta(t, .2, r.Timing.Ground, 1e-12)
}

func worded(m *manifest.Manifest, p *runner.Results) *Report {
	line := .2
	return New(m, "drawn people", &line, p)
}

func TestMarkdown(t *testing.T) {
	paper, err := LoadPaper()
	require.NoError(t, err)
	text := func(r *Report) string {
		var out bytes.Buffer
		require.NoError(t, r.Markdown(&out, paper))
		return out.String()
	}
	one := text(worded(ran("daly", full)))
	for _, want := range []string{
		"| own | videogem | decomposed | point | 9 | 66.67 | 35.42 – 87.94 | 37.50 | 44.44 | 25.00 | 78.25 [notes] |",
		"| VideoGEM (ViCLIP) | no | 75.75 [notes] | 78.25 [notes] | 55.10 [notes] | 57.21 [notes] |",
		"| WWW-CLIP (CLIP*) | yes |",
		"| VideoGEM (ViCLIP), weights none | no | 74.79 [notes] | 76.84 [notes] | 54.38 [derived] | 56.39 [notes] |",
		`| **this run: m\|x, own/videogem/decomposed/point** |  |  | **66.67** |  |  |`,
		"| a | 8 | 75.00 |", "| skipped | missing frame 1 |", "| repeated | 1 with the key frame", "| not prepared | no key frame 3 |",
		"| time a clip | 200.0 ms to ground, 100.0 ms to bring its frames, over 9 clips |", "| prepared with split | test |",
	} {
		require.Contains(t, one, want)
	}
	several := text(worded(ran("groundingyoutube", whole, dotted, full)))
	require.Contains(t, several, "| **own** | **none** | **action** |", "the best stands out")
	require.Contains(t, several, "| joint | none | decomposed | point | 9 | 55.56 | 26.67 – 81.12 | 31.25 | 44.44 | 25.00 | 56.39 [notes] |")
	require.Contains(t, several, "| centre of the frame (112, 112) | 100.00 | 67.67 |")
	require.NotContains(t, several, "## By class")
	demo := text(worded(ran("demo", full)))
	require.NotContains(t, demo, "Beside the paper", "the paper has no such data set")
}

func TestPaper(t *testing.T) {
	paper, err := LoadPaper()
	require.NoError(t, err)
	known := map[string]bool{}
	for _, c := range paper.Columns {
		known[c.Dataset] = true
	}
	for _, r := range append(paper.Methods, paper.Weightings...) {
		require.Contains(t, paper.Labels, r.Label)
		for dataset := range r.Values {
			require.True(t, known[dataset], dataset)
			require.Contains(t, paper.Labels, r.label(dataset))
		}
	}
	// The averages of the notes, which the rows were checked with.
	for name, mean := range map[string]float64{
		"WWW-CLIP (CLIP*)": 62.26, "GEM (ViCLIP)": 60.93, "VideoGEM (CLIP)": 65.37, "VideoGEM (OpenCLIP)": 65.53, "VideoGEM (ViCLIP)": 66.58,
	} {
		for _, r := range paper.Methods {
			if r.Name == name {
				sum := 0.
				for _, v := range r.Values {
					sum += v / 4
				}
				require.Less(t, math.Abs(sum-mean), .011, name)
				delete(known, name)
			}
		}
	}
	for _, a := range paper.Anchors {
		require.True(t, known[a.Dataset], a.Dataset)
		require.Contains(t, paper.Labels, a.Label)
	}
}

func TestPage(t *testing.T) {
	paper, err := LoadPaper()
	require.NoError(t, err)
	m, p := ran("daly", full)
	picture, err := drawAnswer(imaging.RGB{W: 40, H: 20, Pix: bytes.Repeat([]byte{128}, 40*20*3)}, &m.Samples[0], parts(), 224, 224)
	require.NoError(t, err)
	require.Equal(t, [2]int{360, 180}, [2]int{picture.Rect.Dx(), picture.Rect.Dy()})
	at := func(x, y int) [3]byte { return [3]byte(picture.Pix[picture.PixOffset(x, y):]) }
	require.Equal(t, [3]byte{0, 230, 90}, at(60, 0), "the box's edge")
	require.Equal(t, [3]byte{255, 255, 255}, at(360*112/224, 180*56/224), "the answer")
	url, err := dataURL(picture)
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, worded(m, p).HTML(&out, paper, []Shown{{ID: "1", Label: "<b>a", Hit: true, IoU: "31.00", Picture: url}}))
	page := out.String()
	require.Contains(t, page, `src="data:image/jpeg;base64,/9j/`)
	require.Contains(t, page, "&lt;b&gt;a")
	require.NotContains(t, page, "ZgotmplZ", "nothing was refused by the template")
	require.Contains(t, page, `style="width:66.67%"`)
	require.Equal(t, strings.Count(page, "<section"), strings.Count(page, "</section>"))
}

func parts() runner.Parts {
	m := gem.Map{H: 224, W: 224, Data: make([]float32, 224*224)}
	h := metric.Heat{Map: m, Peak: metric.Point{X: 111.5, Y: 55.5}}
	return runner.Parts{Answer: h, Verb: &h}
}

func TestChoiceOfTheGallery(t *testing.T) {
	_, p := ran("daly", full)
	require.Len(t, choose(p.Records, true), 6)
	for _, i := range choose(p.Records, false) {
		require.Empty(t, p.Records[i].Skipped)
	}
	var many []runner.Record
	for i := range 1000 {
		many = append(many, runner.Record{ID: fmt.Sprint(i), Answers: []runner.Answer{{Hit: true}}})
	}
	which := choose(many, true)
	require.Len(t, which, galleryEach)
	require.Greater(t, max(which[0], which[1], which[2], which[3]), 200, "from all over")
}
