package main

import (
	"fmt"

	"github.com/schollz/progressbar/v3"

	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/gem"
	"github.com/videogem/videogem/pipeline"
	"github.com/videogem/videogem/pipeline/offline"
)

// groundCommand grounds recorded input.
type groundCommand struct {
	Input        string   `arg:"" help:"A video, a picture, a folder of pictures, or a .npy array: uint8 [T,H,W,3] or [K,T,H,W,3]."`
	Model        string   `default:"demo" help:"Model name, model folder or checkpoint file."`
	Prompts      []string `name:"prompt" sep:"none" help:"What to look for, word for word; may be given again."`
	Actions      []string `name:"action" sep:"none" help:"An action to split into verb and object, ground and fuse; may be given again. \"ACTION | VERB | OBJECT\" names the parts."`
	Weights      string   `help:"How much each layer counts: none, static, dynamic, videogem, or eight numbers separated by commas. Default: the model's own." placeholder:"W"`
	Scope        string   `help:"Attention scope: joint, frame, official-1 to official-4. Default: the model's own." placeholder:"S"`
	Depth        *int     `help:"How many of the last blocks have the GEM path, 0 to 7. Default: the model's own, 7." placeholder:"N"`
	Size         string   `help:"Frame size for the model, HxW, multiples of its patch size. Default: the model's own." placeholder:"HxW"`
	Precision    string   `help:"fp32, fp16 or int8. Default: fp16 on a GPU, fp32 on a CPU."`
	Device       string   `help:"cpu, cuda:N, tensorrt:N, openvino or auto. Default: auto."`
	Threads      int      `help:"Threads of an inference; 0 lets the engine choose."`
	Fuse         string   `default:"point" enum:"point,mean,product" help:"How --action's three groundings become one point: ${enum}."`
	Stride       float64  `help:"Seconds from clip to clip of a video. Default: the clip's duration."`
	Preprocessed bool     `help:"The input is a .npy of float32 [K,T,3,H,W], normalised already."`
	MaxPixels    float64  `default:"100" help:"Largest picture that is read, in megapixels; more is refused by the header alone." placeholder:"MP"`
	JSON         string   `name:"json" help:"Write the report: scores, points, boxes, weights. - is standard output." placeholder:"FILE"`
	Maps         string   `help:"Write raw heat and embeddings as NumPy arrays." placeholder:"FILE.npz"`
	Out          string   `help:"Write the input with the heat on it: .mp4, .webm or .mkv for video, .png for pictures and arrays." placeholder:"FILE"`
}

// Run grounds the input.
func (c *groundCommand) Run(env *environment) error {
	o, err := c.options()
	if err != nil {
		return err
	}
	o.Stdout = env.stdout
	o.Engine.Logger = env.log
	bar := progressbar.NewOptions(-1, progressbar.OptionSetWriter(env.stderr), progressbar.OptionSetDescription("clips"),
		progressbar.OptionShowCount(), progressbar.OptionClearOnFinish(), progressbar.OptionSetVisibility(isTerminal(env.stderr)))
	o.Progress = func(clips int, seconds float64) {
		bar.Describe(fmt.Sprintf("clips, at %.1f s", seconds))
		_ = bar.Set(clips) // a progress bar that cannot be drawn stops nothing
	}
	report, err := offline.Run(env.ctx, o)
	_ = bar.Finish() // likewise
	if err != nil {
		return err
	}
	if report.SoundLeftOut != "" {
		env.log.Warn("the sound is left out", "file", c.Out, "why", report.SoundLeftOut)
	}
	_, _ = fmt.Fprintln(env.stderr, report.Summary()) // a line for who watches; what was asked for is written
	return nil
}

// options checks the flags.
func (c *groundCommand) options() (offline.Options, error) {
	o := offline.Options{
		Input: c.Input, Prompts: c.Prompts, Actions: c.Actions, Fusion: gem.Fusion(c.Fuse), Stride: c.Stride, Preprocessed: c.Preprocessed,
		JSON: c.JSON, Maps: c.Maps, Out: c.Out,
		Engine: engine.Options{Model: c.Model, Threads: c.Threads, Depth: c.Depth, Precision: c.Precision, Device: c.Device},
	}
	wrong := func(err error) (offline.Options, error) { return o, fmt.Errorf("%w: %w", pipeline.ErrOptions, err) }
	if len(c.Prompts)+len(c.Actions) == 0 {
		return wrong(fmt.Errorf("say what to look for with --prompt or --action"))
	}
	if c.JSON == "" && c.Maps == "" && c.Out == "" {
		o.JSON = "-"
	}
	if c.Weights != "" {
		w, err := gem.ParseWeights(c.Weights)
		if err != nil {
			return wrong(err)
		}
		o.Weights = &w
	}
	if c.Scope != "" {
		s, err := gem.ParseScope(c.Scope)
		if err != nil {
			return wrong(err)
		}
		o.Engine.Scope = s
	}
	if c.Size != "" {
		var err error
		if o.Engine.Height, o.Engine.Width, err = parseSize(c.Size); err != nil {
			return o, err
		}
	}
	if o.MaxPixels = int(c.MaxPixels * 1e6); o.MaxPixels < 1 {
		return wrong(fmt.Errorf("max-pixels %g: use megapixels above 0", c.MaxPixels))
	}
	if c.Stride < 0 {
		return wrong(fmt.Errorf("stride %g: use seconds above 0", c.Stride))
	}
	return o, nil
}
