package element

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/gem"
)

func TestWhatAnElementSaysGoesBeforeWhatItsProgramSays(t *testing.T) {
	program := engine.Options{Device: "cpu", Precision: "fp32", Threads: 1}
	require.Equal(t, engine.Options{Model: "demo", Device: "cpu", Precision: "fp32", Threads: 1}, instance{model: "demo", batchSize: 1}.options(program))
	all := instance{model: "clip", device: "cuda:0", precision: "int8", scope: gem.Frame, batchSize: 4, batchTimeout: time.Second}
	require.Equal(t, engine.Options{
		Model: "clip", Device: "cuda:0", Precision: "int8", Threads: 1, Scope: gem.Frame, BatchSize: 4, BatchTimeout: time.Second,
	}, all.options(program))
}
