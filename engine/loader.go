package engine

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime/debug"

	"github.com/videogem/videogem/engine/backend"
	"github.com/videogem/videogem/engine/backend/ort"
	"github.com/videogem/videogem/engine/graphcache"
	"github.com/videogem/videogem/engine/model"
	"github.com/videogem/videogem/engine/onnx"
)

// loader opens a model's towers on a backend: from the graph cache, or built from the checkpoint into it.
type loader struct {
	towers
	backend  backend.Backend
	cache    graphcache.Cache
	identity string // of the checkpoint; "" for the embedded model, which is built in memory
	log      *slog.Logger
}

func newLoader(m *model.Model, o Options) (*loader, error) {
	b, err := openBackend(o)
	if err != nil {
		return nil, err
	}
	precision, err := choosePrecision(o.Precision, b)
	if err != nil {
		return nil, err
	}
	l := &loader{
		towers:  towers{model: m, precision: precision, half: precision == onnx.FP16 && b.GPU()},
		backend: b, identity: m.Weights.Identity(), log: o.Logger,
	}
	if l.cache, err = graphcache.Default(); o.Cache != "" {
		l.cache.Dir = o.Cache
	} else if err != nil {
		l.identity = ""
		o.Logger.Warn("built models are not kept", "error", err)
	}
	return l, nil
}

// openBackend finds the runtime of a device.
func openBackend(o Options) (backend.Backend, error) {
	device, err := ort.ParseDevice(o.Device)
	if err != nil {
		return nil, err
	}
	return ort.New(ort.Options{Library: o.Library, Threads: o.Threads, Device: device, Logger: o.Logger})
}

// choosePrecision reads a precision; "" is what the device is best at: half floats on a GPU. On a CPU they save memory but no time, so
// there it is fp32.
func choosePrecision(name string, b backend.Backend) (onnx.Precision, error) {
	if name == "" && b.GPU() {
		return onnx.FP16, nil
	}
	if name == "" {
		return onnx.FP32, nil
	}
	precision, err := onnx.ParsePrecision(name)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrPrecision, err)
	}
	if precision == onnx.INT8 && b.GPU() {
		return "", fmt.Errorf("%w: int8 is for CPUs; use fp16 on %s, or the device cpu", ErrPrecision, b.Device())
	}
	return precision, nil
}

// open gives a tower's session. A cache that cannot be used costs memory and time, not the model.
func (l *loader) open(t towerGraph) (backend.Session, error) {
	if l.identity == "" {
		return l.inMemory(t)
	}
	key := graphcache.Key(l.identity, t.name, t.config, l.backend.Name(), onnx.Version())
	if path, ok := l.cache.Find(key); ok {
		s, err := l.fromFile(t, path)
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
		graph, failed = t.build(&onnx.External{File: graphcache.WeightsFile, W: weights})
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
	debug.FreeOSMemory() // what the build held, before the runtime takes memory of its own
	return l.fromFile(t, path)
}

func (l *loader) fromFile(t towerGraph, path string) (backend.Session, error) {
	t.graph.File = path
	return l.backend.Load(t.graph)
}

func (l *loader) inMemory(t towerGraph) (backend.Session, error) {
	model, err := t.build(nil)
	if err != nil {
		return nil, err
	}
	t.graph.Model = model
	return l.backend.Load(t.graph)
}
