// The element "videogemcolor". It is C because GstBaseTransform's caps are GObject's business from end to end, and there is
// nothing in it for Go to decide.
#include "color.h"

#include <gst/base/gstbasetransform.h>

typedef struct {
  GstBaseTransform base;
  GstVideoInfo in, out;
  VgConvert *convert; // NULL: frames pass
} VgColorElement;
typedef struct {
  GstBaseTransformClass base;
} VgColorElementClass;

G_DEFINE_TYPE(VgColorElement, vg_color_element, GST_TYPE_BASE_TRANSFORM)

#define VG_SIZES "width = (int) [ 1, 32767 ], height = (int) [ 1, 32767 ], framerate = (fraction) [ 0, max ]"
static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS("video/x-raw, format = (string) " VG_CONVERT_IN ", " VG_SIZES));
static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS("video/x-raw, format = (string) " VG_CONVERT_OUT ", " VG_SIZES));

// Any format with any colours can come in where one of the two goes out: only size, rate and the like are the same on both sides.
static GstCaps *transform_caps(GstBaseTransform *t, GstPadDirection from, GstCaps *caps, GstCaps *filter) {
  (void)t;
  GstCaps *to = gst_static_pad_template_get_caps(from == GST_PAD_SINK ? &src_template : &sink_template);
  GstCaps *any = gst_caps_new_empty();
  for (guint i = 0; i < gst_caps_get_size(caps); i++) {
    GstStructure *s = gst_structure_copy(gst_caps_get_structure(caps, i));
    gst_structure_remove_fields(s, "format", "colorimetry", "chroma-site", "mastering-display-info", "content-light-level", NULL);
    gst_caps_append_structure(any, s);
  }
  GstCaps *result = gst_caps_intersect_full(any, to, GST_CAPS_INTERSECT_FIRST);
  gst_caps_unref(any);
  gst_caps_unref(to);
  if (filter) {
    GstCaps *less = gst_caps_intersect_full(filter, result, GST_CAPS_INTERSECT_FIRST);
    gst_caps_unref(result);
    result = less;
  }
  return result;
}

// I420 of an ordinary screen may pass as it is.
static gboolean plain(const GstVideoInfo *info) {
  return GST_VIDEO_INFO_FORMAT(info) == GST_VIDEO_FORMAT_I420 && info->colorimetry.range == GST_VIDEO_COLOR_RANGE_16_235 && !vg_wide(info) &&
         (info->colorimetry.matrix == GST_VIDEO_COLOR_MATRIX_BT601 || info->colorimetry.matrix == GST_VIDEO_COLOR_MATRIX_BT709);
}

// Settles format and colours: what comes in if that may go out, else BT.601 or BT.709 by the matrix that came in.
static GstCaps *fixate_caps(GstBaseTransform *t, GstPadDirection from, GstCaps *caps, GstCaps *other) {
  (void)t;
  GstVideoInfo in;
  if (from == GST_PAD_SINK && vg_info_from_caps(&in, caps)) {
    other = gst_caps_make_writable(gst_caps_truncate(other));
    GstStructure *s = gst_caps_get_structure(other, 0);
    gst_structure_fixate_field_string(s, "format", GST_VIDEO_INFO_IS_RGB(&in) ? "RGB" : "I420");
    if (g_strcmp0(gst_structure_get_string(s, "format"), "I420") == 0) {
      gboolean sd = in.colorimetry.matrix == GST_VIDEO_COLOR_MATRIX_BT601 || (!GST_VIDEO_INFO_IS_YUV(&in) && in.height <= 576);
      const gchar *want = sd && !vg_wide(&in) ? GST_VIDEO_COLORIMETRY_BT601 : GST_VIDEO_COLORIMETRY_BT709;
      if (gst_structure_has_field(s, "colorimetry")) gst_structure_fixate_field_string(s, "colorimetry", want);
      else gst_structure_set(s, "colorimetry", G_TYPE_STRING, want, NULL);
    }
  }
  return gst_caps_fixate(other);
}

static gboolean set_caps(GstBaseTransform *t, GstCaps *in, GstCaps *out) {
  VgColorElement *e = (VgColorElement *)t;
  g_clear_pointer(&e->convert, vg_convert_free);
  if (!vg_info_from_caps(&e->in, in) || !vg_info_from_caps(&e->out, out)) return FALSE;
  gboolean same = GST_VIDEO_INFO_FORMAT(&e->in) == GST_VIDEO_INFO_FORMAT(&e->out) &&
                  (GST_VIDEO_INFO_IS_RGB(&e->in) ? !vg_wide(&e->in) : plain(&e->in) && e->in.colorimetry.matrix == e->out.colorimetry.matrix &&
                                                                         e->in.colorimetry.range == e->out.colorimetry.range);
  gst_base_transform_set_passthrough(t, same);
  if (!same) e->convert = vg_convert_new(&e->in, &e->out, 0);
  return TRUE;
}

static gboolean get_unit_size(GstBaseTransform *t, GstCaps *caps, gsize *size) {
  (void)t;
  GstVideoInfo info;
  if (!gst_video_info_from_caps(&info, caps)) return FALSE;
  *size = info.size;
  return TRUE;
}

static GstFlowReturn transform(GstBaseTransform *t, GstBuffer *in, GstBuffer *out) {
  VgColorElement *e = (VgColorElement *)t;
  GstVideoFrame from, to;
  if (!gst_video_frame_map(&from, &e->in, in, GST_MAP_READ | GST_VIDEO_FRAME_MAP_FLAG_NO_REF)) goto failed;
  if (!gst_video_frame_map(&to, &e->out, out, GST_MAP_WRITE | GST_VIDEO_FRAME_MAP_FLAG_NO_REF)) {
    gst_video_frame_unmap(&from);
    goto failed;
  }
  vg_convert_frame(e->convert, &from, &to);
  gst_video_frame_unmap(&to);
  gst_video_frame_unmap(&from);
  return GST_FLOW_OK;
failed:
  GST_ELEMENT_ERROR(t, STREAM, FAILED, ("a frame is smaller than its caps say"), (NULL));
  return GST_FLOW_ERROR;
}

// Frames may come with rows laid out as the source likes, as the meta of each says.
static gboolean propose_allocation(GstBaseTransform *t, GstQuery *decide, GstQuery *query) {
  if (!GST_BASE_TRANSFORM_CLASS(vg_color_element_parent_class)->propose_allocation(t, decide, query)) return FALSE;
  if (decide) gst_query_add_allocation_meta(query, GST_VIDEO_META_API_TYPE, NULL);
  return TRUE;
}

static gboolean stop(GstBaseTransform *t) {
  g_clear_pointer(&((VgColorElement *)t)->convert, vg_convert_free);
  return TRUE;
}

// The metas of a frame stay, but for those that tell of its memory, which is another.
static gboolean transform_meta(GstBaseTransform *t, GstBuffer *out, GstMeta *meta, GstBuffer *in) {
  if (gst_meta_api_type_has_tag(meta->info->api, g_quark_from_string(GST_META_TAG_MEMORY_STR))) return FALSE;
  if (gst_meta_api_type_has_tag(meta->info->api, g_quark_from_string(GST_META_TAG_VIDEO_COLORSPACE_STR))) return TRUE;
  (void)t, (void)out, (void)in;
  return TRUE;
}

static void vg_color_element_class_init(VgColorElementClass *class) {
  GstElementClass *element = GST_ELEMENT_CLASS(class);
  gst_element_class_set_static_metadata(element, "Colours for ordinary screens", "Filter/Converter/Video",
                                        "Converts to 8-bit I420 or RGB, to the nearest value; HDR is tone-mapped", "The videogem authors");
  gst_element_class_add_static_pad_template(element, &sink_template);
  gst_element_class_add_static_pad_template(element, &src_template);
  GstBaseTransformClass *base = GST_BASE_TRANSFORM_CLASS(class);
  base->transform_caps = transform_caps;
  base->fixate_caps = fixate_caps;
  base->set_caps = set_caps;
  base->get_unit_size = get_unit_size;
  base->transform = transform;
  base->transform_meta = transform_meta;
  base->propose_allocation = propose_allocation;
  base->stop = stop;
}

static void vg_color_element_init(VgColorElement *e) { e->convert = NULL; }

gboolean vg_color_register(GstPlugin *plugin) {
  return gst_element_register(plugin, "videogemcolor", GST_RANK_NONE, vg_color_element_get_type());
}
