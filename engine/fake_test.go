package engine

import (
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/engine/backend"
	"github.com/videogem/videogem/engine/gem"
	"github.com/videogem/videogem/engine/onnx"
)

// A clip that the fake tower cannot take, and one at which it panics, by their first pixel.
const (
	poison    = 254
	explosive = 255
)

var errPoison = errors.New("poisoned clip")

// fakeTower takes a fixed time for a pass, by the clock of the test's bubble, and answers with the clip's first pixel.
type fakeTower struct {
	takes time.Duration

	mu     sync.Mutex
	passes [][]byte // the first pixel of each clip, pass by pass
	atOnce int      // passes going on
	most   int
	closed bool
}

func (f *fakeTower) Run(in ...backend.Tensor) ([]backend.Tensor, error) {
	clips, rows, frames := in[0].Shape[0], in[1].Shape[1], in[4].Shape[1]
	var first []byte
	for i := range clips {
		first = append(first, parts(in, i)[0].Data.([]byte)[0])
	}
	f.mu.Lock()
	f.passes = append(f.passes, first)
	f.atOnce++
	f.most = max(f.most, f.atOnce)
	f.mu.Unlock()
	time.Sleep(f.takes)
	f.mu.Lock()
	f.atOnce--
	f.mu.Unlock()
	sizes := []int{rows * frames, rows, rows * gem.Layers, 1}
	out := make([]backend.Tensor, len(sizes))
	for i, n := range sizes {
		var data []float32
		for c := range clips {
			for range n {
				data = append(data, float32(first[c]))
			}
		}
		out[i] = backend.Tensor{Shape: []int{clips, n}, Data: data}
	}
	for _, p := range first {
		switch p {
		case poison:
			return nil, errPoison
		case explosive:
			panic("boom")
		}
	}
	return out, nil
}

func (f *fakeTower) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	return nil
}

func (f *fakeTower) isClosed() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.closed
}

func (f *fakeTower) seen() [][]byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.passes
}

// fake is an engine around a fake tower, for clips of two frames of one pixel.
func fake(t *testing.T, f *fakeTower, o Options) *Engine {
	t.Helper()
	known := map[string]*embedded{}
	for _, text := range []string{"a", "b", "c"} {
		e := &embedded{ready: make(chan struct{}), vector: []float32{1}}
		close(e.ready)
		known[text] = e
	}
	e := &Engine{
		spec: Spec{Frames: 2, Height: 1, Width: 1, GridH: 1, GridW: 1, Embed: 1, Weights: gem.VideoGEM},
		log:  slog.New(slog.DiscardHandler), image: f, text: &textTower{session: f, known: known, log: slog.New(slog.DiscardHandler)}, scopes: []gem.Scope{gem.Joint},
	}
	e.start(o, onnx.FP32)
	t.Cleanup(func() { require.NoError(t, e.Close()) })
	return e
}

// dot is a clip for a fake engine, with a request for the heat of its newest frame.
func dot(value byte, prompts ...string) Request {
	return Request{Clip: Clip{Frames: 2, H: 1, W: 1, Pix: []byte{value, 0, 0, 0, 0, 0}}, Prompts: prompts, Frames: []int{1}}
}
