package element

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/gem"
)

func TestWhichElementsShareAnEngine(t *testing.T) {
	program := engine.Options{Device: "cpu", Precision: "fp32", Threads: 1}
	plain := Instance{Model: "demo"}
	for name, ca := range map[string]struct {
		other Instance
		same  bool
	}{
		"same model":                       {Instance{Model: "demo"}, true},
		"what the program says, spelt out": {Instance{Model: "demo", Device: "cpu", Precision: "fp32"}, true},
		"other batches":                    {Instance{Model: "demo", BatchSize: 8, BatchTimeout: time.Second}, true},
		"other model":                      {Instance{Model: "clip"}, false},
		"other device":                     {Instance{Model: "demo", Device: "cuda:0"}, false},
		"other precision":                  {Instance{Model: "demo", Precision: "int8"}, false},
		"other scope":                      {Instance{Model: "demo", Scope: gem.Frame}, false},
		"an id":                            {Instance{Model: "demo", ID: "one"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, ca.same, plain.key(plain.options(program)) == ca.other.key(ca.other.options(program)))
		})
	}
	a, b := Instance{ID: "one", Model: "demo"}, Instance{ID: "one", Model: "clip"}
	require.Equal(t, a.key(a.options(program)), b.key(b.options(program)), "an id is enough")
	o := Instance{Model: "demo", BatchSize: 4, BatchTimeout: time.Second, Scope: gem.Frame}.options(program)
	require.Equal(t, engine.Options{Model: "demo", Device: "cpu", Precision: "fp32", Threads: 1, Scope: gem.Frame, BatchSize: 4, BatchTimeout: time.Second}, o)
}
