// Package pickle reads Python's pickles of plain data, protocols 0 to 5: numbers, texts, lists, tuples, dicts, sets and NumPy arrays.
// A pickle is a program that may call any Python function; here nothing is called but the handful that make such data, each written
// in Go, and a pickle that names another is refused. (engine/checkpoint has a reader of its own: it maps weights and knows
// PyTorch's classes only, this one knows values.)
//
// What memory a pickle may take is bounded: by its size, by the number of values it makes, and by the bytes that calls copy.
// Nothing recurses, so depth costs nothing; a pickle may make values that contain themselves, which matters to those who walk them.
//
// The machine is that of Python's pickletools.
package pickle

import "errors"

var (
	// ErrRefused: the pickle names a function or class that is not on the allow-list. Nothing was run. The error says which and where.
	ErrRefused = errors.New("pickle calls what is not allowed")
	// ErrMalformed: the pickle breaks the rules of its own format.
	ErrMalformed = errors.New("malformed pickle")
	// ErrUnsupported: the pickle is well formed, but holds what no data set here has, such as NumPy records.
	ErrUnsupported = errors.New("unsupported pickle")
	// ErrLimit: the pickle is larger, or would become larger in memory, than is read.
	ErrLimit = errors.New("pickle too large")
)
