package democam

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
)

// The sums were made with the program that rendered the demo model's training clips: whatever changes them makes the
// model's training data another one. They are the same with fused multiply-add (GOAMD64=v3, arm64) and without.
func TestClipsAreThoseOfTheTraining(t *testing.T) {
	old := DefaultClipConfig()
	old.Span = 2
	few := Mix{{1, .1}, {2, .3}, {3, .4}, {4, .1}, {5, .1}}
	for name, ca := range map[string]struct {
		first uint64
		count int
		clip  ClipConfig
		sum   string
	}{
		"evaluation": {900000000, 20, old, "40ff7d5c6d5631c42998dd4c8ff0a0abf79f4785d93399ceb45f2d9d907926ea"},
		"clutter": {
			1, 20,
			ClipConfig{Width: 96, Height: 96, Frames: 8, Span: 2, Actors: few, MinHeight: .3, MaxHeight: .6},
			"fa3b3bff7622a13b007ecab0b2ef19e4f01ad25213f80ef96e23c2e36ff1ca08",
		},
		"half calm, not square": {77, 10, ClipConfig{
			Width: 64, Height: 48, Frames: 5, Span: 3.3, Actors: few, Ease: .37,
			MinHeight: .3, MaxHeight: .6,
		}, "bf4d35c4e51fe9c10291acb0b4a4e45d446f043038912b9d54937cae4856df51"},
		"odd size, fixed aspect": {5, 3, ClipConfig{
			Width: 321, Height: 181, Frames: 3, Span: 2, Aspect: 1.78, Actors: few,
			Ease: 1, MinHeight: .38, MaxHeight: .65,
		}, "0498d340ac60ab6c8531f1e583c93fdd6f647d36d4f5ccc55ce578687d9da536"},
	} {
		t.Run(name, func(t *testing.T) {
			sum := sha256.New()
			require.NoError(t, WriteClips(t.Context(), sum, ClipStream{First: ca.first, Count: ca.count, Clip: ca.clip}))
			require.Equal(t, ca.sum, hex.EncodeToString(sum.Sum(nil)))
		})
	}
}

func TestClipTruth(t *testing.T) {
	c := DefaultClipConfig()
	frames, truth, err := Clip(11, c)
	require.NoError(t, err)
	require.Len(t, frames, 8*96*96*3)
	require.Len(t, truth.Actors, 3)
	require.InDelta(t, .15, truth.Step, .0151)
	seen := map[string]bool{}
	for _, a := range truth.Actors {
		require.False(t, seen[a.Action], "two actors do %s", a.Action)
		seen[a.Action] = true
		require.Equal(t, Actions()[a.Class], a.Action)
		require.Len(t, a.Person, 8)
		require.Len(t, a.ObjectBox, 8)
		for i, b := range a.Person {
			require.True(t, b.X0 >= 0 && b.Y0 >= 0 && b.X1 <= 1 && b.Y1 <= 1, "%+v", b)
			require.Equal(t, b.withObject(a.ObjectBox[i]), a.Union(i))
		}
	}
}

func TestClipRefusesBadSettings(t *testing.T) {
	for name, change := range map[string]func(*ClipConfig){
		"tiny":       func(c *ClipConfig) { c.Width = 8 },
		"huge":       func(c *ClipConfig) { c.Height = 1 << 20 },
		"no frames":  func(c *ClipConfig) { c.Frames = 0 },
		"no span":    func(c *ClipConfig) { c.Span = 0 },
		"aspect":     func(c *ClipConfig) { c.Aspect = -1 },
		"ease":       func(c *ClipConfig) { c.Ease = 1.5 },
		"heights":    func(c *ClipConfig) { c.MinHeight, c.MaxHeight = .6, .5 },
		"no mix":     func(c *ClipConfig) { c.Actors = nil },
		"no actors":  func(c *ClipConfig) { c.Actors = Mix{{0, 1}} },
		"bad weight": func(c *ClipConfig) { c.Actors = Mix{{1, -1}} },
	} {
		t.Run(name, func(t *testing.T) {
			c := DefaultClipConfig()
			change(&c)
			_, _, err := Clip(1, c)
			require.ErrorIs(t, err, ErrConfig)
			require.ErrorIs(t, WriteClips(t.Context(), io.Discard, ClipStream{Clip: c}), ErrConfig)
		})
	}
}

func TestWriteClipsFormat(t *testing.T) {
	c := DefaultClipConfig()
	c.Width, c.Height, c.Frames = 48, 40, 2
	var out bytes.Buffer
	require.NoError(t, WriteClips(t.Context(), &out, ClipStream{First: 100, Count: 9, Workers: 3, Clip: c}))
	for seed := uint64(100); seed < 109; seed++ {
		var length uint32
		require.NoError(t, binary.Read(&out, binary.LittleEndian, &length))
		var line struct {
			Seed   uint64
			DT     float64
			Actors []struct {
				Action      string
				ID          int
				Person, Obj [][4]float64
			}
		}
		require.NoError(t, json.Unmarshal(out.Next(int(length)), &line))
		require.Equal(t, seed, line.Seed)
		frames, truth, err := Clip(seed, c)
		require.NoError(t, err)
		require.True(t, bytes.Equal(frames, out.Next(len(frames))), "frames of seed %d", seed)
		require.InDelta(t, truth.Step, line.DT, 1e-4)
		for i, a := range truth.Actors {
			require.Equal(t, a.Action, line.Actors[i].Action)
			require.Equal(t, a.Class, line.Actors[i].ID)
			require.InDelta(t, a.Person[1].Y0, line.Actors[i].Person[1][1], 1e-4)
			require.InDelta(t, a.ObjectBox[1].X1, line.Actors[i].Obj[1][2], 1e-4)
		}
	}
	require.Zero(t, out.Len())
}

type brokenPipe struct{ err error }

func (b brokenPipe) Write([]byte) (int, error) { return 0, b.err }

func TestWriteClipsEndsEarly(t *testing.T) {
	c := DefaultClipConfig()
	closed := errors.New("reader has gone")
	require.ErrorIs(t, WriteClips(t.Context(), brokenPipe{closed}, ClipStream{Clip: c}), closed)

	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() { done <- WriteClips(ctx, w, ClipStream{Clip: c}) }()
	_, err := r.Read(make([]byte, 1))
	require.NoError(t, err)
	cancel()
	require.NoError(t, r.Close())
	require.Error(t, <-done)

	require.ErrorIs(t, WriteClips(ctx, io.Discard, ClipStream{Clip: c}), context.Canceled)
	require.ErrorIs(t, WriteClips(t.Context(), io.Discard, ClipStream{Clip: c, Count: -1}), ErrConfig)
}

func TestParseMix(t *testing.T) {
	m, err := ParseMix("2:.3,3:.5,4")
	require.NoError(t, err)
	require.Equal(t, Mix{{2, .3}, {3, .5}, {4, 1}}, m)
	for _, text := range []string{"", "x", "3:", "3:x", "0", "99", "3:-1", "3:NaN", "3:0", "3,,4", "3:1:2"} {
		_, err := ParseMix(text)
		require.ErrorIs(t, err, ErrConfig, text)
	}
	counts := map[int]int{}
	r := newRNG(1)
	for range 1000 {
		counts[Mix{{1, 1}, {4, 3}}.draw(r)]++
	}
	require.InDelta(t, 250, counts[1], 50)
	require.Equal(t, 1000, counts[1]+counts[4])
}

func FuzzParseMix(f *testing.F) {
	f.Add("2:.3,3:.5,4:.2")
	f.Fuzz(func(t *testing.T, text string) {
		m, err := ParseMix(text)
		if err != nil {
			require.ErrorIs(t, err, ErrConfig)
			return
		}
		n := m.draw(newRNG(1))
		require.True(t, n >= 1 && n <= maxActors)
	})
}
