// Command gst-videogem is GStreamer's plugin libgstvideogem.so, built with -buildmode=c-shared: it makes the elements of this
// project known to gst-launch-1.0 and to every other program that uses GStreamer.
//
// The library holds a Go runtime, which lives as long as the process. It takes no signals (os/signal is not used): Ctrl-C is the host's.
package main

// #cgo pkg-config: gstreamer-1.0
// #include "plugin.h"
import "C"

import (
	"fmt"
	"log/slog"
	"runtime/debug"
	"unsafe"

	"github.com/go-gst/go-gst/pkg/gst"

	"github.com/videogem/videogem/element"
	"github.com/videogem/videogem/element/boxes"
	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/pool"
	"github.com/videogem/videogem/pipeline/whepsink"
)

// main is asked for by the build mode and never called.
func main() {}

// videogemPluginInit is GstPluginDesc::plugin_init. GStreamer calls it once a process, before it makes the first of the elements.
//
//export videogemPluginInit
func videogemPluginInit(plugin unsafe.Pointer) (ok C.gboolean) {
	log := slog.New(debugLog{})
	defer func() {
		if r := recover(); r != nil { // it would end the host process
			log.Error("panic while the elements were registered", "panic", r, "stack", string(debug.Stack()))
			ok = C.FALSE
		}
	}()
	if err := register(gst.UnsafePluginFromGlibNone(plugin), log); err != nil {
		log.Error("the elements cannot be used", "error", err)
		return C.FALSE
	}
	return C.TRUE
}

// register makes the elements known. GStreamer never unloads a plugin, so the pool lives as long as the process.
func register(plugin gst.Plugin, log *slog.Logger) error {
	if err := element.RegisterPlugin(plugin, pool.New(pool.Open), engine.Options{Logger: log}, log); err != nil {
		return fmt.Errorf("plugin: %w", err)
	}
	if err := boxes.Register(plugin, log); err != nil {
		return fmt.Errorf("plugin: %w", err)
	}
	if err := whepsink.Register(plugin, log); err != nil {
		return fmt.Errorf("plugin: %w", err)
	}
	return nil
}
