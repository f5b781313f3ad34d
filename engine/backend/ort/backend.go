package ort

import (
	"errors"
	"fmt"
	"log/slog"

	onnxruntime "github.com/yalue/onnxruntime_go"

	"github.com/videogem/videogem/engine/backend"
)

// Options configure a backend.
type Options struct {
	Library string // path of ONNX Runtime's library; "" looks for it
	Threads int    // threads of one operator; 0 lets ONNX Runtime choose
	Device  Device // Auto takes what is there
	Logger  *slog.Logger
}

// Backend is ONNX Runtime on one device.
type Backend struct {
	library string
	threads int
	device  Device
}

// New chooses the device and finds the library for it; nothing is loaded yet. Errors wrap ErrNoDevice or ErrNoLibrary.
func New(o Options) (*Backend, error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	device, library, err := Choose(o.Device, o.Library, o.Logger)
	if err != nil {
		return nil, err
	}
	return &Backend{library: library, threads: o.Threads, device: device}, nil
}

// Name tells the version of ONNX Runtime.
func (b *Backend) Name() string { return "onnxruntime " + Version }

// Device is where graphs run.
func (b *Backend) Device() string { return b.device.String() }

// GPU says whether that is an NVIDIA GPU.
func (b *Backend) GPU() bool { return b.device.GPU() }

// Load makes a graph ready to run. Errors wrap ErrNoLibrary or ErrNoDevice, or are the graph's.
func (b *Backend) Load(g backend.Graph) (backend.Session, error) {
	if err := loadLibrary(b.library); err != nil {
		return nil, err
	}
	so, err := onnxruntime.NewSessionOptions()
	if err != nil {
		return nil, fmt.Errorf("session options: %w", err)
	}
	if err := b.set(so, g.Half); err != nil {
		return nil, errors.Join(err, so.Destroy())
	}
	s, err := load(g, so)
	if err := errors.Join(err, so.Destroy()); err != nil {
		return nil, fmt.Errorf("load model into ONNX Runtime: %w", err)
	}
	return &Session{session: s, inputs: g.Inputs, outputs: g.Outputs}, nil
}

func load(g backend.Graph, so *onnxruntime.SessionOptions) (*onnxruntime.DynamicAdvancedSession, error) {
	if g.File == "" {
		return onnxruntime.NewDynamicAdvancedSessionWithONNXData(g.Model, g.Inputs, g.Outputs, so)
	}
	return onnxruntime.NewDynamicAdvancedSession(g.File, g.Inputs, g.Outputs, so)
}
