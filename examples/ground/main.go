// Command ground is the engine in a few lines: it films a clip with the demo camera, asks where two of the actions happen, and
// compares the answers with what the camera knows.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/pipeline/democam"
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	e, err := engine.Open(ctx, engine.Options{Model: "demo"})
	if err != nil {
		return err
	}
	defer func() { _ = e.Close() }()
	spec := e.Spec()

	// The camera films at the model's own size and at the rate of its clips.
	camera, err := democam.New(democam.Config{
		Seed: 11, Width: spec.Width, Height: spec.Height, FPS: float64(spec.Frames) / spec.ClipDuration.Seconds(), Actions: democam.StrongActions(),
	})
	if err != nil {
		return err
	}
	clip := engine.Clip{Frames: spec.Frames, H: spec.Height, W: spec.Width, Pix: make([]byte, spec.Frames*spec.Height*spec.Width*3)}
	size := len(clip.Pix) / spec.Frames
	var truth democam.Truth
	for i := range spec.Frames {
		truth = camera.Frame(clip.Pix[i*size : (i+1)*size])
	}

	var prompts []string
	for _, actor := range truth.Actors {
		prompts = append(prompts, "a person "+actor.Action)
	}
	result, err := e.Ground(ctx, engine.Request{Clip: clip, Prompts: prompts, Frames: []int{spec.Frames - 1}})
	if err != nil {
		return err
	}
	for i, g := range result.Prompts {
		x, y, _ := g.Heat[0].Resize(spec.Height, spec.Width).Peak()
		hit := truth.Union(i).Contains(float64(x)/float64(spec.Width), float64(y)/float64(spec.Height))
		fmt.Printf("%-30s hottest at (%d,%d), on the actor: %v, score %.3f\n", g.Prompt, x, y, hit, g.Score)
	}
	return nil
}
