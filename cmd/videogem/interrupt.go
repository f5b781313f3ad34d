package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// endWithin is how long a command may take to end once it is interrupted.
const endWithin = 1500 * time.Millisecond

// errInterrupted means that a command was interrupted and did not end by itself.
var errInterrupted = errors.New("interrupted")

// process is the program: a signal asks it to end, a second one ends it at once. It returns the exit code.
func process(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // the next signal does what signals do
	return run(ctx, args, os.Stdout, os.Stderr)
}

// interruptible runs a command, and leaves it behind where it does not end soon after ctx: ONNX Runtime while it builds a session, an
// inference, and GStreamer's changes of state cannot be stopped. Files that are not whole are gone by then.
func interruptible(ctx context.Context, command func() error) error {
	done := make(chan error, 1)
	go func() { done <- command() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-done:
		return err
	case <-time.After(endWithin):
		return fmt.Errorf("%w: what was going on did not end within %v and is left", errInterrupted, endWithin)
	}
}
