package gstshim

// #include <gst/gst.h>
//
// static GstPadProbeReturn vg_any_size_probe(GstPad *pad, GstPadProbeInfo *info, gpointer data) {
//   GstQuery *query = GST_PAD_PROBE_INFO_QUERY(info);
//   if (GST_QUERY_TYPE(query) != GST_QUERY_CAPS || !(info->type & GST_PAD_PROBE_TYPE_PUSH)) return GST_PAD_PROBE_OK;
//   GstCaps *caps;
//   gst_query_parse_caps(query, &caps);
//   caps = caps ? gst_caps_ref(caps) : gst_caps_new_any();
//   gst_query_set_caps_result(query, caps);
//   gst_caps_unref(caps);
//   return GST_PAD_PROBE_HANDLED;
// }
//
// static void vg_any_size(GstElement *e) {
//   GstPad *pad = gst_element_get_static_pad(e, "sink");
//   gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_QUERY_DOWNSTREAM | GST_PAD_PROBE_TYPE_PUSH, vg_any_size_probe, NULL, NULL);
//   gst_object_unref(pad);
// }
import "C"

import "github.com/go-gst/go-gst/pkg/gst"

// AnySize has an element answer, before those behind it are asked, that it takes whatever there is. A scaler in front of it then leaves the
// size alone; else it takes the one that somebody behind would like best, such as another scaler's (GstBaseTransform puts what it need not
// touch first).
func AnySize(e gst.Element) {
	C.vg_any_size((*C.GstElement)(gst.UnsafeElementToGlibNone(e)))
}
