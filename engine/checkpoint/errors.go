package checkpoint

import "errors"

var (
	// ErrFormat: the file is no checkpoint this package knows, told from its first bytes.
	ErrFormat = errors.New("not a safetensors file and not a PyTorch zip archive")
	// ErrMalformed: the format is known, but the content breaks its rules (truncated, overlapping, out of bounds).
	ErrMalformed = errors.New("malformed checkpoint")
	// ErrUnsupported: the file is well formed, but uses something this reader does not have.
	ErrUnsupported = errors.New("unsupported checkpoint")
	// ErrRefusedClass: a pickle names a class or function that is not on the allow-list. Nothing of it was run.
	ErrRefusedClass = errors.New("pickle refers to a class that is not allowed")
	// ErrNoTensor: the checkpoint has no tensor of that name.
	ErrNoTensor = errors.New("no such tensor")
	// ErrNotFinite: a tensor holds a NaN or an infinity (or a float64 beyond float32's range).
	ErrNotFinite = errors.New("tensor is not finite")
)
