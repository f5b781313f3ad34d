package ort

import (
	"debug/elf"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// loadingFailed tells a library that is missing from one that is too old and from one that is broken or another. onnxruntime_go says only in
// words what went wrong: its result 2 of setting the API base is a library that gave no API of the version asked for.
func loadingFailed(path string, err error) error {
	const remedy = "`make setup` installs " + Version + ", " + EnvLibrary + " names another (" + Oldest + " or newer)"
	_, missing := os.Stat(path)
	bare := !strings.Contains(path, "/") // then the loader has looked for it
	switch text := err.Error(); {
	case strings.Contains(text, "setting ORT API base: 2"):
		found := libraryVersion(path)
		if found == "" {
			found = "its version is not told"
		}
		return fmt.Errorf("%w: %s: %s, but %s or newer is needed; %s", ErrOldLibrary, path, found, Oldest, remedy)
	case !bare && missing != nil, bare && strings.Contains(text, path+": cannot open shared object file: No such file"):
		return fmt.Errorf("%w: %s: no such file; %s", ErrNoLibrary, path, remedy)
	default:
		return fmt.Errorf("%w: %s: %w; %s", ErrLibrary, path, err, remedy)
	}
}

// libraryVersion reads a library's version off the version that its symbols bear, VERS_1.31.0, or off its file's name; "" when neither tells.
func libraryVersion(path string) string {
	number := regexp.MustCompile(`\d+\.\d+(\.\d+)?$`)
	if f, err := elf.Open(path); err == nil {
		versions, err := f.DynamicVersions()
		_ = f.Close()
		for _, v := range versions {
			if n := number.FindString(v.Name); err == nil && n != "" && strings.HasPrefix(v.Name, "VERS_") {
				return n
			}
		}
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	_, suffix, _ := strings.Cut(filepath.Base(path), ".so.")
	return number.FindString(suffix)
}
