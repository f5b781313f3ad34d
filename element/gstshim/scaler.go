package gstshim

// #include <gst/video/video.h>
// #include <string.h>
//
// typedef struct { GstVideoConverter *conv; GstBuffer *buf; GstVideoFrame frame; } VgScaler;
//
// static VgScaler *vg_scaler_new(GstVideoInfo *in, GstVideoInfo *out) {
//   out->fps_n = in->fps_n; // the converter insists on equal frame rates
//   out->fps_d = in->fps_d;
//   VgScaler *s = g_new0(VgScaler, 1);
//   GstStructure *cfg = gst_structure_new("videogem-scaler",
//     GST_VIDEO_CONVERTER_OPT_RESAMPLER_METHOD, GST_TYPE_VIDEO_RESAMPLER_METHOD, GST_VIDEO_RESAMPLER_METHOD_LINEAR,
//     GST_VIDEO_CONVERTER_OPT_DITHER_METHOD, GST_TYPE_VIDEO_DITHER_METHOD, GST_VIDEO_DITHER_NONE, NULL);
//   s->conv = gst_video_converter_new(in, out, cfg);
//   s->buf = gst_buffer_new_allocate(NULL, out->size, NULL);
//   if (!s->conv || !s->buf || !gst_video_frame_map(&s->frame, out, s->buf, GST_MAP_READWRITE)) {
//     if (s->conv) gst_video_converter_free(s->conv);
//     if (s->buf) gst_buffer_unref(s->buf);
//     g_free(s);
//     return NULL;
//   }
//   return s;
// }
// static void vg_scaler_run(VgScaler *s, GstVideoFrame *in, guint8 *dst, int w, int h) {
//   gst_video_converter_frame(s->conv, in, &s->frame);
//   const guint8 *src = s->frame.data[0];
//   int stride = s->frame.info.stride[0];
//   for (int y = 0; y < h; y++) memcpy(dst + (size_t)y * w * 3, src + (size_t)y * stride, (size_t)w * 3);
// }
// static void vg_scaler_free(VgScaler *s) {
//   gst_video_frame_unmap(&s->frame);
//   gst_buffer_unref(s->buf);
//   gst_video_converter_free(s->conv);
//   g_free(s);
// }
import "C"

import (
	"fmt"
	"unsafe"
)

// Scaler turns frames of one format and size into packed 8-bit RGB of another size, stretched, with GStreamer's own
// converter: colour matrix, range and chroma siting are taken from the caps, and the linear filter widens when it scales
// down, so that a large frame does not alias. Not safe for concurrent use.
type Scaler struct {
	c             *C.VgScaler
	width, height int
}

// NewScaler makes a scaler from frames as in describes to width x height RGB.
func NewScaler(in *VideoInfo, width, height int) (*Scaler, error) {
	out, err := newRGBInfo(width, height)
	if err != nil {
		return nil, err
	}
	c := C.vg_scaler_new(in.c, out.c)
	if c == nil {
		return nil, fmt.Errorf("no conversion from %s %dx%d to RGB %dx%d", in.Format, in.Width, in.Height, width, height)
	}
	return &Scaler{c: c, width: width, height: height}, nil
}

// Scale writes the mapped frame into dst, which is width*height*3 bytes long.
func (s *Scaler) Scale(f *Frame, dst []byte) {
	_ = dst[s.width*s.height*3-1]
	C.vg_scaler_run(s.c, f.c, (*C.guint8)(unsafe.Pointer(&dst[0])), C.int(s.width), C.int(s.height))
}

// Close frees the scaler.
func (s *Scaler) Close() { C.vg_scaler_free(s.c) }
