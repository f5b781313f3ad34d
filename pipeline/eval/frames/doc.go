// Package frames brings a sample's frames to a model: from picture files, straight from videos by exact seeks, or drawn by the demo
// camera.
package frames

import "errors"

var (
	// ErrMissing means that a frame is not there: no such file, or a time outside the video.
	ErrMissing = errors.New("missing frame")
	// ErrUnreadable means that a file is there but does not decode.
	ErrUnreadable = errors.New("unreadable frame")
	// ErrCount means that a sample does not have as many frames as the model takes.
	ErrCount = errors.New("wrong number of frames")
)
