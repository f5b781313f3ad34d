package engine_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/videogem/videogem/engine"
)

// Where in a clip does someone wave? Here the clip is black, so there is nothing to find; a real one comes from a video.
func Example() {
	ctx := context.Background()
	e, err := engine.Open(ctx, engine.Options{Model: "demo"})
	if errors.Is(err, engine.ErrNoLibrary) {
		fmt.Println("run `make setup` first")
		return
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = e.Close() }()
	s := e.Spec()
	result, err := e.Ground(ctx, engine.Request{
		Clip:    engine.Clip{Frames: s.Frames, H: s.Height, W: s.Width, Pix: make([]byte, s.Frames*s.Height*s.Width*3)},
		Prompts: []string{"a person waving", "a person playing guitar"},
		Frames:  []int{s.Frames - 1},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, g := range result.Prompts {
		fmt.Printf("%s: heat map of %dx%d patches\n", g.Prompt, g.Heat[0].W, g.Heat[0].H)
	}
	// Output:
	// a person waving: heat map of 8x8 patches
	// a person playing guitar: heat map of 8x8 patches
}
