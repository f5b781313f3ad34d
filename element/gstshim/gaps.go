package gstshim

// #include <gst/gst.h>
//
// typedef struct { GstClockTime longest, instead, last; gint64 taken; } VgGaps;
//
// static void vg_gaps_forget(VgGaps *g, GstElement *pace) {
//   g->last = GST_CLOCK_TIME_NONE;
//   if (g->taken != 0) {
//     g->taken = 0;
//     g_object_set(pace, "ts-offset", (gint64) 0, NULL);
//   }
// }
//
// static GstPadProbeReturn vg_gaps_probe(GstPad *pad, GstPadProbeInfo *info, gpointer data) {
//   VgGaps *g = data;
//   GstElement *pace = GST_PAD_PARENT(pad);
//   if (info->type & GST_PAD_PROBE_TYPE_BUFFER) {
//     GstClockTime now = GST_BUFFER_PTS(GST_PAD_PROBE_INFO_BUFFER(info));
//     if (!GST_CLOCK_TIME_IS_VALID(now))
//       return GST_PAD_PROBE_OK;
//     if (GST_CLOCK_TIME_IS_VALID(g->last) && now > g->last && now - g->last > g->longest) {
//       g->taken += (gint64) (now - g->last - g->instead);
//       g_object_set(pace, "ts-offset", -g->taken, NULL);
//     }
//     g->last = now;
//   } else if (GST_EVENT_TYPE(GST_PAD_PROBE_INFO_EVENT(info)) == GST_EVENT_SEGMENT) {
//     vg_gaps_forget(g, pace);
//   }
//   return GST_PAD_PROBE_OK;
// }
//
// static void vg_close_gaps(GstElement *pace, GstClockTime longest, GstClockTime instead) {
//   VgGaps *g = g_new0(VgGaps, 1);
//   GstPad *pad = gst_element_get_static_pad(pace, "sink");
//   g->longest = longest;
//   g->instead = instead;
//   g->last = GST_CLOCK_TIME_NONE;
//   gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, vg_gaps_probe, g, g_free);
//   gst_object_unref(pad);
// }
import "C"

import (
	"time"

	"github.com/go-gst/go-gst/pkg/gst"
)

// CloseGaps has a clocksync wait no longer than instead where the times of its frames have a hole longer than longest. The frames keep
// their times.
func CloseGaps(clocksync gst.Element, longest, instead time.Duration) {
	C.vg_close_gaps((*C.GstElement)(gst.UnsafeElementToGlibNone(clocksync)), C.GstClockTime(longest), C.GstClockTime(instead))
}
