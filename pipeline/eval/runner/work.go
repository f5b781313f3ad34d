package runner

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/videogem/videogem/pipeline/eval/frames"
)

// loaded is a unit of work whose frames are there, or are known not to be.
type loaded struct {
	first, count int
	clip         frames.Clip
	skipped      string
	read         time.Duration
}

// work does the units that are left: readers bring frames, grounders score them, and this goroutine writes the results down. Channels
// are short, so that memory does not grow with the manifest.
func (p *pass) work(ctx context.Context, j *journal) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	grounders := max(1, p.Batch)
	todo, clips, done := make(chan [2]int), make(chan loaded, grounders), make(chan Line, grounders)
	var all sync.WaitGroup
	defer all.Wait()
	all.Go(func() {
		defer close(todo)
		for _, u := range p.left() {
			if !send(ctx, todo, u) {
				return
			}
		}
	})
	all.Go(func() { stage(grounders+1, cancel, clips, func() error { return p.read(ctx, todo, clips) }) })
	all.Go(func() { stage(grounders, cancel, done, func() error { return p.ground(ctx, clips, done) }) })
	p.report()
	for l := range done {
		err := j.append(l)
		if err == nil {
			err = p.take(l)
		}
		if err != nil {
			cancel(err)
			continue // until the others have seen it
		}
		p.report()
	}
	return context.Cause(ctx)
}

// stage runs n goroutines and closes their channel when all have ended; the first error ends everybody.
func stage[T any](n int, cancel context.CancelCauseFunc, out chan<- T, f func() error) {
	defer close(out)
	var wait sync.WaitGroup
	defer wait.Wait()
	for range n {
		wait.Go(func() {
			if err := f(); err != nil {
				cancel(err)
			}
		})
	}
}

// send gives up when the run has ended.
func send[T any](ctx context.Context, to chan<- T, v T) bool {
	select {
	case to <- v:
		return true
	case <-ctx.Done():
		return false
	}
}

// left are the units without results.
func (p *pass) left() [][2]int {
	var left [][2]int
	for _, u := range p.units {
		if p.records[u[0]].ID == "" {
			left = append(left, u)
		}
	}
	return left
}

func (p *pass) report() {
	if p.Progress != nil {
		p.progress.Total = len(p.records)
		p.Progress(p.progress)
	}
}

// read brings frames.
func (p *pass) read(ctx context.Context, todo <-chan [2]int, clips chan<- loaded) error {
	reader := frames.NewReader(p.spec)
	defer reader.Close()
	for u := range todo {
		began := time.Now()
		s := &p.Manifest.Samples[u[0]]
		l := loaded{first: u[0], count: u[1]}
		var err error
		l.clip, err = reader.Read(ctx, s, p.Missing.repeats(s))
		switch {
		case err == nil:
		case p.Missing == Fail || !errors.Is(err, frames.ErrMissing) && !errors.Is(err, frames.ErrUnreadable):
			return fmt.Errorf("%w: %w", ErrFrames, err)
		case errors.Is(err, frames.ErrUnreadable):
			l.skipped = frames.ErrUnreadable.Error()
		default:
			l.skipped = frames.ErrMissing.Error()
		}
		l.clip.Picture.Pix = nil // scoring does not look at it
		l.read = time.Since(began)
		if !send(ctx, clips, l) {
			return nil
		}
	}
	return nil
}

// ground scores clips.
func (p *pass) ground(ctx context.Context, clips <-chan loaded, done chan<- Line) error {
	for l := range clips {
		line := Line{First: l.first, Read: l.read.Seconds()}
		samples := p.Manifest.Samples[l.first : l.first+l.count]
		for i := range samples {
			line.Records = append(line.Records, Record{ID: samples[i].ID, Skipped: l.skipped, Repeated: l.clip.Repeated})
		}
		if l.skipped == "" {
			began := time.Now()
			if err := p.answer(ctx, l.clip, samples, &line); err != nil {
				return err
			}
			line.Ground = time.Since(began).Seconds()
		}
		if !send(ctx, done, line) {
			return nil
		}
	}
	return nil
}
