// Package graphcache keeps built models on disk, so that the next start maps a model instead of building it.
package graphcache

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// The files of an entry, a folder named after its key.
const (
	ModelFile   = "model.onnx"  // the graph
	WeightsFile = "weights.bin" // its large weights, as ONNX external data
	sumFile     = "sum"         // sizes and checksums of both; written last
)

// unfinished marks folders that a process is filling, or was when it died.
const unfinished = ".building-"

// Cache is a folder of built models. Several processes may use one.
type Cache struct {
	Dir   string
	Limit int64 // bytes that it may hold; the longest unused go first
}

// Default is the cache in the user's cache folder: 8 GiB, four large models in fp32.
func Default() (Cache, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return Cache{}, fmt.Errorf("graph cache: %w", err)
	}
	return Cache{Dir: filepath.Join(dir, "videogem", "graphs"), Limit: 8 << 30}, nil
}

// Key names an entry after everything that it was built from.
func Key(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// Find gives the path of the model under key, and whether it is there and whole: sizes and checksums are compared, so a file is
// read through.
func (c Cache) Find(key string) (path string, ok bool) {
	dir := filepath.Join(c.Dir, key)
	if err := check(dir); err != nil {
		return "", false
	}
	now := time.Now()
	_ = os.Chtimes(dir, now, now) // its last use; a folder that cannot be touched is only forgotten sooner
	return filepath.Join(dir, ModelFile), true
}

// Build fills the entry under key with build, which writes the weights to a file and returns the graph, and gives the model's
// path. The entry appears at once or not at all. Then the cache is brought back to its limit.
func (c Cache) Build(key string, build func(weights *os.File) (model []byte, err error)) (string, error) {
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return "", fmt.Errorf("graph cache: %w", err)
	}
	dir, err := os.MkdirTemp(c.Dir, unfinished)
	if err != nil {
		return "", fmt.Errorf("graph cache: %w", err)
	}
	if err := fill(dir, build); err != nil {
		return "", errors.Join(err, os.RemoveAll(dir))
	}
	path, err := c.place(dir, filepath.Join(c.Dir, key))
	if err != nil {
		return "", errors.Join(err, os.RemoveAll(dir))
	}
	return path, c.prune(key)
}

// place moves a finished entry to its name. What stands there is broken, or another process was faster: both are replaced, since
// a process that has the old one mapped keeps it.
func (c Cache) place(dir, target string) (string, error) {
	for range 3 {
		err := os.Rename(dir, target)
		if err == nil {
			return filepath.Join(target, ModelFile), nil
		}
		if !errors.Is(err, fs.ErrExist) {
			return "", fmt.Errorf("graph cache: %w", err)
		}
		if check(target) == nil {
			return filepath.Join(target, ModelFile), os.RemoveAll(dir)
		}
		if err := os.RemoveAll(target); err != nil {
			return "", fmt.Errorf("graph cache: replace a broken entry: %w", err)
		}
	}
	return "", fmt.Errorf("graph cache: %s keeps coming back", target)
}

// Drop removes the entry under key: what it holds does not load.
func (c Cache) Drop(key string) error {
	if err := os.RemoveAll(filepath.Join(c.Dir, key)); err != nil {
		return fmt.Errorf("graph cache: %w", err)
	}
	return nil
}

// entry is what prune knows of a folder in the cache.
type entry struct {
	path string
	used time.Time
	size int64
}

// prune removes the longest unused entries until the rest fits, and what died while it was built. It keeps key.
func (c Cache) prune(key string) error {
	folders, err := os.ReadDir(c.Dir)
	if err != nil {
		return fmt.Errorf("graph cache: %w", err)
	}
	var entries []entry
	var total int64
	for _, f := range folders {
		e, ok := look(filepath.Join(c.Dir, f.Name()))
		if !ok {
			continue // another process removed it
		}
		const longestBuild = time.Hour
		switch {
		case len(f.Name()) > len(unfinished) && f.Name()[:len(unfinished)] == unfinished:
			if time.Since(e.used) > longestBuild {
				err = errors.Join(err, os.RemoveAll(e.path))
			}
		case f.Name() == key:
			total += e.size
		default:
			total += e.size
			entries = append(entries, e)
		}
	}
	slices.SortFunc(entries, func(a, b entry) int { return a.used.Compare(b.used) })
	for _, e := range entries {
		if total <= c.Limit {
			break
		}
		err = errors.Join(err, os.RemoveAll(e.path))
		total -= e.size
	}
	if err != nil {
		return fmt.Errorf("graph cache: %w", err)
	}
	return nil
}

func look(path string) (entry, bool) {
	info, err := os.Stat(path)
	if err != nil {
		return entry{}, false
	}
	e := entry{path: path, used: info.ModTime()}
	for _, name := range []string{ModelFile, WeightsFile} {
		if f, err := os.Stat(filepath.Join(path, name)); err == nil {
			e.size += f.Size()
		}
	}
	return e, true
}
