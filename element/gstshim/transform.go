package gstshim

// #include <gst/base/gstbasetransform.h>
//
// static GstBuffer *vg_take_queued(GstBaseTransform *t) {
//   GstBuffer *b = t->queued_buf;
//   t->queued_buf = NULL;
//   return b;
// }
import "C"

import (
	"unsafe"

	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/go-gst/go-gst/pkg/gstbase"
)

// TakeQueued takes the buffer that GstBaseTransform's own submit_input_buffer has put aside for generate_output; nil when
// there is none. The reference is the caller's. Call it in generate_output alone: the field is guarded by the stream lock.
func TakeQueued(e gstbase.BaseTransform) *gst.Buffer {
	return gst.UnsafeBufferFromGlibFull(unsafe.Pointer(C.vg_take_queued((*C.GstBaseTransform)(gstbase.UnsafeBaseTransformToGlibNone(e)))))
}
