#include "color.h"

#include <math.h>
#include <string.h>

// What the caps leave open is settled here once, so that nobody behind has to guess again.
gboolean vg_info_from_caps(GstVideoInfo *info, const GstCaps *caps) {
  if (!gst_video_info_from_caps(info, caps)) return FALSE;
  if (!GST_VIDEO_INFO_IS_YUV(info)) return TRUE;
  GstVideoColorimetry *c = &info->colorimetry;
  gboolean said = gst_structure_has_field(gst_caps_get_structure(caps, 0), "colorimetry");
  if (!said && info->height > 576) gst_video_colorimetry_from_string(c, GST_VIDEO_COLORIMETRY_BT709); // GStreamer takes 2160 lines for BT.2020
  if (c->matrix == GST_VIDEO_COLOR_MATRIX_UNKNOWN || c->matrix == GST_VIDEO_COLOR_MATRIX_RGB) {
    c->matrix = c->primaries == GST_VIDEO_COLOR_PRIMARIES_BT2020 ? GST_VIDEO_COLOR_MATRIX_BT2020
                : info->height > 576                             ? GST_VIDEO_COLOR_MATRIX_BT709
                                                                 : GST_VIDEO_COLOR_MATRIX_BT601;
  }
  if (c->range == GST_VIDEO_COLOR_RANGE_UNKNOWN) c->range = GST_VIDEO_COLOR_RANGE_16_235;
  if (c->primaries == GST_VIDEO_COLOR_PRIMARIES_UNKNOWN && c->matrix == GST_VIDEO_COLOR_MATRIX_BT2020) c->primaries = GST_VIDEO_COLOR_PRIMARIES_BT2020;
  return TRUE;
}

static gboolean vg_hdr(const GstVideoInfo *info) {
  return info->colorimetry.transfer == GST_VIDEO_TRANSFER_SMPTE2084 || info->colorimetry.transfer == GST_VIDEO_TRANSFER_ARIB_STD_B67;
}

gboolean vg_wide(const GstVideoInfo *info) {
  if (vg_hdr(info)) return TRUE;
  switch (info->colorimetry.primaries) {
  case GST_VIDEO_COLOR_PRIMARIES_BT2020:
  case GST_VIDEO_COLOR_PRIMARIES_ADOBERGB:
  case GST_VIDEO_COLOR_PRIMARIES_SMPTERP431:
  case GST_VIDEO_COLOR_PRIMARIES_SMPTEEG432:
    return TRUE;
  default:
    return FALSE;
  }
}

// PQ, SMPTE ST 2084: from a signal of 0..1 to cd/m2, and back.
static double pq_light(double e) {
  double p = pow(MAX(e, 0), 1 / 78.84375);
  return 10000 * pow(MAX(p - 0.8359375, 0) / (18.8515625 - 18.6875 * p), 1 / 0.1593017578125);
}
static double pq_signal(double light) {
  double p = pow(MAX(light, 0) / 10000, 0.1593017578125);
  return pow((0.8359375 + 18.8515625 * p) / (1 + 18.6875 * p), 78.84375);
}

// HLG, ITU-R BT.2100: from a signal of 0..1 to the scene's light, 0..1.
static double hlg_scene(double e) {
  return e <= 0.5 ? MAX(e, 0) * MAX(e, 0) / 3 : (exp((e - 0.55991073) / 0.17883277) + 0.28466892) / 12;
}

// The brightest light that is told apart, and that of white on an ordinary screen (ITU-R BT.2408), cd/m2.
#define VG_PEAK 1000.0
#define VG_WHITE 203.0

// ITU-R BT.2390's roll-off, section 5.4: what an ordinary screen shows for a light, in cd/m2. It changes nothing up to the knee.
static double roll_off(double light) {
  double top = pq_signal(VG_PEAK), e = MIN(pq_signal(light) / top, 1), most = pq_signal(VG_WHITE) / top, knee = 1.5 * most - 0.5;
  if (e > knee) {
    double t = (e - knee) / (1 - knee), t2 = t * t, t3 = t2 * t;
    e = (2 * t3 - 3 * t2 + 1) * knee + (t3 - 2 * t2 + t) * (1 - knee) + (-2 * t3 + 3 * t2) * most;
  }
  return pq_light(e * top);
}

// From linear RGB of one set of primaries to CIE XYZ.
static void to_xyz(GstVideoColorPrimaries which, double m[3][3]) {
  const GstVideoColorPrimariesInfo *p = gst_video_color_primaries_get_info(which);
  double xy[4][2] = {{p->Rx, p->Ry}, {p->Gx, p->Gy}, {p->Bx, p->By}, {p->Wx, p->Wy}}, x[3][3];
  for (int c = 0; c < 3; c++) x[0][c] = xy[c][0] / xy[c][1], x[1][c] = 1, x[2][c] = (1 - xy[c][0] - xy[c][1]) / xy[c][1];
  double w[3] = {xy[3][0] / xy[3][1], 1, (1 - xy[3][0] - xy[3][1]) / xy[3][1]}, det = 0, s[3];
  for (int c = 0; c < 3; c++) det += x[0][c] * (x[1][(c + 1) % 3] * x[2][(c + 2) % 3] - x[1][(c + 2) % 3] * x[2][(c + 1) % 3]);
  for (int c = 0; c < 3; c++) { // Cramer's rule
    double d = 0;
    for (int k = 0; k < 3; k++) {
      double a[3] = {k == c ? w[0] : x[0][k], k == c ? w[1] : x[1][k], k == c ? w[2] : x[2][k]};
      int k1 = (k + 1) % 3, k2 = (k + 2) % 3;
      double b1[3], b2[3];
      for (int i = 0; i < 3; i++) b1[i] = k1 == c ? w[i] : x[i][k1], b2[i] = k2 == c ? w[i] : x[i][k2];
      d += a[0] * (b1[1] * b2[2] - b2[1] * b1[2]);
    }
    s[c] = d / det;
  }
  for (int r = 0; r < 3; r++)
    for (int c = 0; c < 3; c++) m[r][c] = x[r][c] * s[c];
}

static void inverse(double m[3][3], double to[3][3]) {
  double det = 0;
  for (int c = 0; c < 3; c++) det += m[0][c] * (m[1][(c + 1) % 3] * m[2][(c + 2) % 3] - m[1][(c + 2) % 3] * m[2][(c + 1) % 3]);
  for (int r = 0; r < 3; r++)
    for (int c = 0; c < 3; c++)
      to[c][r] = (m[(r + 1) % 3][(c + 1) % 3] * m[(r + 2) % 3][(c + 2) % 3] - m[(r + 1) % 3][(c + 2) % 3] * m[(r + 2) % 3][(c + 1) % 3]) / det;
}

// VG_GRID values of each of Y', Cb and Cr make the table of colours that go through light; between them it is interpolated.
#define VG_GRID 48
#define VG_COLORS (VG_GRID * VG_GRID * VG_GRID)

// Room for rows: two of luma, Cb, Cr, and five to work in.
#define VG_LINES 9

struct _VgConvert {
  GstVideoInfo in, out;
  guint depth;
  gint pair;                  // rows of luma to one row of chroma that comes out: 2 for I420, 1 for RGB
  float scale[3], offset[3];  // from a component's number to Y' or R'G'B' (0..1), Cb and Cr (-1/2..1/2)
  float rgb_y[3], rgb_u[3], rgb_v[3]; // R'G'B' that come in to Y'CbCr
  float m[3][3];              // Y'CbCr as they come in to what goes out: Y'CbCr or R'G'B', 0..255 with put_offset
  float put_offset[3];
  float *table;               // the same for colours that go through light, [3][VG_GRID Cr][VG_GRID Cb][VG_GRID Y']; NULL for others
  float *lines;               // VG_LINES rows
  gint width, half;
};

static void matrix_of(const GstVideoInfo *info, double *kr, double *kb) {
  if (!gst_video_color_matrix_get_Kr_Kb(info->colorimetry.matrix, kr, kb)) *kr = 0.2126, *kb = 0.0722;
}

// The numbers that stand for 0 and 1 in a component.
static void range_of(const GstVideoInfo *info, guint depth, gint component, double *zero, double *one) {
  gboolean rgb = GST_VIDEO_INFO_IS_RGB(info), full = info->colorimetry.range == GST_VIDEO_COLOR_RANGE_0_255 ||
                 (info->colorimetry.range == GST_VIDEO_COLOR_RANGE_UNKNOWN && !GST_VIDEO_INFO_IS_YUV(info));
  double unit = (double)(1u << (depth - 8)), most = (double)((1u << depth) - 1);
  gboolean chroma = component > 0 && !rgb;
  if (full) *zero = chroma ? 128 * unit : 0, *one = most;
  else *zero = (chroma ? 128 : 16) * unit, *one = (chroma ? 224 : 219) * unit;
}

// One colour through light: Y'CbCr as it comes in to R'G'B' (0..1) for an ordinary screen.
static void through_light(const VgConvert *c, double to709[3][3], double y, double u, double v, double rgb[3]) {
  double kr, kb, luminance[3] = {0.2126, 0.7152, 0.0722};
  matrix_of(&c->in, &kr, &kb);
  double e[3] = {y + 2 * (1 - kr) * v, 0, y + 2 * (1 - kb) * u}, l[3];
  e[1] = (y - kr * e[0] - kb * e[2]) / (1 - kr - kb);
  GstVideoTransferFunction transfer = c->in.colorimetry.transfer;
  for (int i = 0; i < 3; i++) {
    e[i] = CLAMP(e[i], 0, 1);
    l[i] = transfer == GST_VIDEO_TRANSFER_SMPTE2084     ? pq_light(e[i])
           : transfer == GST_VIDEO_TRANSFER_ARIB_STD_B67 ? hlg_scene(e[i])
                                                         : pow(e[i], 2.4) * VG_WHITE; // ITU-R BT.1886
  }
  if (transfer == GST_VIDEO_TRANSFER_ARIB_STD_B67) { // the screen's own gamma at its nominal peak, ITU-R BT.2100
    double scene = 0.2627 * l[0] + 0.6780 * l[1] + 0.0593 * l[2], gain = VG_PEAK * pow(scene, 0.2);
    for (int i = 0; i < 3; i++) l[i] *= gain;
  }
  double most = MAX(l[0], MAX(l[1], l[2]));
  double gain = vg_hdr(&c->in) && most > 0 ? roll_off(most) / most : 1; // of all alike: the hue stays
  double s[3], grey = 0, low = 0;
  for (int i = 0; i < 3; i++) s[i] = gain * (to709[i][0] * l[0] + to709[i][1] * l[1] + to709[i][2] * l[2]) / VG_WHITE;
  for (int i = 0; i < 3; i++) grey += luminance[i] * s[i], low = MIN(low, s[i]);
  for (int i = 0; i < 3; i++) { // what the screen cannot show is mixed with grey until it can
    if (low < 0) s[i] = grey + (s[i] - grey) * grey / (grey - low);
    rgb[i] = pow(CLAMP(s[i], 0, 1), 1 / 2.4);
  }
}

static void fill_table(VgConvert *c, double kr, double kb) {
  double from[3][3], to[3][3], back[3][3], to709[3][3];
  GstVideoColorPrimaries primaries = c->in.colorimetry.primaries;
  if (primaries == GST_VIDEO_COLOR_PRIMARIES_UNKNOWN) primaries = GST_VIDEO_COLOR_PRIMARIES_BT709;
  to_xyz(primaries, from);
  to_xyz(GST_VIDEO_COLOR_PRIMARIES_BT709, to);
  inverse(to, back);
  for (int r = 0; r < 3; r++)
    for (int k = 0; k < 3; k++) to709[r][k] = back[r][0] * from[0][k] + back[r][1] * from[1][k] + back[r][2] * from[2][k];
  gboolean yuv = GST_VIDEO_INFO_IS_YUV(&c->out);
  double zero[3], one[3], step = 1.0 / (VG_GRID - 1);
  for (int i = 0; i < 3; i++) range_of(&c->out, 8, i, &zero[i], &one[i]);
  c->table = g_new(float, 3 * VG_COLORS);
  float *at = c->table;
  for (int v = 0; v < VG_GRID; v++)
    for (int u = 0; u < VG_GRID; u++)
      for (int y = 0; y < VG_GRID; y++, at++) {
        double e[3], p[3];
        through_light(c, to709, y * step, u * step - 0.5, v * step - 0.5, e);
        p[0] = e[0], p[1] = e[1], p[2] = e[2];
        if (yuv) {
          p[0] = kr * e[0] + (1 - kr - kb) * e[1] + kb * e[2];
          p[1] = (e[2] - p[0]) / (2 * (1 - kb)), p[2] = (e[0] - p[0]) / (2 * (1 - kr));
        }
        for (int i = 0; i < 3; i++) at[i * VG_COLORS] = (float)(zero[i] + one[i] * p[i]);
      }
}

VgConvert *vg_convert_new(const GstVideoInfo *in, const GstVideoInfo *out, guint depth) {
  VgConvert *c = g_new0(VgConvert, 1);
  c->in = *in, c->out = *out;
  c->depth = depth ? depth : in->finfo->depth[0];
  c->width = in->width, c->half = (in->width + 1) / 2;
  c->pair = GST_VIDEO_INFO_IS_YUV(out) ? 2 : 1;
  double stretch = (double)((1u << c->depth) - 1) / (double)((1u << in->finfo->depth[0]) - 1), kr, kb, out_kr, out_kb;
  for (int i = 0; i < 3; i++) {
    double zero, one;
    range_of(in, c->depth, i, &zero, &one);
    c->scale[i] = (float)(stretch / one), c->offset[i] = (float)(-zero / one);
  }
  matrix_of(out, &out_kr, &out_kb);
  matrix_of(in, &kr, &kb);
  if (GST_VIDEO_INFO_IS_RGB(in)) {
    if (!vg_wide(in)) kr = out_kr, kb = out_kb; // no matrix of their own: that of the output, which then changes nothing
    else c->in.colorimetry.matrix = GST_VIDEO_COLOR_MATRIX_BT2020, matrix_of(&c->in, &kr, &kb);
    double kg = 1 - kr - kb, nu = 1 / (2 * (1 - kb)), nv = 1 / (2 * (1 - kr));
    double y[3] = {kr, kg, kb}, u[3] = {-kr * nu, -kg * nu, 0.5}, v[3] = {0.5, -kg * nv, -kb * nv};
    for (int i = 0; i < 3; i++) c->rgb_y[i] = (float)y[i], c->rgb_u[i] = (float)u[i], c->rgb_v[i] = (float)v[i];
  }
  double kg = 1 - kr - kb, rv = 2 * (1 - kr), bu = 2 * (1 - kb), gu = -kb * bu / kg, gv = -kr * rv / kg;
  double rgb[3][3] = {{1, 0, rv}, {1, gu, gv}, {1, bu, 0}}; // Y'CbCr to R'G'B'
  for (int i = 0; i < 3; i++) {
    double zero, one, row[3] = {rgb[i][0], rgb[i][1], rgb[i][2]};
    range_of(out, 8, i, &zero, &one);
    if (GST_VIDEO_INFO_IS_YUV(out)) {
      double okg = 1 - out_kr - out_kb, nu = 1 / (2 * (1 - out_kb)), nv = 1 / (2 * (1 - out_kr));
      double k[3][3] = {{out_kr, okg, out_kb}, {-out_kr * nu, -okg * nu, 0.5}, {0.5, -okg * nv, -out_kb * nv}};
      for (int j = 0; j < 3; j++) row[j] = k[i][0] * rgb[0][j] + k[i][1] * rgb[1][j] + k[i][2] * rgb[2][j];
      if (i > 0) row[0] = 0; // but for what numbers lose
    }
    for (int j = 0; j < 3; j++) c->m[i][j] = (float)(row[j] * one);
    c->put_offset[i] = (float)(zero + 0.5); // to the nearest
  }
  if (vg_wide(in)) fill_table(c, out_kr, out_kb);
  c->lines = g_new0(float, (gsize)(c->width + 1) * VG_LINES);
  return c;
}

void vg_convert_free(VgConvert *c) {
  if (!c) return;
  g_free(c->table);
  g_free(c->lines);
  g_free(c);
}

// Reads one row of a component. Each case is written out, so that it becomes vector code.
static void read_row(float *restrict dst, const guint8 *restrict src, gint step, gint n, gboolean wide, guint shift, float scale, float offset) {
  if (wide) {
    const guint16 *s = (const guint16 *)src;
    gint k = step / 2;
    if (k == 1)
      for (gint i = 0; i < n; i++) dst[i] = (float)(s[i] >> shift) * scale + offset;
    else
      for (gint i = 0; i < n; i++) dst[i] = (float)(s[i * k] >> shift) * scale + offset;
    return;
  }
  switch (step) {
  case 1:
    for (gint i = 0; i < n; i++) dst[i] = (float)src[i] * scale + offset;
    break;
  case 2:
    for (gint i = 0; i < n; i++) dst[i] = (float)src[2 * i] * scale + offset;
    break;
  default:
    for (gint i = 0; i < n; i++) dst[i] = (float)src[i * step] * scale + offset;
  }
}

// Row y of a component of the frame, in its own width; rows below the last repeat it.
static gint read_component(const VgConvert *c, const GstVideoFrame *in, gint component, gint y, float *dst) {
  const GstVideoFormatInfo *f = in->info.finfo;
  gint plane = f->plane[component], rows = GST_VIDEO_FRAME_COMP_HEIGHT(in, component), n = GST_VIDEO_FRAME_COMP_WIDTH(in, component);
  gboolean wide = f->depth[component] > 8;
  // GStreamer 1.26 says that P010's V begins at byte 1; it is 2.
  gint at = wide ? (f->poffset[component] + 1) & ~1 : f->poffset[component];
  const guint8 *src = (const guint8 *)in->data[plane] + (gssize)MIN(y >> f->h_sub[component], rows - 1) * in->info.stride[plane] + at;
  read_row(dst, src, f->pixel_stride[component], n, wide, wide ? f->shift[component] : 0, c->scale[component], c->offset[component]);
  return n;
}

// Brings a row of chroma to a width: each sample the mean of those that it stands for, or the nearest.
static void fit(float *restrict dst, const float *restrict row, gint have, gint want) {
  if (have == want) {
    memcpy(dst, row, sizeof(float) * (gsize)want);
  } else if (have > want) {
    for (gint i = 0; i < have / 2; i++) dst[i] = 0.5f * (row[2 * i] + row[2 * i + 1]);
    for (gint i = have / 2; i < want; i++) dst[i] = row[have - 1];
  } else if (have == (want + 1) / 2) {
    for (gint i = 0; i < want / 2; i++) dst[2 * i] = dst[2 * i + 1] = row[i];
    if (want & 1) dst[want - 1] = row[have - 1];
  } else { // a quarter
    for (gint i = 0; i < want; i++) dst[i] = row[MIN(i / 2 * have / ((want + 1) / 2), have - 1)];
  }
}

// Y', Cb and Cr of one row for RGB, of two rows of luma and the chroma of both for I420.
static void load(const VgConvert *c, const GstVideoFrame *in, gint y, float *luma[2], float *u, float *v) {
  const GstVideoFormatInfo *f = in->info.finfo;
  gint w = c->width, cw = c->pair == 2 ? c->half : w;
  float *room = c->lines + (gsize)(w + 1) * 4, *r = room, *g = r + w + 1, *b = g + w + 1, *more = b + w + 1;
  if (GST_VIDEO_FORMAT_INFO_IS_RGB(f)) {
    float *half[3] = {more, u, v}; // of R', G' and B'
    for (gint k = 0; k < c->pair; k++) {
      gint row = MIN(y + k, in->info.height - 1);
      read_component(c, in, 0, row, r), read_component(c, in, 1, row, g), read_component(c, in, 2, row, b);
      float *restrict l = luma[k];
      for (gint i = 0; i < w; i++) l[i] = c->rgb_y[0] * r[i] + c->rgb_y[1] * g[i] + c->rgb_y[2] * b[i];
      for (gint j = 0; j < 3; j++) {
        float *from = room + (gsize)j * (gsize)(w + 1);
        if (k == 0) {
          fit(half[j], from, w, cw);
          continue;
        }
        float *second = luma[0] + (gsize)(w + 1) * 8;
        fit(second, from, w, cw);
        for (gint i = 0; i < cw; i++) half[j][i] = 0.5f * (half[j][i] + second[i]);
      }
    }
    for (gint i = 0; i < cw; i++) {
      float e[3] = {half[0][i], half[1][i], half[2][i]};
      u[i] = c->rgb_u[0] * e[0] + c->rgb_u[1] * e[1] + c->rgb_u[2] * e[2];
      v[i] = c->rgb_v[0] * e[0] + c->rgb_v[1] * e[1] + c->rgb_v[2] * e[2];
    }
    return;
  }
  for (gint k = 0; k < c->pair; k++) read_component(c, in, 0, MIN(y + k, in->info.height - 1), luma[k]);
  if (GST_VIDEO_FORMAT_INFO_IS_GRAY(f)) {
    memset(u, 0, sizeof(float) * (gsize)cw), memset(v, 0, sizeof(float) * (gsize)cw);
    return;
  }
  float *to[2] = {u, v};
  for (gint k = 0; k < 2; k++) {
    gint n = read_component(c, in, k + 1, y, r);
    if (c->pair == 2 && f->h_sub[k + 1] == 0 && y + 1 < in->info.height) { // the mean of both rows
      read_component(c, in, k + 1, y + 1, g);
      for (gint i = 0; i < n; i++) r[i] = 0.5f * (r[i] + g[i]);
    }
    fit(to[k], r, n, cw);
  }
}

static inline guint8 put(float x) { return (guint8)(x < 0 ? 0 : x > 255 ? 255 : x); }

// Interpolates the table at a colour.
static inline void look_up(const VgConvert *c, float y, float u, float v, gint from, gint to, float *out) {
  float p[3] = {y, u + 0.5f, v + 0.5f}, part[3];
  gint at[3];
  for (int i = 0; i < 3; i++) {
    float x = CLAMP(p[i], 0, 1) * (VG_GRID - 1);
    at[i] = MIN((gint)x, VG_GRID - 2), part[i] = x - (float)at[i];
  }
  const float *t = c->table + from * VG_COLORS + (at[2] * VG_GRID + at[1]) * VG_GRID + at[0];
  for (gint k = from; k < to; k++, t += VG_COLORS) {
    float edge[4];
    for (int j = 0; j < 4; j++) {
      const float *e = t + (j & 1) * VG_GRID + (j >> 1) * VG_GRID * VG_GRID;
      edge[j] = e[0] + part[0] * (e[1] - e[0]);
    }
    float a = edge[0] + part[1] * (edge[1] - edge[0]), b = edge[2] + part[1] * (edge[3] - edge[2]);
    out[k] = a + part[2] * (b - a) + 0.5f;
  }
}

static void write_i420(const VgConvert *c, GstVideoFrame *out, gint y, float *luma[2], float *u, float *v) {
  gint w = c->width, half = c->half;
  guint8 *rows[3];
  for (gint k = 1; k < 3; k++) rows[k] = (guint8 *)out->data[k] + (gssize)(y / 2) * out->info.stride[k];
  for (gint k = 0; k < 2 && y + k < out->info.height; k++) {
    guint8 *restrict dst = (guint8 *)out->data[0] + (gssize)(y + k) * out->info.stride[0];
    if (c->table) {
      for (gint i = 0; i < w; i++) {
        float p[3];
        look_up(c, luma[k][i], u[i / 2], v[i / 2], 0, 1, p);
        dst[i] = put(p[0]);
      }
      continue;
    }
    const float *l = luma[k];
    float *restrict add = c->lines + (gsize)(w + 1) * 4;
    for (gint i = 0; i < half; i++) add[i] = c->m[0][1] * u[i] + c->m[0][2] * v[i] + c->put_offset[0];
    for (gint i = 0; i < half - 1; i++) {
      dst[2 * i] = put(c->m[0][0] * l[2 * i] + add[i]);
      dst[2 * i + 1] = put(c->m[0][0] * l[2 * i + 1] + add[i]);
    }
    for (gint i = 2 * (half - 1); i < w; i++) dst[i] = put(c->m[0][0] * l[i] + add[half - 1]);
  }
  guint8 *restrict du = rows[1], *restrict dv = rows[2];
  if (c->table) {
    for (gint i = 0; i < half; i++) {
      float p[3];
      gint right = MIN(2 * i + 1, w - 1);
      float mean = 0.25f * (luma[0][2 * i] + luma[0][right] + luma[1][2 * i] + luma[1][right]);
      look_up(c, mean, u[i], v[i], 1, 3, p);
      du[i] = put(p[1]), dv[i] = put(p[2]);
    }
    return;
  }
  for (gint i = 0; i < half; i++) du[i] = put(c->m[1][1] * u[i] + c->m[1][2] * v[i] + c->put_offset[1]);
  for (gint i = 0; i < half; i++) dv[i] = put(c->m[2][1] * u[i] + c->m[2][2] * v[i] + c->put_offset[2]);
}

static void write_rgb(const VgConvert *c, GstVideoFrame *out, gint y, const float *l, const float *u, const float *v) {
  guint8 *restrict dst = (guint8 *)out->data[0] + (gssize)y * out->info.stride[0];
  gint w = c->width;
  if (c->table) {
    for (gint i = 0; i < w; i++) {
      float p[3];
      look_up(c, l[i], u[i], v[i], 0, 3, p);
      for (int k = 0; k < 3; k++) dst[3 * i + k] = put(p[k]);
    }
    return;
  }
  guint8 *restrict r = (guint8 *)(c->lines + (gsize)(w + 1) * 4), *restrict g = r + w, *restrict b = g + w; // apart, for vector code
  for (gint i = 0; i < w; i++) r[i] = put(c->m[0][0] * l[i] + c->m[0][2] * v[i] + c->put_offset[0]);
  for (gint i = 0; i < w; i++) g[i] = put(c->m[1][0] * l[i] + c->m[1][1] * u[i] + c->m[1][2] * v[i] + c->put_offset[1]);
  for (gint i = 0; i < w; i++) b[i] = put(c->m[2][0] * l[i] + c->m[2][1] * u[i] + c->put_offset[2]);
  for (gint i = 0; i < w; i++) dst[3 * i] = r[i], dst[3 * i + 1] = g[i], dst[3 * i + 2] = b[i];
}

void vg_convert_frame(VgConvert *c, const GstVideoFrame *in, GstVideoFrame *out) {
  gsize n = (gsize)c->width + 1;
  float *luma[2] = {c->lines, c->lines + n}, *u = c->lines + 2 * n, *v = c->lines + 3 * n;
  for (gint y = 0; y < in->info.height; y += c->pair) {
    load(c, in, y, luma, u, v);
    if (c->pair == 2) write_i420(c, out, y, luma, u, v);
    else write_rgb(c, out, y, luma[0], u, v);
  }
}
