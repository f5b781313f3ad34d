package main

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/videogem/videogem/engine/model"
	"github.com/videogem/videogem/engine/model/hub"
)

// modelsPullCommand fetches a model.
type modelsPullCommand struct {
	Name string `arg:"" help:"A name of the list, or owner/repo[@revision] of a hub."`
}

// untried is what users of a published model should know; the README says the same.
const untried = "Layouts and arithmetic are checked against the authors' code on random weights; no published checkpoint could be run here yet."

// Run pulls, showing how far it is.
func (c *modelsPullCommand) Run(env *environment) error {
	client, err := hub.New()
	if err != nil {
		return err
	}
	defer client.Close()
	p := newPullProgress(env.stderr)
	client.Failed = func(n int, err error) {
		_ = p.finish() // the bar gives way to the line
		_, _ = fmt.Fprintf(env.stderr, "attempt %d of %d failed, trying again: %v\n", n, client.Attempts, err)
	}
	dir, err := model.Pull(env.ctx, c.Name, model.PullOptions{Client: client, Progress: p.show})
	if err := errors.Join(err, p.finish()); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(env.stdout, "%s is in %s\n%s\n", c.Name, dir, untried)
	return nil
}

// pullProgress shows a bar on a terminal, and elsewhere a line a file.
type pullProgress struct {
	out      io.Writer
	terminal bool
	file     string
	bar      *progressbar.ProgressBar
}

func newPullProgress(out io.Writer) *pullProgress {
	return &pullProgress{out: out, terminal: isTerminal(out)}
}

// show is told of every piece that comes in.
func (p *pullProgress) show(file string, done, total int64) {
	if file != p.file {
		_ = p.finish()
		p.file = file
		if !p.terminal {
			size := "size unknown"
			if total >= 0 {
				size = megabytes(total)
			}
			_, _ = fmt.Fprintf(p.out, "%s (%s)\n", file, size)
			return
		}
		p.bar = progressbar.NewOptions64(total,
			progressbar.OptionSetWriter(p.out), progressbar.OptionSetDescription(file), progressbar.OptionShowBytes(true),
			progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(true), progressbar.OptionFullWidth(), progressbar.OptionThrottle(100*time.Millisecond))
	}
	if p.bar != nil {
		_ = p.bar.Set64(done) // a bar that cannot be drawn is no reason to stop
	}
}

// finish ends the line of the bar.
func (p *pullProgress) finish() error {
	if p.bar == nil {
		return nil
	}
	err := p.bar.Exit()
	_, _ = fmt.Fprintln(p.out)
	p.bar = nil
	return err
}
