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
	Licences      []string // paths inside the wheel, kept beside the library
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

// libraryName is the library's file name on disk.
func (r release) libraryName() string { return path.Base(r.Library) }
