package gstshim

// #include <gst/video/video.h>
//
// static gboolean vg_map(GstVideoFrame *f, const GstVideoInfo *i, GstBuffer *b, int write) {
//   return gst_video_frame_map(f, i, b, (GstMapFlags)((write ? GST_MAP_READWRITE : GST_MAP_READ) | GST_VIDEO_FRAME_MAP_FLAG_NO_REF));
// }
import "C"

import (
	"errors"
	"unsafe"

	"github.com/go-gst/go-gst/pkg/gst"
)

// ErrMap means that a buffer's memory could not be mapped as a video frame: not writable, or smaller than its caps say.
var ErrMap = errors.New("buffer cannot be mapped as a video frame")

// Frame is a mapped video frame. One Frame serves one buffer at a time and is reused, so that mapping allocates nothing. It
// takes no reference: unmap it before the buffer goes on.
type Frame struct {
	c *C.GstVideoFrame // apart from other Go memory, for cgo's rules
}

// NewFrame makes a frame that maps nothing yet.
func NewFrame() *Frame { return &Frame{c: new(C.GstVideoFrame)} }

// Map maps buf for reading, and for writing too when write is set. The error wraps ErrMap.
func (f *Frame) Map(info *VideoInfo, buf *gst.Buffer, write bool) error {
	w := C.int(0)
	if write {
		w = 1
	}
	if C.vg_map(f.c, info.c, (*C.GstBuffer)(gst.UnsafeBufferToGlibNone(buf)), w) == 0 {
		return ErrMap
	}
	return nil
}

// Unmap ends a successful Map.
func (f *Frame) Unmap() { C.gst_video_frame_unmap(f.c) }

// Stride is the distance in bytes between two rows of a plane.
func (f *Frame) Stride(plane int) int { return int(f.c.info.stride[plane]) }

// Plane gives the first rows*stride bytes of a plane without copying; valid until Unmap.
func (f *Frame) Plane(plane, rows int) []byte {
	return unsafe.Slice((*byte)(f.c.data[plane]), rows*f.Stride(plane))
}
