package pipeline

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/imaging"
	"github.com/videogem/videogem/pipeline/democam"
)

// newcomer watches the default demo camera of a seed as the element does: a clip of the last seconds, of which the newest frame's heat is
// asked for, once a second.
type newcomer struct {
	t      *testing.T
	engine *engine.Engine
	camera *democam.Camera
	frame  []byte
	clip   []imaging.RGB
}

func newNewcomer(t *testing.T, e *engine.Engine, seed int) *newcomer {
	t.Helper()
	source, err := ParseSource(fmt.Sprintf("%s&seed=%d", DefaultSource, seed))
	require.NoError(t, err)
	camera, err := democam.New(source.Demo)
	require.NoError(t, err)
	c := camera.Config()
	return &newcomer{t: t, engine: e, camera: camera, frame: make([]byte, c.Width*c.Height*3)}
}

// look goes on by a second, and gives what is shown and what the model says to the default prompts.
func (n *newcomer) look() (democam.Truth, *engine.Result) {
	n.t.Helper()
	spec, c := n.engine.Spec(), n.camera.Config()
	step := spec.ClipDuration / time.Duration(spec.Frames)
	var truth democam.Truth
	for range int(time.Second / step) {
		n.camera.Skip(int(math.Round(step.Seconds()*c.FPS)) - 1)
		truth = n.camera.Frame(n.frame)
		small := imaging.ResizeBilinear(imaging.RGB{W: c.Width, H: c.Height, Pix: n.frame}, spec.Width, spec.Height)
		n.clip = append(n.clip, small)
	}
	n.clip = n.clip[max(0, len(n.clip)-spec.Frames):]
	in := engine.Clip{Frames: spec.Frames, H: spec.Height, W: spec.Width}
	for i := range spec.Frames { // the oldest frame stands in for those that are missing
		in.Pix = append(in.Pix, n.clip[max(0, i-(spec.Frames-len(n.clip)))].Pix...)
	}
	r, err := n.engine.Ground(n.t.Context(), engine.Request{Clip: in, Prompts: DefaultDemoPrompts(), Frames: []int{spec.Frames - 1}})
	require.NoError(n.t, err)
	return truth, r
}

// found says whether somebody does what the prompt says, for long enough to be seen, and whether the heat's peak lies on him.
func found(truth democam.Truth, g engine.Grounding) (there, right bool) {
	i := slices.IndexFunc(truth.Actors, func(a democam.ActorTruth) bool { return g.Prompt == "a person "+a.Action && a.Since >= .5 })
	if i < 0 {
		return false, false
	}
	x, y, ok := g.Heat[0].PlateauPeak()
	return true, ok && truth.Union(i).Contains((x+.5)/float64(g.Heat[0].W), (y+.5)/float64(g.Heat[0].H))
}

// TestFirstSeconds is what somebody sees who starts `videogem serve` and looks for ten seconds, with twenty seeds: what the default prompts
// ask for happens soon, and the heat lies on whoever does it.
func TestFirstSeconds(t *testing.T) {
	e, err := engine.Open(t.Context(), engine.Options{})
	if errors.Is(err, engine.ErrNoLibrary) {
		t.Skip(err)
	}
	require.NoError(t, err)
	defer func() { require.NoError(t, e.Close()) }()
	var looks, busy, there, right, above int
	for seed := range 20 {
		n := newNewcomer(t, e, seed)
		first := 0
		for second := range 10 {
			truth, r := n.look()
			looks++
			shown := false
			for _, g := range r.Prompts {
				is, hit := found(truth, g)
				if is {
					there++
					shown = true
				}
				if hit {
					right++
					if first == 0 {
						first = second + 1
					}
				}
				if is && float64(g.Score) >= *e.Spec().Threshold {
					above++
				}
			}
			if shown {
				busy++
			}
		}
		require.True(t, first > 0 && first <= 5, "seed %d: nothing to see in five seconds", seed)
	}
	require.Greater(t, float64(busy), .7*float64(looks), "mostly somebody does what the prompts ask for")
	require.Greater(t, float64(right), .85*float64(there), "the heat lies where it belongs")
	t.Logf("of %d looks %d show what is asked for; of %d prompts that are answered %d point right, %d score above the threshold", looks, busy, there, right, above)
}
