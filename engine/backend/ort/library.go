// Package ort runs ONNX models in this process with ONNX Runtime, whose library is loaded at run time.
package ort

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	onnxruntime "github.com/yalue/onnxruntime_go"
)

// Version is the ONNX Runtime that set-up installs.
const Version = "1.31.0"

// Oldest is the first ONNX Runtime that has the API that onnxruntime_go 1.31 asks for: ORT_API_VERSION 26, which came with 1.26.
const Oldest = "1.26"

// EnvLibrary names another library than the one that set-up installed.
const EnvLibrary = "VIDEOGEM_ORT_LIBRARY"

var (
	// ErrNoLibrary means that ONNX Runtime's library is not where it was looked for.
	ErrNoLibrary = errors.New("ONNX Runtime's library is missing")
	// ErrOldLibrary means that the library is there, but has not the API that is needed.
	ErrOldLibrary = errors.New("ONNX Runtime's library is too old")
	// ErrLibrary means that the file is there and cannot be loaded, or is another library; or that one is loaded already.
	ErrLibrary = errors.New("ONNX Runtime's library cannot be loaded")
)

// envTelemetry is ONNX Runtime's own switch (microsoft/onnxruntime pull 29843): its official builds for Linux report to their maker from
// 1.29 on, unless it is set before the library is loaded.
const envTelemetry = "ORT_DISABLE_TELEMETRY"

// Library gives the path of ONNX Runtime's library: the given one, the one that VIDEOGEM_ORT_LIBRARY names, the one that set-up
// put into the user's cache folder, or the bare name for the loader to find. A named file that is not there is an error that
// wraps ErrNoLibrary.
func Library(path string) (string, error) {
	const file = "libonnxruntime.so"
	for _, named := range []string{path, os.Getenv(EnvLibrary)} {
		if named == "" {
			continue
		}
		if _, err := os.Stat(named); err != nil {
			return "", fmt.Errorf("%w: %w; %s names it", ErrNoLibrary, err, EnvLibrary)
		}
		return named, nil
	}
	if cache, err := os.UserCacheDir(); err == nil {
		installed := filepath.Join(cache, "videogem", "onnxruntime", Version, file+"."+Version)
		if _, err := os.Stat(installed); err == nil {
			return installed, nil
		}
	}
	return file + ".1", nil
}

// loaded is the library of this process: ONNX Runtime's environment exists once.
var loaded struct { //nolint:gochecknoglobals // one per process by ONNX Runtime's own design
	sync.Mutex
	path string
}

// loadLibrary loads the library once. Another path later on is an error: two libraries do not fit into one process.
func loadLibrary(path string) error {
	path, err := Library(path)
	if err != nil {
		return err
	}
	loaded.Lock()
	defer loaded.Unlock()
	if loaded.path == path {
		return nil
	}
	if loaded.path != "" {
		return fmt.Errorf("%w: %s is loaded already; this process cannot load %s too", ErrLibrary, loaded.path, path)
	}
	if err := silence(); err != nil {
		return err
	}
	onnxruntime.SetSharedLibraryPath(path)
	// Every error comes back as an error too; printed, it would turn up on the standard error of a program that merely cancelled a run.
	if err := onnxruntime.InitializeEnvironment(onnxruntime.WithLogLevelFatal()); err != nil {
		return loadingFailed(path, err)
	}
	loaded.path = path
	return nil
}

// silence has ONNX Runtime report nothing: no look-up of its maker's server, no device id and no database in the user's cache folder. A
// user who has set the variable is obeyed. In a program with cgo os.Setenv sets C's environment too, which is where the library looks;
// that holds for the Go runtime of a plugin in a C program as well.
func silence() error {
	if _, set := os.LookupEnv(envTelemetry); set {
		return nil
	}
	if err := os.Setenv(envTelemetry, "1"); err != nil {
		return fmt.Errorf("switch ONNX Runtime's telemetry off: %w", err)
	}
	return nil
}
