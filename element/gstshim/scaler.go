package gstshim

// #include "color.h"
// #include <string.h>
//
// // conv goes from mid, which holds the frame shrunk by whole factors, to frame, in the same colours; color goes on to rgb. Without
// // mid it begins at the frame itself.
// typedef struct {
//   GstVideoConverter *conv;
//   VgConvert *color;
//   GstBuffer *buf, *mid_buf, *rgb_buf;
//   GstVideoFrame frame, mid, rgb;
//   guint32 *sums;
// } VgScaler;
//
// static void vg_scaler_free(VgScaler *s) {
//   if (s->mid_buf) {
//     gst_video_frame_unmap(&s->mid);
//     gst_buffer_unref(s->mid_buf);
//   }
//   if (s->buf) {
//     gst_video_frame_unmap(&s->frame);
//     gst_buffer_unref(s->buf);
//   }
//   if (s->rgb_buf) {
//     gst_video_frame_unmap(&s->rgb);
//     gst_buffer_unref(s->rgb_buf);
//   }
//   if (s->conv) gst_video_converter_free(s->conv);
//   vg_convert_free(s->color);
//   g_free(s->sums);
//   g_free(s);
// }
// static GstBuffer *vg_mapped(GstVideoInfo *info, GstVideoFrame *frame) {
//   GstBuffer *b = gst_buffer_new_allocate(NULL, info->size, NULL);
//   if (b) gst_buffer_memset(b, 0, 0xff, info->size); // alpha, which is never written
//   if (b && !gst_video_frame_map(frame, info, b, GST_MAP_READWRITE)) gst_clear_buffer(&b);
//   return b;
// }
// static VgScaler *vg_scaler_new(GstVideoInfo *in, GstVideoInfo *out) {
//   out->fps_n = in->fps_n; // the converter insists on equal frame rates
//   out->fps_d = in->fps_d;
//   VgScaler *s = g_new0(VgScaler, 1);
//   // 16 bits, so that scaling cuts nothing off, and no other matrix: on 8 bits GStreamer's (1.26) is up to five levels too dark.
//   GstVideoInfo deep;
//   gst_video_info_set_format(&deep, GST_VIDEO_INFO_IS_RGB(in) ? GST_VIDEO_FORMAT_ARGB64 : GST_VIDEO_FORMAT_AYUV64, (guint)out->width, (guint)out->height);
//   deep.colorimetry = in->colorimetry, deep.fps_n = in->fps_n, deep.fps_d = in->fps_d;
//   GstVideoInfo mid = *in;
//   gint kx = MAX(1, in->width / out->width), ky = MAX(1, in->height / out->height);
//   if (kx > 1 || ky > 1) {
//     gst_video_info_set_format(&mid, GST_VIDEO_INFO_FORMAT(in), (guint)(in->width / kx), (guint)(in->height / ky));
//     mid.colorimetry = in->colorimetry, mid.chroma_site = in->chroma_site, mid.fps_n = in->fps_n, mid.fps_d = in->fps_d;
//     s->mid_buf = vg_mapped(&mid, &s->mid);
//     s->sums = g_new(guint32, (gsize)in->width * 8 + 64); // a row of any format here has no more bytes
//   }
//   GstStructure *cfg = gst_structure_new("videogem-scaler",
//     GST_VIDEO_CONVERTER_OPT_RESAMPLER_METHOD, GST_TYPE_VIDEO_RESAMPLER_METHOD, GST_VIDEO_RESAMPLER_METHOD_LINEAR,
//     GST_VIDEO_CONVERTER_OPT_DITHER_METHOD, GST_TYPE_VIDEO_DITHER_METHOD, GST_VIDEO_DITHER_NONE, NULL);
//   s->conv = gst_video_converter_new(&mid, &deep, cfg);
//   s->color = vg_convert_new(&deep, out, in->finfo->depth[0]);
//   s->buf = vg_mapped(&deep, &s->frame);
//   s->rgb_buf = vg_mapped(out, &s->rgb);
//   if (!s->conv || !s->buf || !s->rgb_buf || ((kx > 1 || ky > 1) && !s->mid_buf)) {
//     vg_scaler_free(s);
//     return NULL;
//   }
//   return s;
// }
// // Where a component begins in its plane. GStreamer 1.26 says 1 of P010's V, which is at 2.
// static gint vg_offset(const GstVideoFormatInfo *f, gint c) { return f->depth[c] > 8 ? (f->poffset[c] + 1) & ~1 : f->poffset[c]; }
// // Adds a row to sums of 16 bits: plain, so that it becomes vector code.
// static void vg_add_row(guint16 *restrict sums, const guint8 *restrict row, gsize n) {
//   for (gsize i = 0; i < n; i++) sums[i] += row[i];
// }
// static void vg_add_row_wide(guint32 *restrict sums, const guint8 *restrict row, gsize n) {
//   for (gsize i = 0; i < n; i++) sums[i] += (guint32)(row[2 * i] | row[2 * i + 1] << 8);
// }
// // One component of a row: the mean of each box of columns, which are k or k+1 wide so that they are spread evenly. from and
// // step are in samples. Inlined for each step, which makes the sums of neighbours vector code.
// #define VG_SHRINK_ROW(name, sum_type, put)                                                                              \
//   static inline void name(guint8 *dst, gint dst_step, gint out_w, const sum_type *sums, gint step, gint in_w, gint rows) { \
//     gint k = in_w / out_w, rest = in_w % out_w, late = 0;                                                               \
//     const guint64 per[2] = {(1ull << 32) / (guint)(k * rows), (1ull << 32) / (guint)((k + 1) * rows)};                   \
//     for (gint o = 0; o < out_w; o++) {                                                                                  \
//       guint32 sum = 0;                                                                                                  \
//       for (gint i = 0; i < k; i++) sum += sums[i * step];                                                               \
//       sums += k * step;                                                                                                 \
//       gint wider = (late += rest) >= out_w;                                                                             \
//       if (wider) {                                                                                                      \
//         late -= out_w;                                                                                                  \
//         sum += *sums;                                                                                                   \
//         sums += step;                                                                                                   \
//       }                                                                                                                 \
//       guint32 mean = (guint32)((sum * per[wider] + (1ull << 31)) >> 32);                                                \
//       put;                                                                                                              \
//     }                                                                                                                   \
//   }
// VG_SHRINK_ROW(vg_shrink_row, guint16, dst[o * dst_step] = (guint8)mean)
// VG_SHRINK_ROW(vg_shrink_row_wide, guint32, GST_WRITE_UINT16_LE(dst + o * dst_step, mean))
//
// // Shrinks one plane. All components of it lie in the same rows, so these are summed as they are, byte by byte.
// static void vg_shrink_plane(VgScaler *s, const GstVideoFrame *in, guint plane) {
//   const GstVideoFormatInfo *f = in->info.finfo;
//   gint first = -1, in_h = 0, out_h = 0;
//   gsize bytes = 0;
//   for (gint c = 0; c < (gint)f->n_components; c++) {
//     if (f->plane[c] != plane) continue;
//     if (first < 0) first = c;
//     in_h = GST_VIDEO_FRAME_COMP_HEIGHT(in, c), out_h = GST_VIDEO_FRAME_COMP_HEIGHT(&s->mid, c);
//     bytes = MAX(bytes, (gsize)(GST_VIDEO_FRAME_COMP_WIDTH(in, c) - 1) * (gsize)f->pixel_stride[c] + (gsize)vg_offset(f, c) + (f->depth[c] > 8 ? 2 : 1));
//   }
//   gboolean wide = f->depth[first] > 8;
//   const guint8 *src = in->data[plane];
//   for (gint o = 0, y = 0; o < out_h; o++) {
//     gint end = (gint)((gint64)(o + 1) * in_h / out_h), rows = 0;
//     gint skip = MAX(1, (end - y) / 257 + 1); // of a sum of 16 bits' reach
//     memset(s->sums, 0, bytes * 2); // 16 bits for each sample of 8, 32 for each of 16
//     for (; y < end; y += skip, rows++) {
//       const guint8 *row = src + (gsize)y * (gsize)in->info.stride[plane];
//       if (wide) vg_add_row_wide(s->sums, row, bytes / 2);
//       else vg_add_row((guint16 *)s->sums, row, bytes);
//     }
//     y = end;
//     guint8 *dst = (guint8 *)s->mid.data[plane] + (gsize)o * (gsize)s->mid.info.stride[plane];
//     for (gint c = first; c < (gint)f->n_components; c++) {
//       if (f->plane[c] != plane || c == GST_VIDEO_COMP_A) continue;
//       gint w = GST_VIDEO_FRAME_COMP_WIDTH(&s->mid, c), in_w = GST_VIDEO_FRAME_COMP_WIDTH(in, c);
//       gint step = f->pixel_stride[c], at = vg_offset(f, c);
//       if (wide) vg_shrink_row_wide(dst + at, step, w, s->sums + at / 2, step / 2, in_w, rows);
//       else vg_shrink_row(dst + at, step, w, (guint16 *)s->sums + at, step, in_w, rows);
//     }
//   }
// }
// static void vg_scaler_run(VgScaler *s, GstVideoFrame *in, guint8 *dst, int w, int h) {
//   if (s->mid_buf)
//     for (guint p = 0; p < in->info.finfo->n_planes; p++) vg_shrink_plane(s, in, p);
//   gst_video_converter_frame(s->conv, s->mid_buf ? &s->mid : in, &s->frame);
//   vg_convert_frame(s->color, &s->frame, &s->rgb);
//   const guint8 *src = s->rgb.data[0];
//   int stride = s->rgb.info.stride[0];
//   for (int y = 0; y < h; y++) memcpy(dst + (size_t)y * w * 3, src + (size_t)y * stride, (size_t)w * 3);
// }
import "C"

import (
	"fmt"
	"unsafe"
)

// Scaler turns frames of one format and size into packed 8-bit RGB of another size, stretched. A large frame is first shrunk by
// whole factors in its own format, each sample the mean of the samples it stands for; GStreamer's converter does what is left,
// never by a factor of two or more: it takes colour matrix, range and chroma siting from the caps. On its own its linear filter of
// 8-bit samples brightens a picture by up to six per cent when it scales far down (1.26), and takes several times as long. Not
// safe for concurrent use.
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
