package engine_test

import (
	"context"
	"path/filepath"
	"runtime/debug"
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
