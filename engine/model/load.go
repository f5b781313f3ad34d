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

// manifestFile is the name of a model folder's manifest.
const manifestFile = "model.json"

//go:embed demo/model.json demo/model.safetensors.gz
var demoFiles embed.FS

// Model is a manifest with its weights. Close it when the towers are built.
type Model struct {
	Manifest   Manifest
	Weights    *onnx.Weights
	Sizes      onnx.Sizes
	Parameters onnx.Parameters
	Path       string // the checkpoint; "" for the demo model, which is in the program
	checkpoint *checkpoint.Checkpoint
}

// Load finds a model: "demo"; a name under which a model was pulled; a folder with a checkpoint and, if need be, a model.json; or a
// checkpoint file. Whatever stands beside the checkpoint is read (Hugging Face's and OpenCLIP's configuration, model.json above all).
// Errors wrap ErrUnknown, ErrManifest, ErrConfig or onnx.ErrTensor, or are those of reading the checkpoint.
func Load(name string) (*Model, error) {
	if name == Demo {
		return loadDemo()
	}
	if dir, ok := pulled(name); ok {
		return loadFolder(dir)
	}
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, unknown(name)
	case err != nil:
		return nil, fmt.Errorf("model %s: %w", name, err)
	case info.IsDir():
		return loadFolder(name)
	default:
		return loadFile(name)
	}
}

func loadFolder(dir string) (*Model, error) {
	m, _, err := readManifest(dir)
	if err != nil {
		return nil, err
	}
	setDefault(&m.Name, filepath.Base(dir))
	path := m.Checkpoint
	switch {
	case path == "":
		names, err := fileNames(dir)
		if err != nil {
			return nil, fmt.Errorf("model %s: %w", dir, err)
		}
		files, err := chooseWeights(names)
		if err != nil {
			return nil, fmt.Errorf("model %s: %w", dir, err)
		}
		path = filepath.Join(dir, files[0])
	case !filepath.IsAbs(path):
		path = filepath.Join(dir, path)
	}
	return open(path, m)
}

// loadFile opens a checkpoint by its own name. A model.json beside it counts when it is about this file.
func loadFile(path string) (*Model, error) {
	m, found, err := readManifest(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	if !found || m.Checkpoint != "" && m.Checkpoint != filepath.Base(path) {
		m = Manifest{}
	}
	setDefault(&m.Name, filepath.Base(path))
	return open(path, m)
}

func readManifest(dir string) (m Manifest, found bool, err error) {
	path := filepath.Join(dir, manifestFile)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return m, false, nil
	}
	if err != nil {
		return m, false, fmt.Errorf("model %s: %w", dir, err)
	}
	if m, err = ParseManifest(data); err != nil {
		return m, false, fmt.Errorf("%s: %w", path, err)
	}
	return m, true, nil
}

func open(path string, m Manifest) (*Model, error) {
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
	return build("", c, m)
}

// build checks the whole checkpoint and completes the manifest; path is "" for the demo model.
func build(path string, c *checkpoint.Checkpoint, m Manifest) (*Model, error) {
	model := &Model{Path: path, checkpoint: c}
	err := model.inspect()
	var b beside
	if err == nil && path != "" {
		b, err = readBeside(filepath.Dir(path), model.Weights.Layout, model.Sizes)
	}
	if err == nil {
		err = m.complete(model.Weights.Layout, model.Sizes, b)
	}
	if err != nil {
		setDefault(&path, Demo)
		return nil, errors.Join(fmt.Errorf("model %s: %w", path, err), c.Close())
	}
	model.Manifest = m
	return model, nil
}

// inspect reads off the checkpoint what it is.
func (m *Model) inspect() error {
	var err error
	if m.Weights, err = onnx.NewWeights(m.checkpoint); err != nil {
		return err
	}
	if m.Parameters, err = m.Weights.Inventory(); err != nil {
		return err
	}
	m.Sizes, err = m.Weights.Sizes()
	return err
}

// Close unmaps the checkpoint.
func (m *Model) Close() error { return m.checkpoint.Close() }
