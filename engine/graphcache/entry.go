package graphcache

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// fill writes an entry's files into a folder.
func fill(dir string, build func(weights *os.File) ([]byte, error)) error {
	weights, err := os.OpenFile(filepath.Join(dir, WeightsFile), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("graph cache: %w", err)
	}
	model, err := build(weights)
	if err := errors.Join(err, weights.Close()); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, ModelFile), model, 0o600); err != nil {
		return fmt.Errorf("graph cache: %w", err)
	}
	sum, err := sums(dir)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, sumFile), []byte(sum), 0o600); err != nil {
		return fmt.Errorf("graph cache: %w", err)
	}
	return nil
}

// errBroken says that an entry is not what was written.
var errBroken = errors.New("broken entry")

// check compares an entry with its sums.
func check(dir string) error {
	want, err := os.ReadFile(filepath.Join(dir, sumFile))
	if err != nil {
		return fmt.Errorf("graph cache: %w", err)
	}
	got, err := sums(dir)
	if err != nil {
		return err
	}
	if got != string(want) {
		return fmt.Errorf("graph cache: %s: %w", dir, errBroken)
	}
	return nil
}

// sums reads an entry's files once: a weight that changed on the disk would not be noticed anywhere else. CRC-32C has an
// instruction of its own on today's processors.
func sums(dir string) (string, error) {
	var out strings.Builder
	for _, name := range []string{ModelFile, WeightsFile} {
		f, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			return "", fmt.Errorf("graph cache: %w", err)
		}
		h := crc32.New(crc32.MakeTable(crc32.Castagnoli))
		n, err := io.CopyBuffer(h, struct{ io.Reader }{f}, make([]byte, 1<<20))
		if err := errors.Join(err, f.Close()); err != nil {
			return "", fmt.Errorf("graph cache: %w", err)
		}
		fmt.Fprintf(&out, "%s %d %08x\n", name, n, h.Sum32())
	}
	return out.String(), nil
}
