// Package gstshim is the one place with cgo against GStreamer. It holds what go-gst v0.0.2 has no accessors for: mapping a
// video frame plane by plane, scaling a frame to the model's size, blending a prepared overlay, analytics meta, the buffer that
// a base transform has queued, enumerations, and choosing where plugins are looked for. Everything else goes through go-gst.
//
// The program itself asks for the C++ library (the last line of flags below), so that the one beside GStreamer is loaded first.
// ONNX Runtime's library would bring in the system's, which on older systems is too old for GStreamer's plugins (libav).
package gstshim

// #cgo pkg-config: gstreamer-1.0 gstreamer-base-1.0 gstreamer-video-1.0 gstreamer-analytics-1.0
// #cgo CFLAGS: -O3
// #cgo LDFLAGS: -Wl,--no-as-needed -l:libstdc++.so.6
import "C"
