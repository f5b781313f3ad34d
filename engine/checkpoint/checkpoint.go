// Package checkpoint reads model weights from the files they are published in: safetensors (one file or shards with an index)
// and PyTorch zip archives (state dicts, nested checkpoints and TorchScript archives). Files are memory-mapped and nothing
// in them is executed: a pickle may only name what a state dict needs.
package checkpoint

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// Checkpoint is a set of named tensors. Its methods but Close may be called from several goroutines.
type Checkpoint struct {
	tensors  map[string]*Tensor
	mappings [][]byte
	modified []int64 // times of the mapped files
}

// Open reads a checkpoint: a safetensors file, its index.json, a PyTorch .pth/.pt/.bin zip archive, or a folder that holds
// one of these. The format is told from the content, not from the name. Only headers are read here.
// Errors wrap ErrFormat, ErrMalformed, ErrUnsupported or ErrRefusedClass, or are the file system's.
func Open(path string) (*Checkpoint, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("open checkpoint: %w", err)
	}
	if info.IsDir() {
		if path, err = findInFolder(path); err != nil {
			return nil, err
		}
	}
	if strings.HasSuffix(path, ".index.json") {
		return openShards(path)
	}
	return openFile(path)
}

// FromBytes reads a checkpoint that is in memory; name is only for messages. The tensors are views into data.
func FromBytes(name string, data []byte) (*Checkpoint, error) {
	tensors, err := parse(data)
	if err != nil {
		return nil, fmt.Errorf("checkpoint %s: %w", name, err)
	}
	return &Checkpoint{tensors: tensors}, nil
}

func openFile(path string) (*Checkpoint, error) {
	data, modified, err := mapFile(path)
	if err != nil {
		return nil, err
	}
	c, err := FromBytes(path, data)
	if err != nil {
		return nil, errors.Join(err, unix.Munmap(data))
	}
	c.mappings, c.modified = [][]byte{data}, []int64{modified}
	return c, nil
}

func parse(data []byte) (map[string]*Tensor, error) {
	switch {
	case bytes.HasPrefix(data, []byte("PK")):
		return parseTorch(data)
	case len(data) > 8 && data[8] == '{':
		return parseSafetensors(data)
	case len(data) > 1 && data[0] == opProto && data[1] <= newestProtocol:
		// A bare pickle: PyTorch's form before 1.6, or an attack. Name what it wants, then decline it.
		if err := scanPickle(bytes.Clone(data[:min(len(data), maxPickle)])); errors.Is(err, ErrRefusedClass) {
			return nil, err
		}
		return nil, fmt.Errorf("%w: a bare pickle, PyTorch's form before 1.6; load it with a newer PyTorch and save it again", ErrUnsupported)
	default:
		return nil, ErrFormat
	}
}

// findInFolder picks the weights of a model folder: an index of shards before a single file, safetensors before a pickle.
func findInFolder(folder string) (string, error) {
	for _, pattern := range []string{"*.safetensors.index.json", "*.safetensors", "*.pt", "*.pth", "*.bin"} {
		found, err := filepath.Glob(filepath.Join(escapeGlob(folder), pattern))
		switch {
		case err != nil:
			return "", fmt.Errorf("look into %s: %w", folder, err)
		case len(found) > 1:
			return "", fmt.Errorf("folder %s holds %d files %s: %w; name the one to use", folder, len(found), pattern, ErrFormat)
		case len(found) == 1:
			return found[0], nil
		}
	}
	return "", fmt.Errorf("folder %s holds no .safetensors, .pt, .pth or .bin file: %w", folder, ErrFormat)
}

func escapeGlob(s string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(s)
}

// Names lists all tensors, sorted.
func (c *Checkpoint) Names() []string {
	names := make([]string, 0, len(c.tensors))
	for name := range c.tensors {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Has says whether there is a tensor of that name.
func (c *Checkpoint) Has(name string) bool { return c.tensors[name] != nil }

// Tensor gives a tensor by name; the error wraps ErrNoTensor.
func (c *Checkpoint) Tensor(name string) (*Tensor, error) {
	t := c.tensors[name]
	if t == nil {
		return nil, fmt.Errorf("%w: %q", ErrNoTensor, name)
	}
	return t, nil
}

// Rename gives every tensor the name that name makes of its own; one whose name becomes "" is left out. Two that would get the same name are
// an error that wraps ErrMalformed, and leave all as it was.
func (c *Checkpoint) Rename(name func(string) string) error {
	renamed := make(map[string]*Tensor, len(c.tensors))
	for _, old := range c.Names() {
		now := name(old)
		if now == "" {
			continue
		}
		if other := renamed[now]; other != nil {
			return fmt.Errorf("%w: tensor %q comes twice, once more as %q", ErrMalformed, now, old)
		}
		t := *c.tensors[old]
		t.Name = now
		renamed[now] = &t
	}
	c.tensors = renamed
	return nil
}

// Close unmaps the files. Tensors and their Bytes must not be used after it.
func (c *Checkpoint) Close() error {
	var errs []error
	for _, m := range c.mappings {
		errs = append(errs, unix.Munmap(m))
	}
	c.mappings, c.tensors = nil, nil
	return errors.Join(errs...)
}
