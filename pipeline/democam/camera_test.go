package democam

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func newCamera(t testing.TB, c Config) (*Camera, []byte) {
	t.Helper()
	camera, err := New(c)
	require.NoError(t, err)
	return camera, make([]byte, camera.config.Width*camera.config.Height*3)
}

// The sums hold on every platform, with fused multiply-add (GOAMD64=v3, arm64) and without.
func TestCameraIsTheSameEverywhere(t *testing.T) {
	for name, ca := range map[string]struct {
		config Config
		sum    string
	}{
		"usual":    {Config{Seed: 1, FPS: 10}, "52189c29adf4bf602e8b007f487e57437b935eb9a7e81cae86ae74b623669bda"},
		"odd size": {Config{Seed: 2, Width: 161, Height: 91, Actors: 4, FPS: 12.5}, "1e18a7536aaf4a5fb0b9dd938b06d5de199912b2fc9a257d69f2b5b8771a838b"},
		"clutter":  {Config{Seed: 3, Width: 96, Height: 96, FPS: 10, Ease: FullClutter, Actions: StrongActions()}, "e3d3b65ec45f719e078ca714ae8da47a9268815f45e41617c3e754ecebd9c4aa"},
	} {
		t.Run(name, func(t *testing.T) {
			camera, frame := newCamera(t, ca.config)
			sum := sha256.New()
			for i := range 101 {
				camera.Frame(frame)
				if i%20 == 0 {
					sum.Write(frame)
				}
			}
			require.Equal(t, ca.sum, hex.EncodeToString(sum.Sum(nil)))
		})
	}
}

// A scene changes the picture and nothing of what the actors do.
func TestScenes(t *testing.T) {
	c := Config{Seed: 4, Width: 160, Height: 90}
	day, want := newCamera(t, c)
	truth := day.Frame(want)
	seen := [][]byte{want}
	for _, c.Scene = range Scenes()[1:] {
		camera, frame := newCamera(t, c)
		for i, a := range camera.Frame(frame).Actors {
			require.Equal(t, truth.Actors[i].Action, a.Action)
		}
		for _, other := range seen {
			require.False(t, bytes.Equal(other, frame), c.Scene)
		}
		seen = append(seen, frame)
	}
}

func TestCamerasAreIndependent(t *testing.T) {
	c := Config{Seed: 9, Width: 80, Height: 45}
	alone, want := newCamera(t, c)
	one, got := newCamera(t, c)
	c.Seed = 10
	other, rest := newCamera(t, c)
	for range 400 {
		truth := alone.Frame(want)
		require.Equal(t, truth, one.Frame(got))
		require.True(t, bytes.Equal(want, got))
		other.Frame(rest)
	}
	require.False(t, bytes.Equal(got, rest), "another seed gives another video")
}

// 10,000 frames, a thousand seconds. An actor counts as in view with 90 % of its body's box.
func TestActorsActInView(t *testing.T) {
	const frames = 2500
	changes, actions := 0, map[string]bool{}
	for seed := range uint64(4) {
		c := Config{Seed: seed, Width: 64, Height: 36, FPS: 10, Actors: 2 + int(seed)%3}
		camera, frame := newCamera(t, c)
		seen, since := 0, make([]float64, c.Actors)
		for i := range frames {
			truth := camera.Frame(frame)
			require.Equal(t, i, truth.Index)
			require.InDelta(t, float64(i)/c.FPS, truth.Time, 1e-9)
			now := map[string]bool{}
			for k, a := range truth.Actors {
				require.False(t, now[a.Action], "seed %d, frame %d: two actors do %s", seed, i, a.Action)
				now[a.Action], actions[a.Action] = true, true
				if a.Visible >= .9 {
					seen++
				}
				requireInFrame(t, a.Person)
				requireInFrame(t, a.ObjectBox)
				if a.Since < since[k] {
					changes++
					require.True(t, since[k] > 3.8 && since[k] < 8.1, "%s for %g s", a.Action, since[k])
				}
				since[k] = a.Since
			}
		}
		require.GreaterOrEqual(t, float64(seen), .97*float64(frames*c.Actors), "seed %d", seed)
	}
	require.Greater(t, changes, 300)
	require.Len(t, actions, int(numActions), "all actions come up")
}

func requireInFrame(t *testing.T, b Box) {
	t.Helper()
	require.True(t, b.X0 >= 0 && b.Y0 >= 0 && b.X1 <= 1 && b.Y1 <= 1 && b.X0 <= b.X1 && b.Y0 <= b.Y1, "%+v", b)
}

// Nobody is far from its own part of the frame, and neighbours seldom cover each other.
func TestActorsKeepApart(t *testing.T) {
	for seed := range uint64(5) {
		camera, frame := newCamera(t, Config{Seed: seed, Width: 64, Height: 36, FPS: 5})
		covered, pairs := 0, 0
		for range 600 {
			truth := camera.Frame(frame)
			for i := 1; i < len(truth.Actors); i++ {
				a, b := truth.Actors[i-1].Person, truth.Actors[i].Person
				require.Less(t, a.X0+a.X1, b.X0+b.X1, "actors stand in order")
				pairs++
				if overlap := a.X1 - b.X0; overlap > .25*min(a.X1-a.X0, b.X1-b.X0) {
					covered++
				}
			}
		}
		require.Less(t, covered, pairs/20, "seed %d", seed)
	}
}

// A change of action moves nobody at once: pose and place go on from where they were.
func TestTransitionsAreSmooth(t *testing.T) {
	camera, frame := newCamera(t, Config{Seed: 4, Width: 64, Height: 36})
	changes := 0
	for i := range 3000 {
		at := float64(i) / 30
		before := make([]moment, len(camera.stage.actors))
		for k, a := range camera.stage.actors {
			before[k] = a.at(at)
		}
		camera.Frame(frame)
		for k, a := range camera.stage.actors {
			if a.began != at {
				continue
			}
			changes++
			now := a.at(at)
			require.Equal(t, before[k].pose, now.pose)
			require.InDelta(t, before[k].ground.x, now.ground.x, 1e-9)
			require.InDelta(t, before[k].ground.y, now.ground.y, 1e-9)
			require.Less(t, now.blend, .5, "objects come half way through")
			require.Equal(t, 1.0, a.at(at+transitionTime).blend)
		}
	}
	require.Greater(t, changes, 30)
}

// What differs from the empty stage lies in the true boxes (or is a shadow), and fills them to their edges.
func TestTruthMatchesPixels(t *testing.T) {
	const strong = 24 // grey levels; noise differs by up to 8
	c := Config{Seed: 6, Width: 320, Height: 180, FPS: .8}
	camera, frame := newCamera(t, c)
	empty, bare := newCamera(t, c)
	empty.stage.actors, empty.stage.until = nil, nil
	for i := range 40 {
		truth := camera.Frame(frame)
		empty.Frame(bare)
		changed := func(x, y int) bool {
			o := (y*c.Width + x) * 3
			var d float64
			for q := range 3 {
				d = max(d, math.Abs(float64(frame[o+q])-float64(bare[o+q])))
			}
			return d > strong
		}
		for _, a := range truth.Actors {
			requireFilled(t, &c, a.Person, changed)
			if !a.ObjectBox.Empty() {
				requireFilled(t, &c, a.ObjectBox, changed)
			}
		}
		for y := range c.Height {
			for x := range c.Width {
				if changed(x, y) && !explained(camera, truth, x, y) {
					t.Fatalf("frame %d: pixel %d,%d changed outside of all boxes %+v", i, x, y, truth.Actors)
				}
			}
		}
	}
}

// requireFilled checks that a box is tight: something was drawn within 3 pixels of each of its edges.
func requireFilled(t *testing.T, c *Config, b Box, changed func(x, y int) bool) {
	t.Helper()
	x0, y0 := int(b.X0*float64(c.Width)), int(b.Y0*float64(c.Height))
	x1, y1 := min(int(b.X1*float64(c.Width))+1, c.Width), min(int(b.Y1*float64(c.Height))+1, c.Height)
	var left, top, right, bottom, inside int
	for y := y0; y < y1; y++ {
		for x := x0; x < x1; x++ {
			if !changed(x, y) {
				continue
			}
			inside++
			left, right = left+oneIf(x < x0+3), right+oneIf(x >= x1-3)
			top, bottom = top+oneIf(y < y0+3), bottom+oneIf(y >= y1-3)
		}
	}
	require.True(t, left > 0 && top > 0 && right > 0 && bottom > 0, "box %+v is loose: %d %d %d %d", b, left, top, right, bottom)
	require.Greater(t, inside*10, (x1-x0)*(y1-y0), "box %+v is nearly empty", b)
}

func oneIf(b bool) int {
	if b {
		return 1
	}
	return 0
}

// explained says whether something was drawn at a pixel: a person, an object, or a shadow at an actor's feet.
func explained(camera *Camera, truth Truth, x, y int) bool {
	const slack = 1.5
	w, h := float64(camera.config.Width), float64(camera.config.Height)
	fx, fy := float64(x)+.5, float64(y)+.5
	in := func(b Box) bool {
		return fx > b.X0*w-slack && fx < b.X1*w+slack && fy > b.Y0*h-slack && fy < b.Y1*h+slack
	}
	for k, a := range truth.Actors {
		if in(a.Person) || !a.ObjectBox.Empty() && in(a.ObjectBox) {
			return true
		}
		actor := camera.stage.actors[k]
		feet := (actor.at(truth.Time).ground.y - camera.screen.offset.y) * h
		height := actor.look.height * h
		if math.Abs(fy-feet) < .05*height+slack && fx > a.Person.X0*w-.35*height && fx < a.Person.X1*w+.35*height {
			return true
		}
	}
	return false
}

func TestAnySize(t *testing.T) {
	for _, size := range [][2]int{{32, 32}, {33, 35}, {321, 181}, {101, 203}, {400, 40}, {40, 400}, {1279, 719}} {
		for actors := 1; actors <= maxActors; actors += 7 {
			camera, frame := newCamera(t, Config{Seed: 1, Width: size[0], Height: size[1], Actors: actors, FPS: 2})
			for range 8 {
				truth := camera.Frame(frame)
				for i, a := range truth.Actors {
					require.Greater(t, a.Visible, .5, "%v with %d actors: %s", size, actors, a.Action)
					requireInFrame(t, truth.Union(i))
				}
			}
		}
	}
}

func TestFrameNeedsNoRoom(t *testing.T) {
	whole, frame := newCamera(t, Config{Width: 64, Height: 36})
	part, short := newCamera(t, Config{Width: 64, Height: 36})
	short = short[:64*3*10+5]
	whole.Frame(frame)
	part.Frame(short)
	require.Equal(t, frame[:64*3*10], short[:64*3*10])
	require.Equal(t, make([]byte, 5), short[64*3*10:])
	part.Frame(nil)
}

func TestLimitedActions(t *testing.T) {
	strong := map[string]bool{}
	for _, name := range StrongActions() {
		strong[name] = true
	}
	require.Len(t, strong, 8)
	camera, frame := newCamera(t, Config{Width: 64, Height: 36, Actions: StrongActions(), HoldMin: 1, HoldMax: 1.5})
	shown := map[string]bool{}
	for range 3000 {
		for _, a := range camera.Frame(frame).Actors {
			require.True(t, strong[a.Action], a.Action)
			shown[a.Action] = true
		}
	}
	require.Equal(t, strong, shown)
}

// With no other action to go to, actors keep on with theirs.
func TestAsManyActionsAsActors(t *testing.T) {
	camera, frame := newCamera(t, Config{Width: 64, Height: 36, Actions: []string{"running", "hammering", "running"}})
	first := camera.Frame(frame)
	require.Len(t, first.Actors, 2)
	for range 600 {
		truth := camera.Frame(frame)
		for i, a := range truth.Actors {
			require.Equal(t, first.Actors[i].Action, a.Action)
			require.Greater(t, a.Since, first.Actors[i].Since)
		}
	}
}
