package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/pipeline"
	"github.com/videogem/videogem/pipeline/eval/live"
)

// evalLiveCommand measures what a viewer of a demo camera is shown against the truth.
type evalLiveCommand struct {
	Source   string        `arg:"" optional:"" help:"The demo camera, as serve takes it. Default: the one that serve shows without a source."`
	Prompts  []string      `name:"prompt" sep:"none" help:"What to look for: \"a person\" and an action; may be given again. Default: those of serve."`
	For      time.Duration `default:"30m" help:"How long; of the camera's time, or of the server's." placeholder:"T"`
	Interval int           `default:"4" help:"Frames from one inference to the next."`
	Latency  time.Duration `default:"0s" help:"Time from a frame to the heat of its clip; 0 where the page draws heat on the frame that it belongs to." placeholder:"T"`
	Model    string        `default:"demo" help:"Model name, model folder or checkpoint file."`
	Threads  int           `default:"1" help:"Threads of an inference."`
	Keep     string        `help:"File for what the inferences gave; one that is there already is read, and nothing is run." placeholder:"FILE"`
	Server   string        `help:"Ask this server instead, which plays the camera from its start: http://127.0.0.1:8080." placeholder:"URL"`
	Stream   string        `default:"demo" help:"The camera's name on the server." placeholder:"NAME"`
	JSON     bool          `name:"json" help:"Print JSON."`
}

// Run measures.
func (c *evalLiveCommand) Run(env *environment) (err error) {
	if c.Source == "" {
		c.Source = pipeline.DefaultSource
	}
	source, err := pipeline.ParseSource(c.Source)
	if err != nil {
		return err
	}
	if source.Kind != pipeline.KindDemo {
		return fmt.Errorf("%w %q: only a demo camera knows the truth: demo://…", pipeline.ErrSource, c.Source)
	}
	if c.For <= 0 || c.Interval < 1 || c.Latency < 0 {
		return fmt.Errorf("%w: times and intervals are more than 0", pipeline.ErrOptions)
	}
	if len(c.Prompts) == 0 {
		c.Prompts = pipeline.DefaultDemoPrompts()
	}
	var r *live.Result
	if c.Server != "" {
		r, err = live.Watch(env.ctx, live.WatchOptions{Server: c.Server, Stream: c.Stream, Camera: source.Demo, For: c.For})
	} else {
		r, err = c.simulate(env, live.Options{
			Camera: source.Demo, Prompts: c.Prompts, For: c.For, Interval: c.Interval, Latency: c.Latency, Keep: c.Keep,
		})
	}
	if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(env.stdout, r)
	}
	r.Print(env.stdout)
	return nil
}

func (c *evalLiveCommand) simulate(env *environment, o live.Options) (r *live.Result, err error) {
	e, err := engine.Open(env.ctx, engine.Options{Model: c.Model, Threads: c.Threads, Logger: env.log})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, e.Close()) }()
	return live.Simulate(env.ctx, e, o)
}
