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
	Path       string   // the checkpoint; "" for the demo model, which is in the program
	Assumed    []string // what no file says and other values of which give other scores: in words for people, with what to write to say it
	Notes      []string // what people may want to know of how the model was opened
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
	model := &Model{Manifest: m, Path: path, checkpoint: c}
	if err := model.complete(); err != nil {
		setDefault(&path, Demo)
		return nil, errors.Join(fmt.Errorf("model %s: %w", path, err), c.Close())
	}
	return model, nil
}

// complete looks at the checkpoint and at what stands beside it.
func (m *Model) complete() error {
	outside, err := unwrap(m.checkpoint)
	if err != nil {
		return err
	}
	if err := m.inspect(); err != nil {
		return err
	}
	var b beside
	if m.Path != "" {
		name := m.Manifest.Name
		if m.Manifest.Source != "" {
			name = m.Manifest.Source
		}
		if b, err = readBeside(filepath.Dir(m.Path), name, m.Weights.Layout, m.Sizes); err != nil {
			return err
		}
	}
	sized := m.Manifest.ImageSize != [2]int{}
	assumed, err := m.Manifest.complete(m.Weights.Layout, m.Sizes, b)
	if err != nil {
		return err
	}
	if published(m.Weights.Layout, m.Sizes, m.checkpoint.Has) {
		assumed = nil
	}
	for _, text := range []string{sayAssumed(m.Path, assumed), b.byName, sayOutside(outside)} {
		if text != "" {
			m.Assumed = append(m.Assumed, text)
		}
	}
	if side := m.Sizes.Grid * m.Sizes.Patch; !sized && m.Manifest.ImageSize != [2]int{side, side} {
		m.Notes = append(m.Notes, fmt.Sprintf("pictures are %dx%d, as the method's authors give them to CLIP; it was trained on %dx%d, which is faster and coarser: "+
			"\"image_size\": [%d, %d] in %s takes that", m.Manifest.ImageSize[0], m.Manifest.ImageSize[1], side, side, side, side, manifestFile))
	}
	return nil
}

// inspect reads off the checkpoint what it is. Another kind of model is told by the configuration beside it, if there is one.
func (m *Model) inspect() error {
	var dir string
	if m.Path != "" {
		dir = filepath.Dir(m.Path)
	}
	var layout onnx.Layout
	weights, unknownLayout := onnx.NewWeights(m.checkpoint)
	if unknownLayout == nil {
		m.Weights, layout = weights, weights.Layout
	}
	if err := checkKind(dir, layout, m.checkpoint); err != nil {
		return err
	}
	if unknownLayout != nil {
		return unknownLayout
	}
	var err error
	if m.Parameters, err = m.Weights.Inventory(); err != nil {
		return err
	}
	m.Sizes, err = m.Weights.Sizes()
	return err
}

// Close unmaps the checkpoint.
func (m *Model) Close() error { return m.checkpoint.Close() }
