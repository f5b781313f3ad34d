//nolint:staticcheck // what cgo writes for exported functions has names of its own
package gstshim

// #include <gst/gst.h>
import "C"

import (
	"unsafe"

	"github.com/go-gst/go-gst/pkg/gst"
)

// What C calls for the action signals; a NULL string is an empty one.

//export vgSetPrompts
func vgSetPrompts(e *C.GstElement, prompts *C.char) {
	actions.SetPrompts(unsafe.Pointer(e), C.GoString(prompts))
}

//export vgGetHeat
func vgGetHeat(e *C.GstElement, prompt *C.char) *C.GstSample {
	return (*C.GstSample)(gst.UnsafeSampleToGlibFull(actions.GetHeat(unsafe.Pointer(e), C.GoString(prompt))))
}

// Actions are what the element's action signals do. They are given the GstElement; what they do with it is up to them.
type Actions struct {
	// SetPrompts is set-prompts.
	SetPrompts func(element unsafe.Pointer, prompts string)
	// GetHeat is get-heat.
	GetHeat func(element unsafe.Pointer, prompt string) *gst.Sample // nil when there is none
}

// actions are the class's. GObject knows a signal by its C function, which has nothing to remember them in.
var actions Actions //nolint:gochecknoglobals // a class is one per process
