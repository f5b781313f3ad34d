package gstshim

import (
	"errors"
	"fmt"

	"github.com/go-gst/go-gst/pkg/gst"
)

// ErrPluginLoaded means that GStreamer loaded libgstvideogem.so into a program that registers the elements itself.
var ErrPluginLoaded = errors.New("the videogem plugin is loaded into this program")

// pluginName is the plugin's name in GStreamer's registry (cmd/gst-videogem).
const pluginName = "videogem"

// pluginFile is the plugin file that was loaded all the same; empty for none. Init writes it.
var pluginFile string //nolint:gochecknoglobals // GStreamer's registry is one per process

// leaveOutPlugin takes the plugin file libgstvideogem.so out of this process's registry, where it is installed. The file holds
// a Go runtime of its own and the same elements again: two runtimes in a process would each have a garbage collector, a
// scheduler and handlers for the same signals, and the elements' types can be registered only once. The registry's cache on disk
// stays as it is, so that gst-launch-1.0 goes on finding the plugin.
func leaveOutPlugin(registry gst.Registry) {
	plugin := registry.FindPlugin(pluginName)
	if plugin == nil {
		return
	}
	if plugin.IsLoaded() {
		pluginFile = plugin.GetFilename()
	}
	registry.RemovePlugin(plugin)
}

// CheckPlugin tells whether the plugin file has stayed out of this program. It gets in where GStreamer cannot start its plugin
// scanner, and so looks into new plugin files in the program itself. The error wraps ErrPluginLoaded. Call it after Init.
func CheckPlugin() error {
	if pluginFile == "" {
		return nil
	}
	return fmt.Errorf("%w: %s: GStreamer's plugin scanner did not run (is GST_REGISTRY_FORK=no set?), or take the file out of GST_PLUGIN_PATH", ErrPluginLoaded, pluginFile)
}
