package main

import (
	"context"
	"fmt"

	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/pipeline"
)

// serveCommand is the main job.
type serveCommand struct {
	Sources   []string `arg:"" optional:"" name:"source" help:"Files, rtsp://…, v4l2:///dev/video0, http://…, demo://, or whip://NAME for what a browser or OBS publishes."`
	Model     string   `default:"demo" help:"Model name, model folder or checkpoint file."`
	Prompts   []string `name:"prompt" sep:"none" help:"What to look for, in plain words; may be given again. Viewers can change it on the page."`
	Viewers   int      `name:"viewer-prompts" default:"16" help:"Prompts that the viewers of a stream together may have for themselves; the one not asked for for longest goes first."`
	Codec     string   `default:"vp8" enum:"vp8,h264,vp9,av1,passthrough" help:"Video codec towards the browsers: ${enum} (the camera's own H.264; with --overlay client)."`
	Bitrate   int      `aliases:"max-bitrate" default:"2500" help:"Kilobits a second of each stream, at most (--max-bitrate is the same)."`
	MinRate   int      `name:"min-bitrate" default:"300" help:"Kilobits a second down to which a stream follows its viewers' networks; 0: it stays at --bitrate."`
	Rungs     bool     `help:"Encode a second quality of half the size, for viewers with slow networks."`
	Overlay   string   `default:"both" enum:"client,burned,both" help:"Who draws the heat: the page (client), the server into the video (burned), or as each viewer asks (both)."`
	Opacity   float64  `default:"0.6" help:"How strongly heat covers the picture, 0 to 1."`
	Interval  int      `default:"4" help:"Frames from one inference to the next, if the machine can keep up."`
	Device    string   `help:"cpu, cuda:N, tensorrt:N, openvino or auto. Default: auto."`
	Precision string   `help:"fp32, fp16 or int8. Default: fp16 on a GPU, fp32 on a CPU."`
	Threads   int      `default:"0" help:"Threads of an inference; 0 lets the engine choose."`

	Network networkFlags `embed:"" group:"Network"`
}

// Run serves until the context ends.
func (c *serveCommand) Run(env *environment) error {
	web, err := c.Network.config(env.ctx, env.log)
	if err != nil {
		return err
	}
	pushes, err := c.Network.pushes()
	if err != nil {
		return err
	}
	server, err := pipeline.NewServer(pipeline.ServerOptions{
		Sources: c.Sources, Web: web, Pushes: pushes, Log: env.log,
		Engine: engine.Options{Device: c.Device, Precision: c.Precision, Threads: c.Threads},
		Stream: pipeline.StreamOptions{
			Model: c.Model, Prompts: c.Prompts, ViewerPrompts: c.Viewers, Opacity: c.Opacity, InferenceInterval: c.Interval, Codec: c.Codec, Bitrate: c.Bitrate * 1000,
			MinBitrate: c.MinRate * 1000, Rungs: c.Rungs, Overlay: c.Overlay,
		},
	})
	if err != nil {
		return err
	}
	defer server.Close()
	if err := server.Start(env.ctx); err != nil {
		return withFlags(err)
	}
	defer context.AfterFunc(env.ctx, func() { env.log.Info("stopping") })()
	_, _ = fmt.Fprintf(env.stdout, "Watch at %s (Ctrl-C ends)\n", server.URL())
	if why := server.NoVideo(); why != "" {
		_, _ = fmt.Fprintln(env.stdout, why)
	}
	for _, url := range server.PublishURLs() {
		_, _ = fmt.Fprintf(env.stdout, "Publish by WHIP to %s\n", url)
	}
	return server.Wait()
}
