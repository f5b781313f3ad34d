package main

import (
	"errors"
	"fmt"
	"path"
)

// errNoRelease says that no wheel is pinned for this kind of machine.
var errNoRelease = errors.New("no ONNX Runtime is pinned for this platform: build or fetch one yourself and set VIDEOGEM_ORT_LIBRARY to it")

// release pins one wheel and the library in it.
type release struct {
	Version string // of ONNX Runtime
	Project string // name in the package index
	Wheel   string // file name
	SHA256  string // of the wheel

	Library       string // path inside the wheel
	LibrarySHA256 string
	Providers     []string // libraries that it loads when it needs them, beside it
	Licences      []string // paths inside the wheel, kept beside the library
	Variant       string   // tells its folder from that of the same version; "" for the ordinary one
}

// gpuReleaseFor answers the wheel with the providers for NVIDIA's GPUs. CUDA and cuDNN are not in it.
func gpuReleaseFor(platform string) (release, error) {
	if platform != "linux/amd64" {
		return release{}, fmt.Errorf("%w (%s with a GPU)", errNoRelease, platform)
	}
	return release{
		Version:       "1.31.0",
		Project:       "onnxruntime-gpu",
		Wheel:         "onnxruntime_gpu-1.31.0-cp312-cp312-manylinux_2_28_x86_64.whl",
		SHA256:        "b52998a075de27ff30e46a125001822541fa5b03f5d31398ab0e50789d80c51c",
		Library:       "onnxruntime/capi/libonnxruntime.so.1.31.0",
		LibrarySHA256: "e4523eb2bbe9caf1a12e0aa9205909529193c05bf019e291d0edf75429116d39",
		Providers: []string{
			"onnxruntime/capi/libonnxruntime_providers_shared.so",
			"onnxruntime/capi/libonnxruntime_providers_cuda.so",
			"onnxruntime/capi/libonnxruntime_providers_tensorrt.so",
		},
		Licences: []string{"onnxruntime/LICENSE", "onnxruntime/ThirdPartyNotices.txt"},
		Variant:  "-cuda",
	}, nil
}

// releaseFor answers the wheel for a platform written as GOOS/GOARCH.
func releaseFor(platform string) (release, error) {
	r := release{
		Version:  "1.31.0", // the version that onnxruntime_go in go.mod is made for: change both together
		Project:  "onnxruntime",
		Library:  "onnxruntime/capi/libonnxruntime.so.1.31.0",
		Licences: []string{"onnxruntime/LICENSE", "onnxruntime/ThirdPartyNotices.txt"},
	}
	switch platform {
	case "linux/amd64":
		r.Wheel = "onnxruntime-1.31.0-cp312-cp312-manylinux_2_28_x86_64.whl"
		r.SHA256 = "5e129d6c56abd53e659cb70f00a108d6824086470ff99c2e47a82e5786563db3"
		r.LibrarySHA256 = "21901b1b02233484b80888c16f4f5473742f796bf5528d5d0c4073dbe9802001"
	case "linux/arm64":
		r.Wheel = "onnxruntime-1.31.0-cp312-cp312-manylinux_2_28_aarch64.whl"
		r.SHA256 = "35758d7606d578ec5b9d65f6e8a1f488013194c3f6097038a3223cb26d35ef9a"
		r.LibrarySHA256 = "b79d2fcf36b8870f4b2da95784a6ad846c47f05511ffa7be409c79a44f9dc9a4"
	default:
		return release{}, fmt.Errorf("%w (%s)", errNoRelease, platform)
	}
	return r, nil
}

// folder is the name of the folder that the release is kept in.
func (r release) folder() string { return r.Version + r.Variant }

// libraryName is the library's file name on disk.
func (r release) libraryName() string { return path.Base(r.Library) }
