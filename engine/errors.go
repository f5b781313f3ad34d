package engine

import (
	"errors"

	"github.com/videogem/videogem/engine/backend/ort"
	"github.com/videogem/videogem/engine/model"
	"github.com/videogem/videogem/engine/prompt"
)

// The errors that callers may want to tell apart.
var (
	// ErrNoLibrary means that ONNX Runtime is not installed where it was looked for.
	ErrNoLibrary = ort.ErrNoLibrary
	// ErrOldLibrary means that ONNX Runtime is there, but too old.
	ErrOldLibrary = ort.ErrOldLibrary
	// ErrUnknownModel means that no model goes by that name, and no folder or file either.
	ErrUnknownModel = model.ErrUnknown
	// ErrNoDevice means that the wanted device is not there, or that something it needs is missing.
	ErrNoDevice = ort.ErrNoDevice
	// ErrPrecision means that a precision is unknown or that the device does not have it.
	ErrPrecision = errors.New("precision is not available")
	// ErrEmptyPrompt means that a prompt has no text.
	ErrEmptyPrompt = prompt.ErrEmpty
	// ErrLongPrompt means that a prompt has more than prompt.MaxBytes bytes.
	ErrLongPrompt = prompt.ErrLong
	// ErrClipShape means that a clip is not of the size that the model takes.
	ErrClipShape = errors.New("clip has the wrong shape")
	// ErrFrames means that a wanted frame is not in the clip.
	ErrFrames = errors.New("no such frame in the clip")
	// ErrClosed means that the engine was closed.
	ErrClosed = errors.New("engine is closed")
)
