#pragma once

#include <gst/gst.h>

// The project's version, as its change log counts.
#define VIDEOGEM_VERSION "0.1.0"

// vg_log_threshold is the highest level of the category videogem that is printed.
int vg_log_threshold(void);

// vg_log writes a line to GStreamer's debug log.
void vg_log(int level, const char *file, const char *function, int line, const char *text);
