package main

import (
	"fmt"
	"io"

	"github.com/videogem/videogem/pipeline/eval"
	"github.com/videogem/videogem/pipeline/eval/baseline"
	"github.com/videogem/videogem/pipeline/eval/compare"
)

// evalBaselinesCommand scores blind answers.
type evalBaselinesCommand struct {
	Manifest string `required:"" help:"The samples, made by videogem eval prepare." placeholder:"FILE"`
	Size     string `default:"224x224" help:"Size of the model's frames, HxW: boxes are rounded to its pixels." placeholder:"HxW"`
	JSON     bool   `name:"json" help:"As JSON."`
}

// Run prints one line a baseline.
func (c *evalBaselinesCommand) Run(env *environment) error {
	height, width, err := parseSize(c.Size)
	if err != nil {
		return err
	}
	dataset, b, err := eval.Baselines(c.Manifest, width, height)
	if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(env.stdout, b)
	}
	printBaselines(env.stdout, dataset, b)
	return nil
}

func printBaselines(w io.Writer, dataset string, b baseline.Baselines) {
	_, _ = fmt.Fprintf(w, "baselines on the same %d samples of %s, frames of %dx%d:\n", b.N, dataset, b.Width, b.Height)
	line := func(v float64, what string) { _, _ = fmt.Fprintf(w, "%6.2f %%  %s\n", 100*v, what) }
	line(b.Centre, fmt.Sprintf("centre (%d, %d)", b.Width/2, b.Height/2))
	line(b.Random, "a random pixel, expected")
	line(b.Constant, fmt.Sprintf("best constant point (%d, %d), chosen knowing the answers", b.ConstantPoint[0], b.ConstantPoint[1]))
	if b.Neighbour != nil {
		line(*b.Neighbour, "middle of a random one of the picture's boxes, expected")
	}
}

// evalCompareCommand tells two runs apart.
type evalCompareCommand struct {
	A    string `arg:"" help:"Folder of a run; of an ablation, DIR:SCOPE/WEIGHTS/PROMPTS/FUSION."`
	B    string `arg:"" help:"The other one."`
	JSON bool   `name:"json" help:"As JSON."`
}

// Run prints the comparison.
func (c *evalCompareCommand) Run(env *environment) error {
	r, err := compare.Runs(c.A, c.B)
	if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(env.stdout, r)
	}
	_, _ = fmt.Fprintf(env.stdout, "%s, %d samples that both scored", r.Dataset, r.N)
	if r.MissingA+r.MissingB > 0 {
		_, _ = fmt.Fprintf(env.stdout, " (%d more in A alone, %d in B alone)", r.MissingB, r.MissingA)
	}
	_, _ = fmt.Fprintf(env.stdout, "\nA  %6.2f %%  %s\nB  %6.2f %%  %s\n", 100*r.AccuracyA, r.A, 100*r.AccuracyB, r.B)
	_, _ = fmt.Fprintf(env.stdout, "difference B-A %+.2f points; A alone hits %d, B alone %d\n", 100*(r.AccuracyB-r.AccuracyA), r.OnlyA, r.OnlyB)
	_, _ = fmt.Fprintf(env.stdout, "McNemar's test: p = %.4g (%s)\n", r.P, r.Test)
	return nil
}
