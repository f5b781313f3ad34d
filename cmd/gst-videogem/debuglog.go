package main

// #include <stdlib.h>
// #include "plugin.h"
import "C"

import (
	"bytes"
	"context"
	"log/slog"
	"path/filepath"
	"runtime"
	"slices"
	"unsafe"
)

// debugLog writes log records to GStreamer's debug log, category videogem: GST_DEBUG=videogem:5 shows them all.
type debugLog struct {
	with []func(slog.Handler) slog.Handler // WithAttrs and WithGroup, in the order they were asked for
}

// gstLevel is the level that GStreamer's people expect a record at: GST_DEBUG=2 shows warnings, 4 what happens, 5 everything.
func gstLevel(l slog.Level) C.int {
	switch {
	case l >= slog.LevelError:
		return C.GST_LEVEL_ERROR
	case l >= slog.LevelWarn:
		return C.GST_LEVEL_WARNING
	case l >= slog.LevelInfo:
		return C.GST_LEVEL_INFO
	default:
		return C.GST_LEVEL_DEBUG
	}
}

// Enabled implements slog.Handler.
func (d debugLog) Enabled(_ context.Context, l slog.Level) bool {
	return gstLevel(l) <= C.vg_log_threshold()
}

// Handle implements slog.Handler.
func (d debugLog) Handle(ctx context.Context, r slog.Record) error {
	var line bytes.Buffer
	var text slog.Handler = slog.NewTextHandler(&line, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: withoutTimeAndLevel})
	for _, with := range d.with {
		text = with(text)
	}
	if err := text.Handle(ctx, r); err != nil {
		return err
	}
	frame, _ := runtime.CallersFrames([]uintptr{r.PC}).Next()
	file, function := C.CString(filepath.Base(frame.File)), C.CString(filepath.Base(frame.Function))
	message := C.CString(string(bytes.TrimSpace(line.Bytes())))
	C.vg_log(gstLevel(r.Level), file, function, C.int(frame.Line), message)
	C.free(unsafe.Pointer(file))
	C.free(unsafe.Pointer(function))
	C.free(unsafe.Pointer(message))
	return nil
}

// withoutTimeAndLevel leaves out what GStreamer prints itself.
func withoutTimeAndLevel(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && (a.Key == slog.TimeKey || a.Key == slog.LevelKey) {
		return slog.Attr{}
	}
	return a
}

// WithAttrs implements slog.Handler.
func (d debugLog) WithAttrs(attrs []slog.Attr) slog.Handler {
	return d.and(func(h slog.Handler) slog.Handler { return h.WithAttrs(attrs) })
}

// WithGroup implements slog.Handler.
func (d debugLog) WithGroup(name string) slog.Handler {
	return d.and(func(h slog.Handler) slog.Handler { return h.WithGroup(name) })
}

func (d debugLog) and(with func(slog.Handler) slog.Handler) debugLog {
	return debugLog{with: append(slices.Clip(d.with), with)}
}
