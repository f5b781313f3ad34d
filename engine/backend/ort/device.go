package ort

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// ErrNoDevice means that the wanted device is not there, or that something it needs is missing. The message names it, and the
// command that mends it.
var ErrNoDevice = errors.New("device is not available")

// Kind is where a model runs.
type Kind string

// The kinds of device.
const (
	Auto     Kind = "auto"     // a GPU when everything it needs is there, else the CPU
	CPU      Kind = "cpu"      // ONNX Runtime's own kernels
	CUDA     Kind = "cuda"     // an NVIDIA GPU
	TensorRT Kind = "tensorrt" // an NVIDIA GPU through TensorRT
	OpenVINO Kind = "openvino" // Intel's runtime
)

// Device is one place to run.
type Device struct {
	Kind  Kind
	Index int // of the GPU
}

// ParseDevice reads cpu, cuda:N, tensorrt:N, openvino or auto; "" is auto and a missing :N is 0. The error wraps ErrNoDevice.
func ParseDevice(name string) (Device, error) {
	kind, index, hasIndex := strings.Cut(name, ":")
	d := Device{Kind: Kind(kind)}
	switch d.Kind {
	case "":
		d.Kind = Auto
	case Auto, CPU, OpenVINO:
	case CUDA, TensorRT:
		if hasIndex {
			n, err := strconv.ParseUint(index, 10, 8)
			if err != nil {
				return Device{}, fmt.Errorf("%w: %q: %q is no number of a GPU; use %s:0", ErrNoDevice, name, index, kind)
			}
			d.Index = int(n)
		}
		return d, nil
	default:
		return Device{}, fmt.Errorf("%w: %q: use cpu, cuda:N, tensorrt:N, openvino or auto", ErrNoDevice, name)
	}
	if hasIndex {
		return Device{}, fmt.Errorf("%w: %q: only cuda and tensorrt have a number", ErrNoDevice, name)
	}
	return d, nil
}

// GPU says whether the device is an NVIDIA GPU.
func (d Device) GPU() bool { return d.Kind == CUDA || d.Kind == TensorRT }

func (d Device) String() string {
	if d.GPU() {
		return fmt.Sprintf("%s:%d", d.Kind, d.Index)
	}
	return string(d.Kind)
}
