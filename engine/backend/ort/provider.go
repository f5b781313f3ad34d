package ort

import (
	"errors"
	"fmt"
	"strconv"

	onnxruntime "github.com/yalue/onnxruntime_go"
)

// set turns a backend's options into ONNX Runtime's. half says that the graph has half-float products, which TensorRT must be allowed.
func (b *Backend) set(so *onnxruntime.SessionOptions, half bool) error {
	err := errors.Join(
		so.SetIntraOpNumThreads(b.threads),
		// Idle threads sleep: the cores have video to decode and to encode meanwhile.
		so.AddSessionConfigEntry("session.intra_op.allow_spinning", "0"),
	)
	if !b.device.GPU() {
		// On a CPU the graphs are as they should be already: rewriting them gains nothing that can be measured, folds half-float
		// weights into float32 ones, and costs time at every start. Weights packed for the kernels would be a second copy.
		err = errors.Join(err,
			so.SetGraphOptimizationLevel(onnxruntime.GraphOptimizationLevelDisableAll),
			so.AddSessionConfigEntry("session.disable_prepacking", "1"),
		)
	}
	if err != nil {
		return fmt.Errorf("session options: %w", err)
	}
	if err := b.device.provide(so, half); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrNoDevice, b.device, err)
	}
	return nil
}

// provide adds the device's execution provider. What it cannot run stays on the CPU.
func (d Device) provide(so *onnxruntime.SessionOptions, half bool) error {
	switch d.Kind {
	case CUDA:
		return d.cuda(so)
	case TensorRT:
		p, err := onnxruntime.NewTensorRTProviderOptions()
		if err != nil {
			return err
		}
		err = errors.Join(
			p.Update(map[string]string{"device_id": strconv.Itoa(d.Index), "trt_fp16_enable": flag(half)}),
			so.AppendExecutionProviderTensorRT(p),
		)
		if err := errors.Join(err, p.Destroy()); err != nil {
			return err
		}
		return d.cuda(so) // for what TensorRT does not know
	case OpenVINO:
		if err := so.AppendExecutionProviderOpenVINO(nil); err != nil {
			return fmt.Errorf("%w; this library has no OpenVINO, and no published one that is new enough has it: use the device cpu, "+
				"or set %s to a library %s or newer that was built with OpenVINO", err, EnvLibrary, Oldest)
		}
	}
	return nil
}

func (d Device) cuda(so *onnxruntime.SessionOptions) error {
	p, err := onnxruntime.NewCUDAProviderOptions()
	if err != nil {
		return fmt.Errorf("%w; `make ort-cuda` installs the library that has it", err)
	}
	// TensorFloat-32 has the mantissa of half floats: float32 would be that in name only.
	err = errors.Join(p.Update(map[string]string{"device_id": strconv.Itoa(d.Index), "use_tf32": "0"}), so.AppendExecutionProviderCUDA(p))
	return errors.Join(err, p.Destroy())
}

// Unavailable says whether an error is about the library or the device and not about the model.
func Unavailable(err error) bool {
	for _, target := range []error{ErrNoLibrary, ErrOldLibrary, ErrLibrary, ErrNoDevice} {
		if errors.Is(err, target) {
			return true
		}
	}
	return false
}

func flag(b bool) string {
	if b {
		return "1"
	}
	return "0"
}
