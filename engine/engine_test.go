package engine_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/gem"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// open opens a model, and skips where ONNX Runtime is not installed.
func open(t testing.TB, o engine.Options) *engine.Engine {
	t.Helper()
	e, err := engine.Open(context.Background(), o)
	if errors.Is(err, engine.ErrNoLibrary) {
		t.Skip(err)
	}
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, e.Close()) })
	return e
}

// noise is a clip of the model's size.
func noise(e *engine.Engine, seed uint64) engine.Clip {
	s := e.Spec()
	c := engine.Clip{Frames: s.Frames, H: s.Height, W: s.Width, Pix: make([]byte, s.Frames*s.Height*s.Width*3)}
	r := rand.New(rand.NewPCG(seed, 1))
	for i := range c.Pix {
		c.Pix[i] = byte(r.UintN(256))
	}
	return c
}

func TestDemoModel(t *testing.T) {
	e := open(t, engine.Options{})
	s := e.Spec()
	require.Equal(t, [5]int{8, 96, 96, 8, 8}, [5]int{s.Frames, s.Height, s.Width, s.GridH, s.GridW})
	require.Equal(t, 32, s.ContextLength)
	require.Contains(t, s.Notice, "knows drawn people only")
	require.NotNil(t, s.Threshold, "the demo model's is calibrated")
	require.Greater(t, *s.Threshold, 0.)
	require.Less(t, *s.Threshold, .5)
	r, err := e.Ground(t.Context(), engine.Request{Clip: noise(e, 1), Prompts: []string{"a person waving", "a person running"}})
	require.NoError(t, err)
	require.Len(t, r.Prompts, 2)
	for _, g := range r.Prompts {
		require.Len(t, g.Heat, 8)
		var sum float32
		for _, w := range g.Weights {
			sum += w
		}
		require.InDelta(t, 2.5+3*(2./3-.1)+1, sum, 1e-4, "the dynamic share adds up to one")
	}
}

func TestAPromptIsEmbeddedOnce(t *testing.T) {
	e := open(t, engine.Options{})
	before := e.Stats().TextRuns
	for range 5 {
		_, err := e.Ground(t.Context(), engine.Request{Clip: noise(e, 1), Prompts: []string{"a", "b", "a"}, Frames: []int{0}})
		require.NoError(t, err)
	}
	require.Equal(t, uint64(2), e.Stats().TextRuns-before)
}

// TestManyAskersEmbedOnce has eight callers ask for the same fifty new texts at once.
func TestManyAskersEmbedOnce(t *testing.T) {
	e := open(t, engine.Options{Threads: 1})
	before := e.Stats().TextRuns
	var texts []string
	for i := range 50 {
		texts = append(texts, fmt.Sprintf("a person waving %d flags", i))
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for _, text := range texts {
				v, err := e.Embed(context.Background(), []string{text})
				if err != nil || len(v[0]) != e.Spec().Embed {
					t.Errorf("no embedding: %v", err)
				}
			}
		})
	}
	wg.Wait()
	require.Equal(t, uint64(50), e.Stats().TextRuns-before)
}

func TestManyPromptsEqualOneByOne(t *testing.T) {
	e := open(t, engine.Options{})
	clip := noise(e, 2)
	var prompts []string
	for i := range 1000 {
		prompts = append(prompts, fmt.Sprintf("a person carrying %d boxes", i))
	}
	all, err := e.Ground(t.Context(), engine.Request{Clip: clip, Prompts: prompts, Frames: []int{7}})
	require.NoError(t, err)
	for _, i := range []int{0, 1, 500, 999} {
		one, err := e.Ground(t.Context(), engine.Request{Clip: clip, Prompts: prompts[i : i+1], Frames: []int{7}})
		require.NoError(t, err)
		require.InDelta(t, one.Prompts[0].Score, all.Prompts[i].Score, 1e-5)
		require.InDeltaSlice(t, one.Prompts[0].Heat[0].Data, all.Prompts[i].Heat[0].Data, 1e-5)
	}
}

func TestConcurrentUse(t *testing.T) {
	e := open(t, engine.Options{Threads: 1})
	want, err := e.Ground(t.Context(), engine.Request{Clip: noise(e, 3), Prompts: []string{"a person waving"}})
	require.NoError(t, err)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 3 {
				got, err := e.Ground(context.Background(), engine.Request{Clip: noise(e, 3), Prompts: []string{"a person waving"}})
				if err != nil || got.Prompts[0].Score != want.Prompts[0].Score {
					t.Errorf("another answer: %v %v", got, err)
				}
			}
		})
	}
	wg.Wait()
}

func TestBadRequests(t *testing.T) {
	e := open(t, engine.Options{})
	good := noise(e, 1)
	for _, ca := range []struct {
		name string
		r    engine.Request
		want error
	}{
		{"empty prompt", engine.Request{Clip: good, Prompts: []string{"a", " \t"}}, engine.ErrEmptyPrompt},
		{"short clip", engine.Request{Clip: engine.Clip{Frames: 8, H: 96, W: 96, Pix: good.Pix[1:]}, Prompts: []string{"a"}}, engine.ErrClipShape},
		{"wrong size", engine.Request{Clip: engine.Clip{Frames: 8, H: 48, W: 192, Pix: good.Pix}, Prompts: []string{"a"}}, engine.ErrClipShape},
		{"frame after the last", engine.Request{Clip: good, Prompts: []string{"a"}, Frames: []int{8}}, engine.ErrFrames},
		{"no frame", engine.Request{Clip: good, Prompts: []string{"a"}, Frames: []int{}}, engine.ErrFrames},
	} {
		t.Run(ca.name, func(t *testing.T) {
			_, err := e.Ground(t.Context(), ca.r)
			require.ErrorIs(t, err, ca.want)
		})
	}
	r, err := e.Ground(t.Context(), engine.Request{Clip: good})
	require.NoError(t, err, "no prompts is no error")
	require.Empty(t, r.Prompts)
}

func TestLongPromptIsCutAndSaysSo(t *testing.T) {
	e := open(t, engine.Options{})
	r, err := e.Ground(t.Context(), engine.Request{Clip: noise(e, 1), Prompts: []string{strings.Repeat("a person waving ", 30), "short"}, Frames: []int{0}})
	require.NoError(t, err)
	require.True(t, r.Prompts[0].Truncated)
	require.False(t, r.Prompts[1].Truncated)
}

func TestGivenWeights(t *testing.T) {
	e := open(t, engine.Options{})
	for _, w := range []gem.Weights{gem.None, gem.Static, gem.Dynamic} {
		r, err := e.Ground(t.Context(), engine.Request{Clip: noise(e, 1), Prompts: []string{"a"}, Weights: &w, Frames: []int{3}})
		require.NoError(t, err)
		require.InDelta(t, w.Base[0], r.Prompts[0].Weights[0], 1e-6)
	}
}

func TestClosedEngine(t *testing.T) {
	e := open(t, engine.Options{})
	require.NoError(t, e.Close())
	require.NoError(t, e.Close(), "closing twice is no error")
	_, err := e.Embed(t.Context(), []string{"a"})
	require.ErrorIs(t, err, engine.ErrClosed)
}

func TestUnknownModels(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "model.json"), []byte(`{"famly": "viclip"}`), 0o600))
	rubbish := filepath.Join(t.TempDir(), "x.safetensors")
	require.NoError(t, os.WriteFile(rubbish, []byte("not a checkpoint"), 0o600))
	for name, want := range map[string]string{"no-such-model": "unknown model", dir: "famly", rubbish: "x.safetensors"} {
		_, err := engine.Open(t.Context(), engine.Options{Model: name})
		require.ErrorContains(t, err, want)
	}
}

func TestMissingLibrary(t *testing.T) {
	t.Setenv("VIDEOGEM_ORT_LIBRARY", "/no/such/libonnxruntime.so")
	_, err := engine.Open(t.Context(), engine.Options{})
	require.ErrorIs(t, err, engine.ErrNoLibrary)
	require.ErrorContains(t, err, "/no/such/libonnxruntime.so")
}

// BenchmarkGround is one live inference of the demo model: one clip, two prompts, heat of the newest frame.
func BenchmarkGround(b *testing.B) {
	for _, scope := range []gem.Scope{gem.Joint, gem.Frame} {
		b.Run(string(scope), func(b *testing.B) {
			e := open(b, engine.Options{Threads: 2, Scope: scope})
			r := engine.Request{Clip: noise(e, 1), Prompts: []string{"a person waving", "a person running"}, Frames: []int{7}}
			before := cpuTime(b)
			for b.Loop() {
				_, err := e.Ground(b.Context(), r)
				require.NoError(b, err)
			}
			b.ReportMetric((cpuTime(b)-before).Seconds()*1e3/float64(b.N), "cpu-ms/clip")
		})
	}
}
