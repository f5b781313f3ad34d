package gstshim

// #include <gst/analytics/analytics.h>
// #include <gst/video/video.h>
// #include <string.h>
//
// typedef GstAnalyticsRelationMeta VgMeta;
// typedef struct { gint x, y, w, h; guint mask_w, mask_h; } VgPlace;
//
// static VgMeta *vg_meta(GstBuffer *b) {
//   VgMeta *m = gst_buffer_get_analytics_relation_meta(b); // what an element upstream has found stays
//   return m ? m : gst_buffer_add_analytics_relation_meta(b);
// }
// static int vg_add_detection(VgMeta *m, const char *label, VgPlace p, float confidence) {
//   GstAnalyticsODMtd d;
//   return gst_analytics_relation_meta_add_od_mtd(m, g_quark_from_string(label), p.x, p.y, p.w, p.h, confidence, &d) ? (int)d.id : -1;
// }
// // A heat mask: each of the 256 grey values is a region of its own.
// static int vg_add_mask(VgMeta *m, const guint8 *pix, VgPlace p) {
//   guint ids[256];
//   for (guint i = 0; i < 256; i++) ids[i] = i;
//   GstBuffer *b = gst_buffer_new_allocate(NULL, (gsize)p.mask_w * p.mask_h, NULL);
//   if (!b) return -1;
//   gsize offset[GST_VIDEO_MAX_PLANES] = {0}; // rows without padding, whatever the format's usual stride
//   gint stride[GST_VIDEO_MAX_PLANES] = {(gint)p.mask_w};
//   gst_buffer_fill(b, 0, pix, (gsize)p.mask_w * p.mask_h);
//   gst_buffer_add_video_meta_full(b, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_FORMAT_GRAY8, p.mask_w, p.mask_h, 1, offset, stride);
//   GstAnalyticsSegmentationMtd s;
//   return gst_analytics_relation_meta_add_segmentation_mtd(m, b, GST_SEGMENTATION_TYPE_SEMANTIC, 256, ids,
//     p.x, p.y, (guint)p.w, (guint)p.h, &s) ? (int)s.id : -1;
// }
// static int vg_add_classes(VgMeta *m, int n, float *levels, GQuark *names) {
//   GstAnalyticsClsMtd c;
//   return gst_analytics_relation_meta_add_cls_mtd(m, (gsize)n, levels, names, &c) ? (int)c.id : -1;
// }
// static int vg_relate(VgMeta *m, int a, int b) {
//   return gst_analytics_relation_meta_set_relation(m, GST_ANALYTICS_REL_TYPE_RELATE_TO, (guint)a, (guint)b);
// }
// // The state is a number in a pointer's clothes; Go must not hold it as a pointer.
// static int vg_next_detection(VgMeta *m, gsize *state, VgPlace *p, float *confidence, const char **label) {
//   GstAnalyticsODMtd d;
//   if (!gst_analytics_relation_meta_iterate(m, (gpointer *)state, gst_analytics_od_mtd_get_mtd_type(), &d)) return -1;
//   gst_analytics_od_mtd_get_location(&d, &p->x, &p->y, &p->w, &p->h, confidence);
//   *label = g_quark_to_string(gst_analytics_od_mtd_get_obj_type(&d));
//   return (int)d.id;
// }
// // The mask of a detection with a reference of its own; NULL when there is none of eight bits.
// static GstBuffer *vg_mask_of(VgMeta *m, int id, VgPlace *p) {
//   GstAnalyticsSegmentationMtd s;
//   gpointer state = NULL;
//   if (!gst_analytics_relation_meta_get_direct_related(m, (guint)id, GST_ANALYTICS_REL_TYPE_RELATE_TO,
//       gst_analytics_segmentation_mtd_get_mtd_type(), &state, &s)) return NULL;
//   guint w, h;
//   GstBuffer *b = gst_analytics_segmentation_mtd_get_mask(&s, &p->x, &p->y, &w, &h);
//   GstVideoMeta *v = b ? gst_buffer_get_video_meta(b) : NULL;
//   if (!v || v->format != GST_VIDEO_FORMAT_GRAY8) {
//     if (b) gst_buffer_unref(b);
//     return NULL;
//   }
//   p->w = (gint)w, p->h = (gint)h, p->mask_w = v->width, p->mask_h = v->height;
//   return b;
// }
// static int vg_read_mask(GstBuffer *b, guint8 *dst, guint w, guint h) {
//   GstVideoMeta *v = gst_buffer_get_video_meta(b);
//   GstMapInfo map;
//   gpointer data;
//   gint stride;
//   if (!gst_video_meta_map(v, 0, &map, &data, &stride, GST_MAP_READ)) return 0;
//   int whole = map.size >= (gsize)stride * (h - 1) + w; // a mask is no more to be trusted than any other input
//   for (guint y = 0; whole && y < h; y++) memcpy(dst + (gsize)y * w, (guint8 *)data + (gssize)y * stride, w);
//   gst_video_meta_unmap(v, 0, &map);
//   return whole;
// }
// static int vg_classes(VgMeta *m, GstAnalyticsClsMtd *c) {
//   gpointer state = NULL;
//   return gst_analytics_relation_meta_iterate(m, &state, gst_analytics_cls_mtd_get_mtd_type(), c)
//     ? (int)gst_analytics_cls_mtd_get_length(c) : 0;
// }
// static const char *vg_class(const GstAnalyticsClsMtd *c, int i, float *level) {
//   *level = gst_analytics_cls_mtd_get_level(c, (gsize)i);
//   return g_quark_to_string(gst_analytics_cls_mtd_get_quark(c, (gsize)i));
// }
import "C"

import (
	"errors"
	"fmt"
	"unsafe"

	"github.com/go-gst/go-gst/pkg/gst"
)

// ErrAnalytics means that analytics meta could not be attached or read.
var ErrAnalytics = errors.New("analytics meta")

// Region is what one prompt has found in a frame: a GstAnalytics object detection, related to its mask.
type Region struct {
	Label      string
	Confidence float32 // 0..1
	X, Y, W, H int     // pixels of the frame
	Mask       *Mask   // nil when there is none
}

// Mask is heat as a GStreamer segmentation mask, row by row, one byte a place: 0 is cold, 255 hottest.
type Mask struct {
	Width, Height int
	Pix           []byte // Width*Height
	X, Y, W, H    int    // where it lies in the frame, pixels
}

// Class is a prompt and how well the whole clip goes with it.
type Class struct {
	Label      string
	Confidence float32
}

// AttachAnalytics adds a detection and a mask for each region, one classification of all classes, and the relations from each
// detection to the two. The buffer must be writable; meta that is there already stays. The error wraps ErrAnalytics.
func AttachAnalytics(buf *gst.Buffer, regions []Region, classes []Class) error {
	meta := C.vg_meta((*C.GstBuffer)(gst.UnsafeBufferToGlibNone(buf)))
	if meta == nil {
		return fmt.Errorf("%w: the buffer takes none", ErrAnalytics)
	}
	scores := C.int(-1)
	if len(classes) > 0 {
		levels, names := make([]C.float, len(classes)), make([]C.GQuark, len(classes))
		for i, c := range classes {
			levels[i], names[i] = C.float(c.Confidence), quark(c.Label)
		}
		if scores = C.vg_add_classes(meta, C.int(len(classes)), &levels[0], &names[0]); scores < 0 {
			return fmt.Errorf("%w: classification not added", ErrAnalytics)
		}
	}
	for _, r := range regions {
		if err := attachRegion(meta, r, scores); err != nil {
			return fmt.Errorf("%w: %q: %w", ErrAnalytics, r.Label, err)
		}
	}
	return nil
}

func attachRegion(meta *C.VgMeta, r Region, scores C.int) error {
	label := C.CString(r.Label)
	defer C.free(unsafe.Pointer(label))
	detection := C.vg_add_detection(meta, label, C.VgPlace{x: C.gint(r.X), y: C.gint(r.Y), w: C.gint(r.W), h: C.gint(r.H)}, C.float(r.Confidence))
	if detection < 0 {
		return errors.New("detection not added")
	}
	if scores >= 0 && C.vg_relate(meta, detection, scores) == 0 {
		return errors.New("detection and classification not related")
	}
	m := r.Mask
	if m == nil {
		return nil
	}
	if m.Width < 1 || m.Height < 1 || m.W < 1 || m.H < 1 || len(m.Pix) != m.Width*m.Height {
		return fmt.Errorf("mask of %dx%d over %dx%d pixels with %d bytes", m.Width, m.Height, m.W, m.H, len(m.Pix))
	}
	mask := C.vg_add_mask(meta, (*C.guint8)(unsafe.Pointer(&m.Pix[0])), C.VgPlace{
		x: C.gint(m.X), y: C.gint(m.Y), w: C.gint(m.W), h: C.gint(m.H), mask_w: C.guint(m.Width), mask_h: C.guint(m.Height),
	})
	if mask < 0 || C.vg_relate(meta, detection, mask) == 0 {
		return errors.New("mask not added")
	}
	return nil
}

func quark(s string) C.GQuark {
	c := C.CString(s)
	defer C.free(unsafe.Pointer(c))
	return C.g_quark_from_string(c)
}

// HasAnalytics tells whether a buffer carries analytics meta, be it empty.
func HasAnalytics(buf *gst.Buffer) bool {
	return C.gst_buffer_get_analytics_relation_meta((*C.GstBuffer)(gst.UnsafeBufferToGlibNone(buf))) != nil
}

// ReadAnalytics gives all detections of a buffer, ours and other elements', with their masks of eight bits, and the first
// classification. A buffer without meta has none. The error wraps ErrAnalytics.
func ReadAnalytics(buf *gst.Buffer) (regions []Region, classes []Class, err error) {
	meta := C.gst_buffer_get_analytics_relation_meta((*C.GstBuffer)(gst.UnsafeBufferToGlibNone(buf)))
	if meta == nil {
		return nil, nil, nil
	}
	var state C.gsize
	for {
		var place C.VgPlace
		var confidence C.float
		var label *C.char
		id := C.vg_next_detection(meta, &state, &place, &confidence, &label)
		if id < 0 {
			break
		}
		r := Region{Label: C.GoString(label), Confidence: float32(confidence), X: int(place.x), Y: int(place.y), W: int(place.w), H: int(place.h)}
		if r.Mask, err = readMask(meta, id); err != nil {
			return nil, nil, fmt.Errorf("%w: %q: %w", ErrAnalytics, r.Label, err)
		}
		regions = append(regions, r)
	}
	var c C.GstAnalyticsClsMtd
	for i := range C.vg_classes(meta, &c) {
		var level C.float
		name := C.vg_class(&c, i, &level)
		classes = append(classes, Class{Label: C.GoString(name), Confidence: float32(level)})
	}
	return regions, classes, nil
}

// readMask copies the mask that is related to a detection; nil when there is none.
func readMask(meta *C.VgMeta, detection C.int) (*Mask, error) {
	var p C.VgPlace
	buf := C.vg_mask_of(meta, detection, &p)
	if buf == nil {
		return nil, nil //nolint:nilnil // no mask is no error
	}
	defer C.gst_buffer_unref(buf)
	m := &Mask{Width: int(p.mask_w), Height: int(p.mask_h), X: int(p.x), Y: int(p.y), W: int(p.w), H: int(p.h)}
	m.Pix = make([]byte, m.Width*m.Height)
	if len(m.Pix) == 0 || C.vg_read_mask(buf, (*C.guint8)(unsafe.Pointer(&m.Pix[0])), p.mask_w, p.mask_h) == 0 {
		return nil, fmt.Errorf("mask of %dx%d cannot be read", m.Width, m.Height)
	}
	return m, nil
}
