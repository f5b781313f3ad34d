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
//
// Init registers the element ColorName. It is for programs that register the other elements themselves; the plugin file is taken out of their registry (see leaveOutPlugin).
func Init() { initOnce() }

var initOnce = sync.OnceFunc(func() { //nolint:gochecknoglobals // GStreamer itself is one per process
	library := libraryPath()
	_, err := os.Stat(scanner(library))
	for name, value := range environment(library, os.Getenv("XDG_CACHE_HOME"), os.Getenv("HOME"), err == nil) {
		if os.Getenv(name) == "" {
			_ = os.Setenv(name, value) // fails only for names with '='
		}
	}
	gst.Init()
	leaveOutPlugin(gst.RegistryGet())
	_ = RegisterColor(nil) // were it refused, the first line that names the element would say so
})

// libraryPath is the file that libgstreamer was loaded from.
func libraryPath() string {
	p := C.vg_library_path()
	if p == nil {
		return ""
	}
	return C.GoString(p)
}

// scanner is where set-up puts the private GStreamer's plugin scanner, wrapped: the program itself asks for the system's loader.
func scanner(library string) string {
	return filepath.Join(filepath.Dir(library), "../../../tools/gst-plugin-scanner")
}

// environment is what a GStreamer outside the system's folders needs; nil for the system's own. wrapped: there is a scanner.
func environment(library, cacheHome, home string, wrapped bool) map[string]string {
	dir := filepath.Dir(library)
	if library == "" || strings.HasPrefix(dir, "/usr/") || strings.HasPrefix(dir, "/lib") {
		return nil
	}
	if cacheHome == "" {
		cacheHome = filepath.Join(home, ".cache")
	}
	env := map[string]string{
		"GST_PLUGIN_SYSTEM_PATH": filepath.Join(dir, "gstreamer-1.0"),
		// A registry of its own: the system's GStreamer is of another version and writes to the usual place.
		"GST_REGISTRY": filepath.Join(cacheHome, "videogem", "gstreamer-registry.bin"),
	}
	if wrapped {
		env["GST_PLUGIN_SCANNER"] = scanner(library)
	} else {
		env["GST_REGISTRY_FORK"] = "no" // a scanner would not start
	}
	return env
}
