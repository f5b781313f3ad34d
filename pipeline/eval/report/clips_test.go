package report

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/pipeline/eval/runner"
)

// wholes are four clips, of which one was skipped: waving is told apart, jumping the wrong way round, and everybody stands.
func wholes() *runner.Whole {
	return &runner.Whole{
		Labels: []string{"jumping", "standing", "waving"}, Absent: []string{"a", "b"},
		Scores:  [][]float32{{.1, .2, .9, 0, .5}, nil, {.3, .2, .1, 0, .1}, {.2, .2, .8, 0, .1}},
		Present: [][]bool{{true, true, true}, {true, true, true}, {false, true, false}, {false, true, true}},
	}
}

func TestClips(t *testing.T) {
	c := newClips(wholes(), nil)
	require.Equal(t, 3, c.N)
	require.Equal(t, []ClipsLabel{{Name: "jumping", N: 1}, {Name: "waving", N: 2, AUC: 1}}, c.Labels, "what all clips show cannot be told apart")
	require.InDelta(t, .5, c.AUC, 1e-12)
	require.Nil(t, c.Threshold)
	require.Nil(t, c.Absent)
	require.InDelta(t, .3, c.Suggested, 1e-6)
	require.Equal(t, []int{3, 3}, []int{below([]float32{.3, .1, .2}, c.Suggested).K, 3}, "all that it was taken from lie below it")

	require.Equal(t, [2]int{0, 1}, [2]int{below([]float32{.5}, .5).K, above([]float32{.5}, .5).K}, "a score at the threshold counts as there")

	line := .25
	c = newClips(wholes(), &line)
	require.InDelta(t, .25, *c.Threshold, 0)
	require.Equal(t, [2]int{2, 3}, [2]int{c.Absent.K, c.Absent.N}, ".3 is above it, .2 and .1 below")
	require.Equal(t, [2]int{2, 6}, [2]int{c.Present.K, c.Present.N}, "those who stand count, too")
	require.Equal(t, [2]int{5, 6}, [2]int{c.Unknown.K, c.Unknown.N})
	require.Equal(t, [2]int{1, 2}, [2]int{c.Labels[0].Absent.K, c.Labels[0].Absent.N})
	require.Less(t, c.Absent.Interval[0], c.Absent.Value)
	require.Equal(t, []string{"all", "jumping", "waving"}, []string{c.table().Rows[0][0], c.table().Rows[1][0], c.table().Rows[2][0]}, "worst first")
	require.Contains(t, c.Lines()[1], "absent actions below the threshold 0.2500: 2 of 3")
}

func TestReportOfClips(t *testing.T) {
	m, p := ran("demo", full)
	p.Whole = wholes()
	line := .25
	r := New(m, "drawn people", &line, p)
	paper, err := LoadPaper()
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, r.Markdown(&out, paper))
	require.Contains(t, out.String(), "| **all** | **3** | **0.500** | **66.67 (2 of 3)** | **33.33 (2 of 6)** |")
	require.Contains(t, out.String(), "83.33 % score below it (5 of 6)")
	text, err := json.Marshal(r)
	require.NoError(t, err)
	var again Report
	require.NoError(t, json.Unmarshal(text, &again))
	require.Equal(t, r.Clips, again.Clips)
	out.Reset()
	require.NoError(t, r.HTML(&out, paper, nil))
	require.Contains(t, out.String(), "Which actions a clip shows")
	require.Contains(t, out.String(), "<dt>weakest class</dt><dd>b, 0.0 %</dd>")
	require.NotContains(t, out.String(), "in any box of the picture", "every picture has one sample")
}

// TestAnyBox: two samples of one picture; the answer of the first lies in the second's box.
func TestAnyBox(t *testing.T) {
	m, p := ran("demo", full)
	m.Samples, p.Records, p.Scenes = m.Samples[:3], p.Records[:3], []int{0, 0, 1}
	m.Samples[1].Boxes = [][4]float64{{150, 0, 200, 100}} // of 200x100: x from 168 in the model's pixels
	p.Records[0].Answers[0] = runner.Answer{X: 200, Y: 10}
	p.Records[1].Answers[0] = runner.Answer{X: 140, Y: 10} // between the boxes
	p.Records[2].Answers[0] = runner.Answer{X: 10, Y: 10, Hit: true}
	r := New(m, "", nil, p)
	require.InDelta(t, 2./3, *r.Results[0].AnyBox, 1e-12)
}
