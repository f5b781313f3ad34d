package runner

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/pipeline/eval/manifest"
)

// TestWhole: three pictures, of which the second shows two things and the third cannot be read. Every one is asked for all labels; the
// label with two prompts is asked for with one after the other.
func TestWhole(t *testing.T) {
	dir := folder(t, "a.png", "b.png")
	wave, jump, waveToo := question("waving", dir, [4]float64{0, 0, 640, 480}), question("jumping", dir, [4]float64{0, 0, 640, 480}), question("waving", dir, [4]float64{0, 0, 640, 480})
	wave.ID, jump.ID, waveToo.ID = "0/wave", "1/jump", "1/wave"
	waveToo.Prompts.Action = "somebody waves"
	jump.Media.Paths, waveToo.Media.Paths = []string{filepath.Join(dir, "b.png")}, []string{filepath.Join(dir, "b.png")}
	gone := question("jumping", dir, [4]float64{0, 0, 640, 480})
	gone.Media.Paths = []string{filepath.Join(dir, "c.png")}
	o := options(t, []manifest.Sample{wave, jump, waveToo, gone}, byAction)
	o.Manifest.Header.Absent = []string{"a person swimming"}
	o.Whole = true
	g := &grounder{frames: 1, scores: map[string]float32{"jumping action": .3, "waving action": .2, "somebody waves": .1, "a person swimming": .05}}
	want := &Whole{
		Labels: []string{"jumping", "waving"}, Absent: []string{"a person swimming"},
		Scores:  [][]float32{{.3, .2, .05}, {.3, .1, .05}, nil},
		Present: [][]bool{{false, true}, {true, true}, {true, false}},
	}
	r, err := Run(t.Context(), g, o)
	require.NoError(t, err)
	require.Equal(t, want, r.Whole)
	require.EqualValues(t, 2, g.clips.Load(), "one pass a clip")

	r, err = Run(t.Context(), g, o)
	require.NoError(t, err)
	require.Equal(t, want, r.Whole, "read back from the file")
	require.EqualValues(t, 2, g.clips.Load())

	o.Whole = false
	_, err = Run(t.Context(), g, o)
	require.ErrorIs(t, err, ErrOther, "other prompts beside a sample's change the last bit of its heat")

	o.Whole, o.Manifest.Header.Absent = true, nil
	_, err = Run(t.Context(), g, o)
	require.ErrorIs(t, err, ErrDamaged)
	require.NoError(t, os.Remove(o.Results))
	o.Whole = false
	r, err = Run(t.Context(), g, o)
	require.NoError(t, err)
	require.Nil(t, r.Whole)
}
