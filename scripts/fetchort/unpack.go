package main

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
)

// unpack takes the library and its licences out of the wheel into dir, which appears in one step and only when all is right.
func unpack(wheel string, rel release, dir string) (err error) {
	archive, err := zip.OpenReader(wheel)
	if err != nil {
		return err
	}
	defer archive.Close()
	tmp, err := os.MkdirTemp(filepath.Dir(dir), "."+rel.Version+"-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }() // nothing is left of it after the rename
	for _, name := range slices.Concat([]string{rel.Library}, rel.Providers, rel.Licences) {
		if err := extract(archive, name, filepath.Join(tmp, path.Base(name))); err != nil {
			return err
		}
	}
	if err := checkSHA256(filepath.Join(tmp, rel.libraryName()), rel.LibrarySHA256); err != nil {
		return fmt.Errorf("%s: %w", rel.Library, err)
	}
	if err := os.Chmod(tmp, 0o755); err != nil {
		return err
	}
	if err := os.RemoveAll(dir); err != nil { // a damaged one
		return err
	}
	return os.Rename(tmp, dir)
}

// extract writes one member of the archive to a file.
func extract(archive *zip.ReadCloser, name, dst string) (err error) {
	src, err := archive.Open(name)
	if err != nil {
		return err
	}
	defer src.Close()
	file, err := os.OpenFile(dst, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	_, err = io.Copy(file, src)
	return err
}
