// What GStreamer looks for in a plugin file. Everything else is Go, behind videogemPluginInit.

#include "plugin.h"

#include "_cgo_export.h"

#define PACKAGE "videogem"

static GstDebugCategory *category;

static gboolean plugin_init(GstPlugin *plugin) {
  category = _gst_debug_category_new("videogem", 0, "shows where actions named in plain words happen");
  return videogemPluginInit(plugin);
}

GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, videogem, "Shows where actions named in plain words happen (VideoGEM)", plugin_init,
                  VIDEOGEM_VERSION, "Apache 2.0", "videogem", "https://github.com/videogem/videogem")

int vg_log_threshold(void) { return gst_debug_category_get_threshold(category); }

void vg_log(int level, const char *file, const char *function, int line, const char *text) {
  gst_debug_log_literal(category, level, file, function, line, NULL, text);
}
