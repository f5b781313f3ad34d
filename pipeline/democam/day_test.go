package democam

import (
	"crypto/sha256"
	"fmt"
	"hash/maphash"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	day       = 24 * time.Hour
	runLength = 12 // by chance alone, half a dozen changes come again in a day
)

// TestADayDoesNotRepeat lets a camera's people act for a day. What they do, where and how is never the same again; nor are a dozen changes
// of action in a row. Nobody drifts out of view or keeps to an action, and the pictures stay as they were in kind.
func TestADayDoesNotRepeat(t *testing.T) {
	camera, frame := newCamera(t, Config{Seed: 3, Width: 64, Height: 36})
	s, fps := camera.stage, int(camera.config.FPS)
	scenes, runs := map[uint64]bool{}, map[string]bool{}
	var last []string
	began := make([]float64, len(s.actors))
	for k, a := range s.actors {
		began[k] = a.began
	}
	actions := map[action]int{}
	seed := maphash.MakeSeed()
	for second := range int(day.Seconds()) { // in which an actor changes its action once at most
		if second%600 == 0 {
			for _, a := range camera.Frame(frame).Actors {
				require.Greater(t, a.Visible, .5, "%d s: %s", second, a.Action)
				requireInFrame(t, a.Person)
				require.False(t, a.Person.Empty(), a.Action)
			}
			camera.Skip(fps - 1)
		} else {
			camera.Skip(fps)
		}
		for k, a := range s.actors {
			if a.began == began[k] {
				continue
			}
			require.InDelta(t, 6, a.began-began[k], 2.04, "an action lasts 4 to 8 s")
			began[k] = a.began
			actions[a.action]++
			scene := maphash.String(seed, fmt.Sprint(k, a.action, a.style, a.ground, a.facing, a.roaming))
			require.False(t, scenes[scene], "actor %d: %v at %v", k, a.action, a.ground)
			scenes[scene] = true
			if last = append(last, fmt.Sprint(k, a.action)); len(last) > runLength {
				last = last[1:]
			}
			run := strings.Join(last, " ")
			require.False(t, runs[run] && len(last) == runLength, "changes come again: %s", run)
			runs[run] = true
		}
	}
	require.Greater(t, len(scenes), 3*86400/8)
	require.Len(t, actions, int(numActions))
	for a, n := range actions {
		require.Greater(t, n, len(scenes)/int(numActions)/3, "%v is as likely as others", a)
	}
}

// TestSkip: a camera that left frames out shows the same as one that drew them.
func TestSkip(t *testing.T) {
	c := Config{Seed: 12, Width: 64, Height: 36, FPS: 10}
	drawn, want := newCamera(t, c)
	skipped, got := newCamera(t, c)
	for _, n := range []int{0, 1, 7, 300} {
		skipped.Skip(n)
		for range n {
			drawn.Frame(want)
		}
		require.Equal(t, drawn.Frame(want), skipped.Frame(got), "%d left out", n)
		require.Equal(t, sha256.Sum256(want), sha256.Sum256(got), "%d left out", n)
	}
}

// TestNoDriftOfTime: after a day, a frame's PTS and its time in the truth differ by less than a frame.
func TestNoDriftOfTime(t *testing.T) {
	for _, fps := range []float64{25, 30, 29.97, 60, 12.5} {
		c := Config{FPS: fps}
		frames := int(day.Seconds() * fps)
		off := float64(frames)/fps - (time.Duration(frames) * c.Interval()).Seconds()
		require.InDelta(t, 0, off, .005, "%g frames a second", fps)
	}
}
