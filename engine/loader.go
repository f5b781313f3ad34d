package engine

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime/debug"

	"github.com/videogem/videogem/engine/backend/graphs"
	"github.com/videogem/videogem/engine/backend/ort"
	"github.com/videogem/videogem/engine/model"
	"github.com/videogem/videogem/engine/onnx"
)

// loader opens a model's towers: from the graph cache, or built from the checkpoint into it.
type loader struct {
	model     *model.Model
	options   ort.Options
	precision onnx.Precision
	cache     graphs.Cache
	identity  string // of the checkpoint; "" for the embedded model, which is built in memory
	log       *slog.Logger
}

func newLoader(m *model.Model, o Options) (*loader, error) {
	wanted, err := ort.ParseDevice(o.Device)
	if err != nil {
		return nil, err
	}
	device, library, err := ort.Choose(wanted, o.Library, o.Logger)
	if err != nil {
		return nil, err
	}
	if o.Precision == "" {
		o.Precision = defaultPrecision(device)
	}
	precision, err := onnx.ParsePrecision(o.Precision)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPrecision, err)
	}
	if precision == onnx.INT8 && device.GPU() {
		return nil, fmt.Errorf("%w: int8 is for CPUs; use fp16 on %s, or the device cpu", ErrPrecision, device)
	}
	l := &loader{
		model: m, precision: precision, identity: m.Weights.Identity(), log: o.Logger,
		options: ort.Options{Library: library, Threads: o.Threads, Device: device, Half: precision == onnx.FP16},
	}
	if l.cache, err = graphs.Default(); o.Cache != "" {
		l.cache.Dir = o.Cache
	} else if err != nil {
		l.identity = ""
		o.Logger.Warn("built models are not kept", "error", err)
	}
	return l, nil
}

// defaultPrecision is what a device is best at: half floats on a GPU. On a CPU they save memory but no time, so there it is fp32.
func defaultPrecision(d ort.Device) string {
	if d.GPU() {
		return string(onnx.FP16)
	}
	return string(onnx.FP32)
}

// towerFile is what there is to know of one tower to open it.
type towerFile struct {
	name            string
	config          string // all that the graph depends on beside the weights
	inputs, outputs []string
	build           func(*onnx.External) ([]byte, error)
}

// half says whether products are half-float ones: where the device has them.
func (l *loader) half() bool { return l.precision == onnx.FP16 && l.options.Device.GPU() }

func (l *loader) image(c onnx.ImageConfig) (*ort.Session, error) {
	c.Precision, c.HalfProducts = l.precision, l.half()
	clip := onnx.InputFrames
	if c.Float {
		clip = onnx.InputPixels
	}
	return l.open(towerFile{
		name: "image", config: fmt.Sprintf("%+v", c),
		inputs:  []string{clip, onnx.InputText, onnx.InputBase, onnx.InputAlpha, onnx.InputWanted},
		outputs: []string{onnx.OutputHeat, onnx.OutputScore, onnx.OutputWeight, onnx.OutputEmbed},
		build:   func(e *onnx.External) ([]byte, error) { return onnx.Image(l.model.Weights, c, e) },
	})
}

func (l *loader) text(c onnx.TextConfig) (*ort.Session, error) {
	c.Precision, c.HalfProducts = l.precision, l.half()
	return l.open(towerFile{
		name: "text", config: fmt.Sprintf("%+v", c),
		inputs: []string{onnx.InputTokens}, outputs: []string{onnx.OutputText},
		build: func(e *onnx.External) ([]byte, error) { return onnx.Text(l.model.Weights, c, e) },
	})
}

// open gives a tower's session. A cache that cannot be used costs memory and time, not the model.
func (l *loader) open(t towerFile) (*ort.Session, error) {
	if l.identity == "" {
		return l.inMemory(t)
	}
	key := graphs.Key(l.identity, t.name, t.config, ort.Version, onnx.Version())
	if path, ok := l.cache.Find(key); ok {
		s, err := ort.NewSessionFromFile(path, t.inputs, t.outputs, l.options)
		if err == nil || ort.Unavailable(err) {
			return s, err
		}
		l.log.Warn("a kept model does not load and is built again", "tower", t.name, "error", err)
		if err := l.cache.Drop(key); err != nil {
			return nil, err
		}
	}
	var failed error // what is wrong with the model itself
	path, err := l.cache.Build(key, func(weights *os.File) (graph []byte, err error) {
		graph, failed = t.build(&onnx.External{File: graphs.WeightsFile, W: weights})
		return graph, failed
	})
	switch {
	case errors.Is(failed, onnx.ErrTensor), errors.Is(failed, onnx.ErrConfig):
		return nil, failed
	case path == "":
		l.log.Warn("the built model cannot be kept", "tower", t.name, "error", err)
		return l.inMemory(t)
	case err != nil:
		l.log.Warn("old models cannot be removed", "error", err)
	}
	debug.FreeOSMemory() // what the build held, before ONNX Runtime takes memory of its own
	return ort.NewSessionFromFile(path, t.inputs, t.outputs, l.options)
}

func (l *loader) inMemory(t towerFile) (*ort.Session, error) {
	graph, err := t.build(nil)
	if err != nil {
		return nil, err
	}
	return ort.NewSession(graph, t.inputs, t.outputs, l.options)
}
