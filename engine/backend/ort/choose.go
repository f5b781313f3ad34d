package ort

import (
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// host is what choose looks at, so that tests can put another machine in its place.
type host struct {
	gpus      func() int                    // NVIDIA GPUs that the driver shows
	installed func(file string) bool        // whether a file is there
	unmet     func(library string) []string // shared libraries that a library needs and the loader does not find
}

func thisHost() host {
	return host{
		gpus: func() int {
			found, err := filepath.Glob("/proc/driver/nvidia/gpus/*")
			if err != nil {
				return 0
			}
			return len(found)
		},
		installed: func(file string) bool {
			_, err := os.Stat(file)
			return err == nil
		},
		unmet: unmet,
	}
}

// unmet asks the system's loader, by ldd, what a library lacks.
func unmet(library string) []string {
	out, err := exec.Command("ldd", library).Output()
	if err != nil {
		return nil // no ldd here: loading it will tell
	}
	var missing []string
	for line := range strings.Lines(string(out)) {
		if name, found := strings.CutSuffix(strings.TrimSpace(line), " => not found"); found {
			missing = append(missing, name)
		}
	}
	return missing
}

// Choose turns auto into a device and looks up the library for it; with another device it only checks that all is there. Errors
// wrap ErrNoDevice or ErrNoLibrary. What auto takes, and why, is logged.
func Choose(d Device, library string, log *slog.Logger) (Device, string, error) {
	return choose(thisHost(), d, library, log)
}

func choose(h host, d Device, library string, log *slog.Logger) (Device, string, error) {
	switch {
	case d.GPU():
		path, err := h.gpuLibrary(d, library)
		return d, path, err
	case d.Kind == Auto && h.gpus() > 0:
		gpu := Device{Kind: CUDA}
		path, err := h.gpuLibrary(gpu, library)
		if err == nil {
			log.Info("device chosen", "device", gpu.String(), "why", "an NVIDIA GPU and all that it needs is there")
			return gpu, path, nil
		}
		path, libraryErr := Library(library)
		log.Warn("device chosen", "device", CPU, "why", err.Error())
		return Device{Kind: CPU}, path, libraryErr
	case d.Kind == Auto:
		log.Info("device chosen", "device", CPU, "why", "the driver shows no NVIDIA GPU")
		d.Kind = CPU
	}
	path, err := Library(library)
	return d, path, err
}

// gpuLibrary finds the library with the GPU's provider beside it.
func (h host) gpuLibrary(d Device, named string) (string, error) {
	const install = "`make ort-cuda` installs it"
	if n := h.gpus(); d.Index >= n {
		return "", fmt.Errorf("%w: %s: the NVIDIA driver shows %d GPUs; `nvidia-smi -L` lists them, and without a driver there are none", ErrNoDevice, d, n)
	}
	library, err := Library(named)
	if err != nil {
		return "", err
	}
	provider := "libonnxruntime_providers_" + string(d.Kind) + ".so"
	path := filepath.Join(filepath.Dir(library), provider)
	if gpu, err := gpuBuild(); err == nil && named == "" && os.Getenv(EnvLibrary) == "" {
		library, path = gpu, filepath.Join(filepath.Dir(gpu), provider)
	}
	if !h.installed(path) {
		return "", fmt.Errorf("%w: %s: ONNX Runtime's GPU build is missing (%s); %s", ErrNoDevice, d, path, install)
	}
	if missing := h.unmet(path); len(missing) > 0 {
		return "", fmt.Errorf("%w: %s: %s needs %s: install %s, or add their folder to LD_LIBRARY_PATH",
			ErrNoDevice, d, provider, strings.Join(missing, ", "), packagesOf(missing))
	}
	return library, nil
}

// packagesOf names who publishes the libraries that ONNX Runtime's GPU providers need.
func packagesOf(libraries []string) string {
	var names []string
	add := func(name string) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, l := range libraries {
		switch {
		case strings.HasPrefix(l, "libcudnn"):
			add("cuDNN 9 (pip install nvidia-cudnn-cu13)")
		case strings.HasPrefix(l, "libnvinfer"), strings.HasPrefix(l, "libnvonnxparser"):
			add("TensorRT 10 (pip install 'tensorrt-cu13<11')")
		case strings.HasPrefix(l, "libcuda.so"):
			add("NVIDIA's driver")
		default:
			add("the CUDA 13 toolkit (pip install nvidia-cuda-runtime nvidia-cublas nvidia-cufft nvidia-curand)")
		}
	}
	return strings.Join(names, " and ")
}

// gpuBuild is where `make ort-cuda` puts ONNX Runtime's GPU build.
func gpuBuild() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrNoLibrary, err)
	}
	return filepath.Join(cache, "videogem", "onnxruntime", Version+"-cuda", "libonnxruntime.so."+Version), nil
}
