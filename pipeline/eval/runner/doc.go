// Package runner puts a manifest's samples through a model and keeps what comes out in a file that only grows, so that a run may be
// killed at any moment and goes on where it stopped.
package runner

import "errors"

var (
	// ErrOther means that the folder holds the results of another run: other samples, another model or other rules.
	ErrOther = errors.New("results of another run")
	// ErrDamaged means that a results file cannot be read.
	ErrDamaged = errors.New("damaged results")
	// ErrBusy means that another process writes the same results.
	ErrBusy = errors.New("results are in use")
	// ErrFrames means that frames could not be had and the user asked to fail then.
	ErrFrames = errors.New("frames cannot be had")
)
