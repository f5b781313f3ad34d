package ort

import (
	"errors"
	"fmt"

	onnxruntime "github.com/yalue/onnxruntime_go"

	"github.com/videogem/videogem/engine/backend"
)

// Session is a graph ready to run. Run may be called from several goroutines; Close waits for nobody.
type Session struct {
	session *onnxruntime.DynamicAdvancedSession
	inputs  []string
	outputs []string
}

// Run computes the outputs for inputs in the order of its graph. The tensors that come back are the caller's.
func (s *Session) Run(inputs ...backend.Tensor) (outputs []backend.Tensor, err error) {
	if len(inputs) != len(s.inputs) {
		return nil, fmt.Errorf("run model: %d inputs, wanted %d", len(inputs), len(s.inputs))
	}
	in := make([]onnxruntime.Value, len(inputs))
	out := make([]onnxruntime.Value, len(s.outputs))
	defer func() {
		for _, v := range append(in, out...) {
			if v != nil {
				err = errors.Join(err, v.Destroy())
			}
		}
	}()
	for i, t := range inputs {
		if in[i], err = value(t); err != nil {
			return nil, fmt.Errorf("run model: input %s: %w", s.inputs[i], err)
		}
	}
	if err := s.session.Run(in, out); err != nil {
		return nil, fmt.Errorf("run model: %w", err)
	}
	for i, v := range out {
		f, ok := v.(*onnxruntime.Tensor[float32])
		if !ok {
			return nil, fmt.Errorf("run model: output %s is a %T, wanted float32", s.outputs[i], v)
		}
		t := backend.Tensor{Data: append([]float32(nil), f.GetData()...)}
		for _, d := range f.GetShape() {
			t.Shape = append(t.Shape, int(d))
		}
		outputs = append(outputs, t)
	}
	return outputs, nil
}

// Close frees the graph. No Run may be going on.
func (s *Session) Close() error {
	defer trim()
	return s.session.Destroy()
}

// value makes a tensor ONNX Runtime's own.
func value(t backend.Tensor) (onnxruntime.Value, error) {
	shape := make(onnxruntime.Shape, len(t.Shape))
	for i, d := range t.Shape {
		shape[i] = int64(d)
	}
	switch data := t.Data.(type) {
	case []float32:
		return onnxruntime.NewTensor(shape, data)
	case []int64:
		return onnxruntime.NewTensor(shape, data)
	case []uint8:
		return onnxruntime.NewTensor(shape, data)
	default:
		return nil, fmt.Errorf("no tensor of %T", t.Data)
	}
}
