package gstshim

// #cgo LDFLAGS: -ldl
// #define _GNU_SOURCE
// #include <dlfcn.h>
// #include <gst/gst.h>
//
// static const char *vg_library_path(void) {
//   Dl_info i;
//   return dladdr((void *)gst_init, &i) ? i.dli_fname : NULL;
// }
import "C"

import (
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/go-gst/go-gst/pkg/gst"
)

// Init starts GStreamer once. When the GStreamer library in use is not the system's own (set-up keeps a private one on
// older systems), its plugins are looked for beside it: the path compiled into it names the system's folder.
func Init() { initOnce() }

var initOnce = sync.OnceFunc(func() { //nolint:gochecknoglobals // GStreamer itself is one per process
	for name, value := range environment(libraryPath(), os.Getenv("XDG_CACHE_HOME"), os.Getenv("HOME")) {
		if os.Getenv(name) == "" {
			_ = os.Setenv(name, value) // fails only for names with '='
		}
	}
	gst.Init()
})

// libraryPath is the file that libgstreamer was loaded from.
func libraryPath() string {
	p := C.vg_library_path()
	if p == nil {
		return ""
	}
	return C.GoString(p)
}

// environment is what a GStreamer outside the system's folders needs; nil for the system's own.
func environment(library, cacheHome, home string) map[string]string {
	dir := filepath.Dir(library)
	if library == "" || strings.HasPrefix(dir, "/usr/") || strings.HasPrefix(dir, "/lib") {
		return nil
	}
	if cacheHome == "" {
		cacheHome = filepath.Join(home, ".cache")
	}
	return map[string]string{
		"GST_PLUGIN_SYSTEM_PATH": filepath.Join(dir, "gstreamer-1.0"),
		// The private root's plugin scanner asks for the system's loader and would not start.
		"GST_REGISTRY_FORK": "no",
		// A registry of its own: the system's GStreamer is of another version and writes to the usual place.
		"GST_REGISTRY": filepath.Join(cacheHome, "videogem", "gstreamer-registry.bin"),
	}
}
