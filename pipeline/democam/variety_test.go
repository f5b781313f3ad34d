package democam

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func renderVaried(t *testing.T, seed uint64, v Variety) ([]byte, *ClipTruth) {
	t.Helper()
	c := DefaultClipConfig()
	c.Variety = v
	frames, truth, err := Clip(seed, c)
	require.NoError(t, err)
	return frames, truth
}

// Whatever changes these sums makes trained models' data another one.
func TestVariedClipsStayTheSame(t *testing.T) {
	for name, ca := range map[string]struct {
		variety Variety
		sum     string
	}{
		"training":  {Variety{EaseMin: .7, Props: 2, Twins: .35, Change: .3, Night: .2}, "e06739b8d4cf7c82eb196efe60514baaae834463ea392050ab04610c8dc915a9"},
		"wild":      {Variety{EaseMin: .7, Props: 2, Twins: .4, Wild: 1}, "51828ee5e18be10423d3e58d3572e2577b70700c736cea60b3c96575c783ed2a"},
		"scrambled": {Variety{Scramble: .5, Twins: .5}, "a66ba1863c8f83459f2456af50a83461a291793c32dbb3871e39bb8c0ebebaeb"},
		"held out":  {Variety{HeldOut: true}, "b758ae7bfa2d260eff00b99ba4bd2f07d436305502ffb86bb46e2c61bda18c1c"},
	} {
		t.Run(name, func(t *testing.T) {
			c := DefaultClipConfig()
			c.Span, c.Variety = 2, ca.variety
			sum := sha256.New()
			require.NoError(t, WriteClips(t.Context(), sum, ClipStream{First: 910000000, Count: 20, Clip: c}))
			require.Equal(t, ca.sum, hex.EncodeToString(sum.Sum(nil)))
		})
	}
}

// Each kind of variety changes the pictures and, but for twins and change, neither who does what nor where.
func TestVarietyLeavesTheCastAlone(t *testing.T) {
	plain, truth := renderVaried(t, 11, Variety{})
	for name, v := range map[string]Variety{
		"ease": {EaseMin: .01}, "props": {Props: 16}, "night": {Night: 1}, "wild": {Wild: 1}, "held out": {HeldOut: true},
	} {
		frames, varied := renderVaried(t, 11, v)
		require.False(t, bytes.Equal(plain, frames), name)
		require.Len(t, varied.Actors, len(truth.Actors), name)
		if name == "ease" { // draws other colors from the same generator, and so all that comes after them
			continue
		}
		for i, a := range varied.Actors {
			require.Equal(t, truth.Actors[i].Action, a.Action, name)
			require.InDelta(t, truth.Actors[i].Person[4].X0, a.Person[4].X0, .08, name)
		}
	}
}

// Wild people have nothing of what the held-out ones are told by.
func TestWildIsNotHeldOut(t *testing.T) {
	r := newRNG(3)
	for range 500 {
		wild, heldOut := r.look(.5, 1), r.look(.5, 1)
		r.dressWild(&wild)
		r.dressHeldOut(&heldOut)
		require.False(t, wild.coat || wild.striped || wild.hat)
		require.Zero(t, heldOut.wild)
		require.True(t, wild.width > .8 && wild.width < 1.35, "width %g", wild.width)
		require.True(t, heldOut.width <= .8 || heldOut.width >= 1.35, "width %g", heldOut.width)
		require.Less(t, wild.headRadius, .084)
		require.GreaterOrEqual(t, heldOut.headRadius, .084)
		require.Less(t, wild.torso, .325)
		require.GreaterOrEqual(t, heldOut.torso, .325)
		require.Greater(t, wild.leg, .222)
		require.LessOrEqual(t, heldOut.leg, .222)
	}
}

func TestNightIsDark(t *testing.T) {
	brightness := func(frames []byte) (sum float64) {
		for _, b := range frames {
			sum += float64(b)
		}
		return sum / float64(len(frames))
	}
	for seed := range uint64(5) {
		day, _ := renderVaried(t, seed, Variety{})
		night, _ := renderVaried(t, seed, Variety{Night: 1})
		require.Less(t, brightness(night), .8*brightness(day))
	}
}

func TestTwins(t *testing.T) {
	pairs := map[[2]string]int{}
	for seed := range uint64(200) {
		_, truth := renderVaried(t, seed, Variety{Twins: 1})
		pairs[[2]string{truth.Actors[0].Action, truth.Actors[1].Action}]++
		seen := map[string]bool{}
		for _, a := range truth.Actors {
			require.False(t, seen[a.Action], "seed %d: two actors do %s", seed, a.Action)
			seen[a.Action] = true
		}
	}
	require.Len(t, pairs, 3)
	for pair, n := range pairs {
		require.Greater(t, n, 40, "%v", pair)
	}
}

// A still twin holds a pose that the moving one has at some instant.
func TestStillTwinsPoses(t *testing.T) {
	pairs := twins()
	for _, pair := range pairs[:2] {
		moving := newRNG(1).style(pair[0])
		still := moving
		still.still = true
		nearest := math.Inf(1)
		for i := range 400 {
			m, s := poseAt(pair[0], moving, float64(i)*.01), poseAt(pair[1], still, 1)
			var d float64
			for k := range 2 {
				d += math.Abs(m.thigh[k]-s.thigh[k]) + math.Abs(m.upperArm[k]-s.upperArm[k]) + math.Abs(m.forearm[k]-s.forearm[k])
			}
			nearest = min(nearest, d)
		}
		require.Less(t, nearest, .2, "%v", pair)
		require.InDelta(t, poseAt(pair[1], still, 0).thigh[0], poseAt(pair[1], still, .4).thigh[0], .01)
	}
}

func TestActorsChangeTheirActions(t *testing.T) {
	var first, last int
	for seed := range uint64(60) {
		_, truth := renderVaried(t, seed, Variety{Change: 1})
		for _, a := range truth.Actors {
			require.True(t, a.From <= 1 && a.To >= 6 && a.From < a.To, "%d to %d", a.From, a.To)
			if a.From > 0 {
				first++
			}
			if a.To < 8 {
				last++
			}
		}
		var line struct{ Actors []struct{ Frames []int } }
		require.NoError(t, json.Unmarshal(truth.AppendJSON(nil, false), &line))
		for i, a := range truth.Actors {
			if a.To-a.From < 8 {
				require.Equal(t, []int{a.From, a.To}, line.Actors[i].Frames)
			} else {
				require.Empty(t, line.Actors[i].Frames)
			}
		}
	}
	require.Greater(t, first, 20)
	require.Greater(t, last, 20)
}

// The course of a scrambled action is out of order, its middle frame in its place, and everybody else goes on as before.
func TestScrambled(t *testing.T) {
	scrambled := 0
	for seed := range uint64(60) {
		_, plain := renderVaried(t, seed, Variety{})
		_, truth := renderVaried(t, seed, Variety{Scramble: 1})
		for i, a := range truth.Actors {
			before := plain.Actors[i]
			require.Equal(t, action(a.Class).hasCourse(), a.Scrambled, a.Action)
			if !a.Scrambled {
				require.Equal(t, before.Person, a.Person)
				continue
			}
			scrambled++
			key := len(a.Person) / 2
			require.Equal(t, before.Person[key], a.Person[key])
			require.Equal(t, before.joints[key], a.joints[key])
			require.NotEqual(t, before.joints, a.joints)
		}
		require.Equal(t, bytes.Contains(truth.AppendJSON(nil, false), []byte(`"scrambled":true`)), slices.ContainsFunc(truth.Actors, func(a ClipActor) bool { return a.Scrambled }))
	}
	require.Greater(t, scrambled, 20)
}

// Joints lie in the body's box, but for where the frame's edge cuts it.
func TestJoints(t *testing.T) {
	_, truth := renderVaried(t, 11, Variety{})
	var line struct {
		Actors []struct{ Joints [][]float64 }
	}
	require.NoError(t, json.Unmarshal(truth.AppendJSON(nil, true), &line))
	names := ClipJoints()
	for i, a := range truth.Actors {
		require.Len(t, line.Actors[i].Joints, 8)
		for frame, joints := range line.Actors[i].Joints {
			require.Len(t, joints, 2*len(names))
			box := a.Person[frame]
			for k, name := range names {
				x, y := joints[2*k], joints[2*k+1]
				require.InDelta(t, a.joints[frame][k].x, x, 1e-4)
				if min(x, y) > 0 && max(x, y) < 1 {
					require.True(t, box.Contains(x, y), "%s of %s at (%g, %g), box %v", name, a.Action, x, y, box)
				}
			}
		}
	}
	require.NotContains(t, string(truth.AppendJSON(nil, false)), "joints")
}

func TestVarietyRefusesBadSettings(t *testing.T) {
	for name, v := range map[string]Variety{
		"twins": {Twins: 2}, "change": {Change: -1}, "night": {Night: math.NaN()}, "wild": {Wild: -.1}, "scramble": {Scramble: 3}, "ease": {EaseMin: 1.1},
		"props": {Props: -1}, "too many props": {Props: maxProps + 1},
	} {
		t.Run(name, func(t *testing.T) {
			c := DefaultClipConfig()
			c.Variety = v
			_, _, err := Clip(1, c)
			require.ErrorIs(t, err, ErrConfig)
		})
	}
}
