package onnx

import (
	"fmt"
	"io"
)

// External takes the large weights out of a model's bytes: they go to a file beside the model, which ONNX Runtime maps into
// memory instead of copying. A model is built so with the memory of one tensor.
type External struct {
	File string // the weights' file, in the model's folder
	W    io.Writer
	size int64
}

// Weights of this size and more go out, each at a page's start as ONNX Runtime maps it.
const (
	externalSize  = 4096
	externalAlign = 4096
)

// begin makes W ready for a tensor and gives the place where it starts.
func (e *External) begin() (offset int64, err error) {
	if rest := e.size % externalAlign; rest != 0 {
		if err := e.write(make([]byte, externalAlign-rest)); err != nil {
			return 0, err
		}
	}
	return e.size, nil
}

func (e *External) write(b []byte) error {
	n, err := e.W.Write(b)
	e.size += int64(n)
	if err != nil {
		return fmt.Errorf("write weights: %w", err)
	}
	return nil
}
