// Package mat5 reads MATLAB's level 5 MAT-files, in which HICO-DET's annotations come: structs, cells, texts and numbers. Sparse
// matrices and objects are refused. The format is MathWorks' "MAT-File Format", level 5.
package mat5

import "errors"

var (
	// ErrMalformed: the file is no level 5 MAT-file, or breaks its rules.
	ErrMalformed = errors.New("malformed MAT-file")
	// ErrUnsupported: the file is well formed, but holds what no data set here has; version 7.3 files are HDF5.
	ErrUnsupported = errors.New("unsupported MAT-file")
	// ErrLimit: the file is larger, or unpacks to more, than is read.
	ErrLimit = errors.New("MAT-file too large")
)
