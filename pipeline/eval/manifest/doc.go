// Package manifest is the file between the data sets and the evaluation: a text file of JSON lines, the first a [Header], every
// other a [Sample]. It says for each sample what is asked (prompts), what is seen (media) and where the answer lies (boxes), with
// every rule of the data set already applied, so that whoever runs a model knows nothing of data sets.
package manifest

import "errors"

// Format is the header's first field; another number means that readers of this one would misread the file.
const Format = "videogem-eval-1"

var (
	// ErrMalformed: the file is no manifest, or breaks its rules; the error names the line.
	ErrMalformed = errors.New("malformed manifest")
	// ErrVersion: the file is a manifest of another version of this program; prepare the data set again.
	ErrVersion = errors.New("manifest of another version")
)
