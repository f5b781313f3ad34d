package gstshim

// #include <gst/analytics/analytics.h>
//
// // Copies the meta of a template: one block of memory and a reference to each mask. 0: it cannot be done so.
// static int vg_copy_meta(GstBuffer *dst, GstBuffer *src) {
//   GstMeta *m = (GstMeta *)gst_buffer_get_analytics_relation_meta(src);
//   if (gst_buffer_get_analytics_relation_meta(dst) != NULL || m->info->transform_func == NULL) return 0;
//   GstMetaTransformCopy copy = {FALSE, 0, (gsize)-1};
//   return m->info->transform_func(dst, m, src, _gst_meta_transform_copy, &copy);
// }
import "C"

import "github.com/go-gst/go-gst/pkg/gst"

// Analytics is meta that goes on many buffers: what one inference has found. Attaching it costs a copy of one block.
type Analytics struct {
	template *gst.Buffer
	regions  []Region
	classes  []Class
}

// NewAnalytics prepares meta; Close frees it. The error wraps ErrAnalytics.
func NewAnalytics(regions []Region, classes []Class) (*Analytics, error) {
	a := &Analytics{template: gst.NewBuffer(), regions: regions, classes: classes}
	if err := AttachAnalytics(a.template, regions, classes); err != nil {
		a.Close()
		return nil, err
	}
	return a, nil
}

// Attach adds the meta to a buffer, which must be writable; meta that is there already stays. The error wraps ErrAnalytics.
func (a *Analytics) Attach(buf *gst.Buffer) error {
	if C.vg_copy_meta((*C.GstBuffer)(gst.UnsafeBufferToGlibNone(buf)), (*C.GstBuffer)(gst.UnsafeBufferToGlibNone(a.template))) != 0 {
		return nil
	}
	return AttachAnalytics(buf, a.regions, a.classes)
}

// Close frees the meta.
func (a *Analytics) Close() { gst.UnsafeBufferUnref(a.template) }
