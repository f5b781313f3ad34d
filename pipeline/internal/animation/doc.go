// Package animation reads animated GIF, APNG and WebP. It only takes the containers apart: each picture is put into a still file of
// its own format again, which Go's decoder reads, and is laid on the canvas as its container says.
package animation

import "errors"

var (
	// ErrFormat means that a file is not an animation that can be read: cut off, damaged, or against its format.
	ErrFormat = errors.New("bad animation")
	// ErrStill means that a file holds no more than one picture, or is of another format.
	ErrStill = errors.New("not animated")
)
