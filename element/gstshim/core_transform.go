package gstshim

// #include <gst/base/gstbasetransform.h>
//
// // Above the flags that GstElement uses; GstBaseTransform has none of its own.
// #define VG_GENERATES (GST_ELEMENT_FLAG_LAST << 0)
//
// typedef GstFlowReturn (*VgGenerate)(GstBaseTransform *, GstBuffer **);
// static VgGenerate vg_own, vg_parents;
// static GstFlowReturn vg_generate_output(GstBaseTransform *t, GstBuffer **out) {
//   return GST_OBJECT_FLAG_IS_SET(t, VG_GENERATES) ? vg_own(t, out) : vg_parents(t, out);
// }
// static void vg_choose_generate(GstBaseTransformClass *c) {
//   vg_own = c->generate_output;
//   vg_parents = GST_BASE_TRANSFORM_CLASS(g_type_class_peek_parent(c))->generate_output;
//   c->generate_output = vg_generate_output;
// }
// static void vg_set_generates(GstBaseTransform *t, int on) {
//   if (on) GST_OBJECT_FLAG_SET(t, VG_GENERATES);
//   else GST_OBJECT_FLAG_UNSET(t, VG_GENERATES);
// }
import "C"

import (
	"unsafe"

	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/go-gst/go-gst/pkg/gstbase"
)

// ChooseGenerateOutput makes a class's override of generate_output one that an instance may do without: unless SetGenerates says
// otherwise, GstBaseTransform's own runs. Call it in the class's initialisation, for one class.
func ChooseGenerateOutput(class *gstbase.BaseTransformClass) {
	C.vg_choose_generate((*C.GstBaseTransformClass)(gstbase.UnsafeBaseTransformClassToGlibNone(class)))
}

// SetGenerates says whether the override of generate_output runs for this instance.
func SetGenerates(e gstbase.BaseTransform, on bool) {
	flag := C.int(0)
	if on {
		flag = 1
	}
	C.vg_set_generates((*C.GstBaseTransform)(gstbase.UnsafeBaseTransformToGlibNone(e)), flag)
}

// Writable gives a buffer that may be changed: the same, or when others hold it too a copy. It takes the caller's reference.
func Writable(buf *gst.Buffer) *gst.Buffer {
	p := (*C.GstBuffer)(gst.UnsafeBufferToGlibFull(buf))
	return gst.UnsafeBufferFromGlibFull(unsafe.Pointer(C.gst_mini_object_make_writable((*C.GstMiniObject)(unsafe.Pointer(p)))))
}
