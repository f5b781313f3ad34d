package engine_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/gem"
	"github.com/videogem/videogem/engine/modeltest"
)

// TestMemoryIsFlat puts clips of ViCLIP-B's 1,569 tokens through a narrow model, from four callers, who give up now and then, and holds the
// process to the memory that it had after the first of them.
func TestMemoryIsFlat(t *testing.T) {
	if testing.Short() {
		t.Skip("grounds hundreds of large clips")
	}
	s := modeltest.Small()
	s.Width, s.Layers, s.Grid = 64, 3, 14
	path := filepath.Join(t.TempDir(), "narrow.safetensors")
	s.Write(t, path)
	depth := 1
	e := open(t, engine.Options{Model: path, Cache: t.TempDir(), Device: "cpu", Depth: &depth, Scope: gem.Frame, BatchSize: 2})
	clip := noise(e, 1)
	const callers = 4
	ground := func(n int) {
		var wg sync.WaitGroup
		for range callers {
			wg.Go(func() {
				for i := range n / callers {
					patience := time.Hour
					if i%10 == 0 {
						patience = 5 * time.Millisecond
					}
					ctx, cancel := context.WithTimeout(context.Background(), patience)
					_, err := e.Ground(ctx, engine.Request{Clip: clip, Prompts: []string{"a person waving", "a dog"}, Frames: []int{4}})
					if err != nil && ctx.Err() == nil {
						t.Error(err)
					}
					cancel()
				}
			})
		}
		wg.Wait()
		debug.FreeOSMemory()
	}
	const clips = 200
	ground(clips / 2) // ONNX Runtime's memory finds its size
	before := status(t, "VmRSS")
	ground(clips)
	grown := status(t, "VmRSS") - before
	t.Logf("grown by %.1f MB over %d clips", grown/1e6, clips)
	require.Less(t, grown, 48e6, "the pixels of the clips are 240 MB, their activations gigabytes")
}

// TestModelsThatCloseLeaveNothing opens and closes a model whose weights are a mapped file, in a process whose C library has one heap: it
// keeps the free end of every heap, some megabytes for each thread that ever had one of its own, which is nothing that a model left.
func TestModelsThatCloseLeaveNothing(t *testing.T) {
	if underRace {
		t.Skip("the race detector's own memory grows; scripts/test.sh runs this once more without it")
	}
	const one = "MALLOC_ARENA_MAX=1" // mallopt(3), M_ARENA_MAX
	if !slices.Contains(os.Environ(), one) {
		child := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v") //nolint:gosec // this program
		child.Env = append(os.Environ(), one)
		out, err := child.CombinedOutput()
		require.NoError(t, err, string(out))
		if strings.Contains(string(out), "--- SKIP") {
			t.Skip(string(out))
		}
		t.Log(string(out))
		return
	}
	s := modeltest.Small()
	s.Width, s.Embed = 512, 512
	path := filepath.Join(t.TempDir(), "wide.safetensors")
	s.Write(t, path)
	cache := t.TempDir()
	o := engine.Options{Model: path, Cache: cache, Device: "cpu", Threads: 1}
	mapped := func() bool {
		maps, err := os.ReadFile("/proc/self/maps")
		require.NoError(t, err)
		return bytes.Contains(maps, []byte(cache))
	}
	cycle := func() float64 {
		e, err := engine.Open(t.Context(), o)
		if errors.Is(err, engine.ErrNoLibrary) {
			t.Skip(err)
		}
		require.NoError(t, err)
		_, err = e.Ground(t.Context(), engine.Request{Clip: noise(e, 1), Prompts: []string{"a person waving"}})
		require.NoError(t, err)
		require.True(t, mapped(), "the weights are a mapped file")
		require.NoError(t, e.Close())
		require.False(t, mapped(), "and it is gone with the model")
		debug.FreeOSMemory()
		return status(t, "VmRSS")
	}
	cycle()
	second := cycle()
	for range 15 {
		cycle()
	}
	last := min(cycle(), cycle(), cycle()) // Go's own comes and goes by two or three megabytes
	t.Logf("%.1f MB after the second, %.1f MB after the twentieth", second/1e6, last/1e6)
	require.Less(t, last, 1.05*second)
}
