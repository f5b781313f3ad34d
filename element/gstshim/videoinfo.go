package gstshim

// #include "color.h"
//
// static const char *vg_format_name(const GstVideoInfo *i) { return gst_video_format_to_string(GST_VIDEO_INFO_FORMAT(i)); }
// static int vg_interlaced(const GstVideoInfo *i) { return GST_VIDEO_INFO_IS_INTERLACED(i); }
// static int vg_full_range(const GstVideoInfo *i) { return i->colorimetry.range == GST_VIDEO_COLOR_RANGE_0_255; }
// static int vg_bt709(const GstVideoInfo *i) { return i->colorimetry.matrix == GST_VIDEO_COLOR_MATRIX_BT709; }
// static int vg_bt2020(const GstVideoInfo *i) { return i->colorimetry.matrix == GST_VIDEO_COLOR_MATRIX_BT2020; }
// static int vg_multiview(const GstVideoInfo *i) {
//   return GST_VIDEO_INFO_MULTIVIEW_MODE(i) > GST_VIDEO_MULTIVIEW_MODE_MONO;
// }
import "C"

import (
	"errors"
	"fmt"
	"time"

	"github.com/go-gst/go-gst/pkg/gst"
)

// ErrCaps means that caps do not describe raw video.
var ErrCaps = errors.New("caps are not raw video")

// VideoInfo is what raw video caps say about each frame.
type VideoInfo struct {
	c *C.GstVideoInfo // apart from the Go fields: cgo takes no Go pointer to memory that holds Go pointers

	Format        string // GStreamer's name: RGBA, I420, NV12 …
	Width, Height int    // pixels
	FrameDuration time.Duration
	Interlaced    bool
	FullRange     bool    // luma 0..255 instead of 16..235
	BT709         bool    // BT.709 matrix instead of BT.601
	BT2020        bool    // BT.2020 matrix instead of BT.601
	Multiview     bool    // two pictures or more in one buffer
	PixelAspect   float64 // width of a pixel by its height
}

// ParseCaps reads fixed raw video caps. Where they do not name colours, YUV is taken for BT.601 up to 576 lines and for BT.709 above,
// of limited range. The error wraps ErrCaps.
func ParseCaps(caps *gst.Caps) (*VideoInfo, error) {
	v := &VideoInfo{c: new(C.GstVideoInfo)}
	if C.vg_info_from_caps(v.c, (*C.GstCaps)(gst.UnsafeCapsToGlibNone(caps))) == 0 {
		return nil, fmt.Errorf("%w: %s", ErrCaps, caps.String())
	}
	v.Format = C.GoString(C.vg_format_name(v.c))
	v.Width, v.Height = int(v.c.width), int(v.c.height)
	if v.c.fps_n > 0 {
		v.FrameDuration = time.Duration(int64(v.c.fps_d) * int64(time.Second) / int64(v.c.fps_n))
	}
	v.Interlaced = C.vg_interlaced(v.c) != 0
	v.FullRange = C.vg_full_range(v.c) != 0
	v.BT709 = C.vg_bt709(v.c) != 0
	v.BT2020 = C.vg_bt2020(v.c) != 0
	v.Multiview = C.vg_multiview(v.c) != 0
	v.PixelAspect = float64(v.c.par_n) / float64(v.c.par_d)
	return v, nil
}

// newRGBInfo describes a packed 8-bit RGB frame.
func newRGBInfo(width, height int) (*VideoInfo, error) {
	v := &VideoInfo{c: new(C.GstVideoInfo), Format: "RGB", Width: width, Height: height}
	if C.gst_video_info_set_format(v.c, C.GST_VIDEO_FORMAT_RGB, C.guint(width), C.guint(height)) == 0 {
		return nil, fmt.Errorf("%w: RGB %dx%d", ErrCaps, width, height)
	}
	return v, nil
}
