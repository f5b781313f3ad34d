package gstshim

// #include <gst/gst.h>
//
// extern void vgSetPrompts(GstElement *e, char *prompts);
// extern GstSample *vgGetHeat(GstElement *e, char *prompt);
//
// static guint vg_detection;
//
// static void vg_define_signals(GType type) {
//   vg_detection = g_signal_new("detection", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, GST_TYPE_STRUCTURE);
//   g_signal_new_class_handler("set-prompts", type, (GSignalFlags)(G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION), G_CALLBACK(vgSetPrompts),
//     NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
//   g_signal_new_class_handler("get-heat", type, (GSignalFlags)(G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION), G_CALLBACK(vgGetHeat),
//     NULL, NULL, NULL, GST_TYPE_SAMPLE, 1, G_TYPE_STRING);
// }
// static int vg_listened(GstElement *e) { return g_signal_has_handler_pending(e, vg_detection, 0, FALSE); }
// static void vg_emit_detection(GstElement *e, GstStructure *s) { g_signal_emit(e, vg_detection, 0, s); }
import "C"

import (
	"github.com/go-gst/go-glib/pkg/gobject/v2"
	"github.com/go-gst/go-gst/pkg/gst"
)

// DefineSignals gives the element's class its signals: detection (a GstStructure), and the actions set-prompts (a string) and
// get-heat (a string, gives a GstSample). go-glib's own way of defining signals forgets their class handlers, and its emission
// holds the element until the next garbage collection. Call it in the class's initialisation, for one class.
func DefineSignals(class *gobject.ObjectClass, a Actions) {
	actions = a
	C.vg_define_signals(*(*C.GType)(gobject.UnsafeObjectClassToGlibNone(class)))
}

// HasListeners says whether anything is connected to the signal detection.
func HasListeners(e gst.Element) bool {
	return C.vg_listened((*C.GstElement)(gst.UnsafeElementToGlibNone(e))) != 0
}

// EmitDetection emits the signal detection.
func EmitDetection(e gst.Element, s *gst.Structure) {
	C.vg_emit_detection((*C.GstElement)(gst.UnsafeElementToGlibNone(e)), (*C.GstStructure)(gst.UnsafeStructureToGlibNone(s)))
}
