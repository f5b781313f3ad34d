// What a frame's numbers mean as light, and from one such meaning to another. See color.go.
#pragma once

#include <gst/video/video.h>

// Formats that VgConvert reads: each component a byte, or 16 bits of the machine's own order, anywhere in its plane.
#define VG_CONVERT_IN                                                                                                            \
  "{ I420, YV12, NV12, NV21, NV16, NV61, NV24, Y41B, Y42B, Y444, YUY2, UYVY, YVYU, VYUY, AYUV, I420_10LE, I422_10LE, Y444_10LE, " \
  "I420_12LE, I422_12LE, Y444_12LE, P010_10LE, P012_LE, P016_LE, AYUV64, GRAY8, GBR, GBR_10LE, GBR_12LE, RGB, BGR, RGBx, BGRx, "  \
  "xRGB, xBGR, RGBA, BGRA, ARGB, ABGR, ARGB64 }"
// Formats that it writes.
#define VG_CONVERT_OUT "{ I420, RGB }"

// Reads raw video caps. What they do not say of the colours is assumed: BT.601 up to 576 lines and BT.709 above, limited range.
gboolean vg_info_from_caps(GstVideoInfo *info, const GstCaps *caps);

// Whether colours must go through linear light to be shown on an ordinary screen: PQ, HLG, or primaries beyond those of BT.709.
gboolean vg_wide(const GstVideoInfo *info);

typedef struct _VgConvert VgConvert;

// From frames as in describes to I420 or RGB of the same size. depth is how many bits of a component of 16 count, when in's
// samples were blown up from fewer; 0: in's own.
VgConvert *vg_convert_new(const GstVideoInfo *in, const GstVideoInfo *out, guint depth);
void vg_convert_free(VgConvert *c);
void vg_convert_frame(VgConvert *c, const GstVideoFrame *in, GstVideoFrame *out);

// The element "videogemcolor"; NULL for a program's own.
gboolean vg_color_register(GstPlugin *plugin);
