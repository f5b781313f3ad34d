package model

import (
	"bytes"
	"compress/gzip"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/videogem/videogem/engine/checkpoint"
	"github.com/videogem/videogem/engine/onnx"
)

// ErrUnknown means that a model is neither a known name nor a folder nor a file.
var ErrUnknown = errors.New("unknown model")

// Demo is the name of the embedded demo model.
const Demo = "demo"

//go:embed demo/model.json demo/model.safetensors.gz
var demoFiles embed.FS

// Model is a manifest with its weights. Close it when the towers are built.
type Model struct {
	Manifest   Manifest
	Weights    *onnx.Weights
	checkpoint *checkpoint.Checkpoint
}

// Load finds a model: "demo", a folder with a model.json, or a checkpoint file. Errors wrap ErrUnknown or ErrManifest, or are
// those of reading the checkpoint.
func Load(name string) (*Model, error) {
	if name == Demo {
		return loadDemo()
	}
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%w %q: use %q, a folder with a model.json, or a checkpoint file", ErrUnknown, name, Demo)
	case err != nil:
		return nil, fmt.Errorf("model %s: %w", name, err)
	case info.IsDir():
		return loadFolder(name)
	default:
		return loadFile(name, Manifest{Name: filepath.Base(name)})
	}
}

func loadFolder(dir string) (*Model, error) {
	path := filepath.Join(dir, "model.json")
	data, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("model %s: %w", dir, err)
	}
	m := Manifest{Name: filepath.Base(dir)}
	if err == nil {
		if m, err = ParseManifest(data); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if m.Checkpoint != "" {
			dir = filepath.Join(dir, m.Checkpoint)
		}
	}
	return loadFile(dir, m)
}

func loadFile(path string, m Manifest) (*Model, error) {
	c, err := checkpoint.Open(path)
	if err != nil {
		return nil, fmt.Errorf("model %s: %w", path, err)
	}
	return build(path, c, m)
}

func loadDemo() (*Model, error) {
	manifest, err := demoFiles.ReadFile("demo/model.json")
	if err != nil {
		return nil, fmt.Errorf("demo model: %w", err)
	}
	m, err := ParseManifest(manifest)
	if err != nil {
		return nil, fmt.Errorf("demo model: %w", err)
	}
	packed, err := demoFiles.ReadFile("demo/model.safetensors.gz")
	if err != nil {
		return nil, fmt.Errorf("demo model: %w", err)
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("demo model: %w", err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		return nil, fmt.Errorf("demo model: %w", err)
	}
	c, err := checkpoint.FromBytes(Demo, data)
	if err != nil {
		return nil, err
	}
	return build(Demo, c, m)
}

func build(name string, c *checkpoint.Checkpoint, m Manifest) (*Model, error) {
	w, err := onnx.NewWeights(c)
	if err == nil {
		err = m.complete(w)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("model %s: %w", name, err), c.Close())
	}
	return &Model{Manifest: m, Weights: w, checkpoint: c}, nil
}

// Close unmaps the checkpoint.
func (m *Model) Close() error { return m.checkpoint.Close() }
