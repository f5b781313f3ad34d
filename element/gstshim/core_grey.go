package gstshim

// #include <gst/video/video.h>
//
// static GstBuffer *vg_grey(const guint8 *pix, guint w, guint h) {
//   GstBuffer *b = gst_buffer_new_memdup(pix, (gsize)w * h);
//   gsize offset[GST_VIDEO_MAX_PLANES] = {0}; // rows without padding, whatever the format's usual stride
//   gint stride[GST_VIDEO_MAX_PLANES] = {(gint)w};
//   gst_buffer_add_video_meta_full(b, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_FORMAT_GRAY8, w, h, 1, offset, stride);
//   return b;
// }
import "C"

import (
	"fmt"
	"unsafe"

	"github.com/go-gst/go-gst/pkg/gst"
)

// NewGrey makes a GRAY8 picture of width*height bytes in rows without padding. Both results are the caller's to free.
func NewGrey(pix []byte, width, height int) (*gst.Buffer, *gst.Caps) {
	_ = pix[width*height-1]
	buf := C.vg_grey((*C.guint8)(unsafe.Pointer(&pix[0])), C.guint(width), C.guint(height))
	return gst.UnsafeBufferFromGlibFull(unsafe.Pointer(buf)),
		gst.CapsFromString(fmt.Sprintf("video/x-raw, format=(string)GRAY8, width=(int)%d, height=(int)%d, framerate=(fraction)0/1", width, height))
}
