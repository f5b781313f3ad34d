package gstshim

// #include "color.h"
import "C"

import (
	"errors"
	"unsafe"

	"github.com/go-gst/go-gst/pkg/gst"
)

// ColorName is the element's name in a pipeline description.
const ColorName = "videogemcolor"

// ErrRegister means that GStreamer refused an element.
var ErrRegister = errors.New("cannot register the element " + ColorName)

// RegisterColor makes the element videogemcolor known: raw video of any colours in, 8-bit I420 of limited range or RGB out, each
// sample the nearest there is. It converts between BT.601 and BT.709 (what the caps behind it ask for), from full range, and from
// wide gamuts; PQ and HLG are tone-mapped (ITU-R BT.2390 section 5.4, white at 203 cd/m2 as in BT.2408, peak at 1000). What suits
// already passes untouched. GStreamer's videoconvert (1.26) cuts fractions off, takes full range for limited where the matrix stays,
// and shows HDR nearly black. plugin is nil in a program of one's own; registering again does no harm.
func RegisterColor(plugin gst.Plugin) error {
	var p *C.GstPlugin
	if plugin != nil {
		p = (*C.GstPlugin)(unsafe.Pointer(gst.UnsafePluginToGlibNone(plugin)))
	}
	if C.vg_color_register(p) == 0 {
		return ErrRegister
	}
	return nil
}
