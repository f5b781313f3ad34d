package ort

import (
	"errors"
	"fmt"

	onnxruntime "github.com/yalue/onnxruntime_go"
)

// Session is a model ready to run. Run may be called from several goroutines; Close waits for nobody.
type Session struct {
	session *onnxruntime.DynamicAdvancedSession
	inputs  []string
	outputs []string
}

// Options configure a session.
type Options struct {
	Library string // path of ONNX Runtime's library; "" looks for it
	Threads int    // threads of one operator; 0 lets ONNX Runtime choose
	Device  Device // as Choose gave it; the zero value is the CPU
	Half    bool   // the model has half-float products, which TensorRT must be allowed
}

// Tensor is a dense tensor: Data is []float32, []int64 or []uint8.
type Tensor struct {
	Shape []int
	Data  any
}

// NewSession loads a model. inputs and outputs name those that Run takes and gives, in order.
func NewSession(model []byte, inputs, outputs []string, o Options) (*Session, error) {
	return newSession(inputs, outputs, o, func(so *onnxruntime.SessionOptions) (*onnxruntime.DynamicAdvancedSession, error) {
		return onnxruntime.NewDynamicAdvancedSessionWithONNXData(model, inputs, outputs, so)
	})
}

// NewSessionFromFile loads a model from a file. Weights in a file beside it are mapped into memory, not read.
func NewSessionFromFile(path string, inputs, outputs []string, o Options) (*Session, error) {
	return newSession(inputs, outputs, o, func(so *onnxruntime.SessionOptions) (*onnxruntime.DynamicAdvancedSession, error) {
		return onnxruntime.NewDynamicAdvancedSession(path, inputs, outputs, so)
	})
}

func newSession(inputs, outputs []string, o Options,
	load func(*onnxruntime.SessionOptions) (*onnxruntime.DynamicAdvancedSession, error),
) (*Session, error) {
	if err := loadLibrary(o.Library); err != nil {
		return nil, err
	}
	so, err := onnxruntime.NewSessionOptions()
	if err != nil {
		return nil, fmt.Errorf("session options: %w", err)
	}
	if err := o.set(so); err != nil {
		return nil, errors.Join(err, so.Destroy())
	}
	s, err := load(so)
	if err := errors.Join(err, so.Destroy()); err != nil {
		return nil, fmt.Errorf("load model into ONNX Runtime: %w", err)
	}
	return &Session{session: s, inputs: inputs, outputs: outputs}, nil
}

// Run computes the outputs for inputs in the order given to NewSession. The tensors that come back are the caller's.
func (s *Session) Run(inputs ...Tensor) (outputs []Tensor, err error) {
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
		if in[i], err = t.value(); err != nil {
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
		t := Tensor{Data: append([]float32(nil), f.GetData()...)}
		for _, d := range f.GetShape() {
			t.Shape = append(t.Shape, int(d))
		}
		outputs = append(outputs, t)
	}
	return outputs, nil
}

// Close frees the model. No Run may be going on.
func (s *Session) Close() error { return s.session.Destroy() }

// Float32 is the data of an output.
func (t Tensor) Float32() []float32 {
	f, _ := t.Data.([]float32)
	return f
}

func (t Tensor) value() (onnxruntime.Value, error) {
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
