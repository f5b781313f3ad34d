package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/pipeline"
	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/auth"
)

// Exit codes.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// cli is the command line.
type cli struct {
	Verbose bool             `short:"v" help:"Log what happens inside, too."`
	Version kong.VersionFlag `help:"Say which videogem this is."`

	Serve  serveCommand  `cmd:"" help:"Watch live video in a browser: where do the prompts' actions happen? Without a source: the demo camera."`
	Ground groundCommand `cmd:"" help:"Say where prompts happen in a recorded video, a picture, a folder of pictures or an array."`
	Eval   evalCommand   `cmd:"" help:"The paper's evaluation: prepare a data set, run a model on it, compare runs."`
	Models modelsCommand `cmd:"" help:"List, pull, inspect, verify and remove models."`
	Token  tokenCommand  `cmd:"" help:"Make a token for --auth of serve."`
	Doctor doctorCommand `cmd:"" help:"Say what is missing on this machine and the command that mends it."`

	ShowVersion versionCommand `cmd:"" name:"version" help:"Say which videogem this is."`
}

// environment is what commands get beside their flags.
type environment struct {
	ctx    context.Context //nolint:containedctx // kong binds one value to all commands
	log    *slog.Logger
	stdout io.Writer
	stderr io.Writer
}

// run is main without the process: it returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var c cli
	code := -1
	parser, err := kong.New(&c,
		kong.Name("videogem"),
		kong.Description("Shows where an action named in plain words happens, in live video, with no training."),
		kong.UsageOnError(),
		kong.Vars{"version": version()},
		kong.Writers(stdout, stderr),
		kong.Exit(func(n int) { code = n }),
	)
	if err != nil {
		_, _ = fmt.Fprintln(stderr, "videogem:", err)
		return exitFailed
	}
	bare := len(args) == 0
	if bare { // a newcomer wants to know what there is
		args = []string{"--help"}
	}
	k, err := parser.Parse(args)
	if bare {
		return exitUsage
	}
	if code >= 0 { // --help or --version was printed
		return code
	}
	if err != nil {
		_, _ = fmt.Fprintf(stderr, "videogem: %v; `videogem --help` shows what there is\n", err)
		return exitUsage
	}
	level := slog.LevelInfo
	if c.Verbose {
		level = slog.LevelDebug
	}
	log := slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: level}))
	command := func() error { return k.Run(&environment{ctx: ctx, log: log, stdout: stdout, stderr: stderr}) }
	if strings.HasPrefix(k.Command(), "serve") { // it says goodbye to its viewers
		err = command()
	} else {
		err = interruptible(ctx, command)
	}
	switch {
	case err == nil:
		return exitDone
	case isUsage(err):
		_, _ = fmt.Fprintln(stderr, "videogem:", err)
		return exitUsage
	default:
		_, _ = fmt.Fprintln(stderr, "videogem:", err)
		return exitFailed
	}
}

// isUsage tells wrong use from failure.
func isUsage(err error) bool {
	return errors.Is(err, pipeline.ErrSource) || errors.Is(err, pipeline.ErrOptions) || errors.Is(err, pipeline.ErrPrompts) ||
		errors.Is(err, engine.ErrEmptyPrompt) || errors.Is(err, engine.ErrLongPrompt) || errors.Is(err, streaming.ErrConfig) || errors.Is(err, auth.ErrConfig)
}
