package ort

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/engine/backend"
)

func TestParseDevice(t *testing.T) {
	for name, want := range map[string]Device{
		"": {Kind: Auto}, "auto": {Kind: Auto}, "cpu": {Kind: CPU}, "openvino": {Kind: OpenVINO},
		"cuda": {Kind: CUDA}, "cuda:3": {Kind: CUDA, Index: 3}, "tensorrt:1": {Kind: TensorRT, Index: 1},
	} {
		d, err := ParseDevice(name)
		require.NoError(t, err, name)
		require.Equal(t, want, d, name)
	}
	for _, name := range []string{"gpu", "cuda:", "cuda:-1", "cuda:x", "cuda:999", "cpu:0", "auto:1", "CPU"} {
		_, err := ParseDevice(name)
		require.ErrorIs(t, err, ErrNoDevice, name)
	}
	require.Equal(t, "tensorrt:1", Device{Kind: TensorRT, Index: 1}.String())
	require.Equal(t, "cpu", Device{Kind: CPU}.String())
}

func TestChoose(t *testing.T) {
	cache := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", cache)
	t.Setenv(EnvLibrary, "")
	gpuFolder := filepath.Join(cache, "videogem", "onnxruntime", Version+"-cuda")
	given := filepath.Join(t.TempDir(), "libonnxruntime.so")
	require.NoError(t, os.WriteFile(given, nil, 0o600))
	for _, ca := range []struct {
		name      string
		want      string
		library   string
		gpus      int
		installed bool
		unmet     []string
		device    string // what is chosen; "" with an error
		path      string
		says      []string // in the error or the log
	}{
		{name: "auto without GPU", want: "auto", device: "cpu", path: "libonnxruntime.so.1", says: []string{"no NVIDIA GPU"}},
		{name: "auto with all", want: "auto", gpus: 1, installed: true, device: "cuda:0", path: filepath.Join(gpuFolder, "libonnxruntime.so."+Version), says: []string{"cuda:0"}},
		{name: "auto without library", want: "auto", gpus: 1, device: "cpu", path: "libonnxruntime.so.1", says: []string{"make ort-cuda"}},
		{name: "auto without cuDNN", want: "auto", gpus: 1, installed: true, unmet: []string{"libcudnn.so.9"}, device: "cpu", path: "libonnxruntime.so.1", says: []string{"libcudnn.so.9", "nvidia-cudnn-cu13"}},
		{name: "cpu beside a GPU", want: "cpu", gpus: 1, installed: true, device: "cpu", path: "libonnxruntime.so.1"},
		{name: "no GPU", want: "cuda:0", installed: true, says: []string{"cuda:0", "0 GPUs", "nvidia-smi"}},
		{name: "one GPU too few", want: "cuda:1", gpus: 1, installed: true, says: []string{"cuda:1", "1 GPUs"}},
		{name: "no GPU build", want: "cuda:0", gpus: 1, says: []string{"libonnxruntime_providers_cuda.so", "make ort-cuda"}},
		{name: "no TensorRT", want: "tensorrt", gpus: 1, installed: true, unmet: []string{"libnvinfer.so.10", "libcublas.so.13"}, says: []string{"libnvinfer.so.10, libcublas.so.13", "TensorRT 10", " and the CUDA 13 toolkit"}},
		{name: "a library of one's own", want: "cuda", library: given, gpus: 1, installed: true, device: "cuda:0", path: given},
		{name: "a library that is not there", want: "cpu", library: "/no/such.so", says: []string{"/no/such.so"}},
	} {
		t.Run(ca.name, func(t *testing.T) {
			d, err := ParseDevice(ca.want)
			require.NoError(t, err)
			h := host{gpus: func() int { return ca.gpus }, installed: func(string) bool { return ca.installed }, unmet: func(string) []string { return ca.unmet }}
			var log bytes.Buffer
			got, path, err := choose(h, d, ca.library, slog.New(slog.NewTextHandler(&log, nil)))
			said := log.String()
			if ca.device == "" {
				require.Error(t, err)
				said = err.Error()
			} else {
				require.NoError(t, err)
				require.Equal(t, ca.device, got.String())
				require.Equal(t, ca.path, path)
			}
			for _, s := range ca.says {
				require.Contains(t, said, s)
			}
		})
	}
}

func TestNoModel(t *testing.T) {
	b, err := New(Options{Device: Device{Kind: CPU}})
	require.NoError(t, err)
	_, err = b.Load(backend.Graph{Model: []byte("rubbish")})
	require.Error(t, err)
	_, err = b.Load(backend.Graph{File: filepath.Join(t.TempDir(), "none.onnx")})
	require.Error(t, err)
}
