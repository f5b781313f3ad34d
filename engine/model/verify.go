package model

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// ErrDamaged means that a file of a pulled model is not what was pulled.
var ErrDamaged = errors.New("file is damaged")

// ErrNothingToVerify means that a model's manifest lists no files with their hashes.
var ErrNothingToVerify = errors.New("nothing to verify")

// Verify compares the files of a pulled model, or of a folder whose model.json lists files, with their sizes and hashes; each is
// called after every file with nil or an error that wraps ErrDamaged. The error wraps ErrUnknown, ErrNothingToVerify or ErrDamaged.
func Verify(ctx context.Context, name string, each func(File, error)) error {
	if name == Demo {
		return fmt.Errorf("%w: %s is part of the program", ErrNothingToVerify, Demo)
	}
	dir, ok := pulled(name)
	if !ok {
		if info, err := os.Stat(name); err != nil || !info.IsDir() {
			return unknown(name)
		}
		dir = name
	}
	m, _, err := readManifest(dir)
	if err != nil {
		return err
	}
	if len(m.Files) == 0 {
		return fmt.Errorf("%w: %s lists no files with sha256", ErrNothingToVerify, filepath.Join(dir, manifestFile))
	}
	damaged := 0
	for _, f := range m.Files {
		err := verifyFile(ctx, dir, f)
		if ctx.Err() != nil {
			return fmt.Errorf("verify model %s: %w", name, ctx.Err())
		}
		if err != nil {
			damaged++
		}
		each(f, err)
	}
	if damaged > 0 {
		return fmt.Errorf("%w: %d of %d files of model %s; remove the model and pull it again", ErrDamaged, damaged, len(m.Files), name)
	}
	return nil
}

func verifyFile(ctx context.Context, dir string, want File) error {
	f, err := os.Open(filepath.Join(dir, want.Path))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, readerFunc(func(p []byte) (int, error) {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		return f.Read(p)
	}))
	switch sum := hex.EncodeToString(h.Sum(nil)); {
	case err != nil:
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	case n != want.Size:
		return fmt.Errorf("%w: it has %d bytes, wanted %d", ErrDamaged, n, want.Size)
	case sum != want.SHA256:
		return fmt.Errorf("%w: sha256 %s, wanted %s", ErrDamaged, sum, want.SHA256)
	default:
		return nil
	}
}

type readerFunc func([]byte) (int, error)

// Read calls f.
func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
