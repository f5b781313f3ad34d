package gstshim

// #include <glib.h>
// #include <stdint.h>
//
// // One row: dst = dst * (keep+1)/256 + add. Plain enough that the compiler turns it into vector code.
// static void vg_blend_row(uint8_t *restrict dst, const uint8_t *restrict add, const uint8_t *restrict keep, int n) {
//   for (int i = 0; i < n; i++) dst[i] = (uint8_t)(((uint16_t)dst[i] * ((uint16_t)keep[i] + 1)) >> 8) + add[i];
// }
// // The same on n bytes of 16-bit samples. Written with what is lost, so that the product stays within what one vector
// // instruction gives (the upper half of 16x16 bits) and keep=65535 changes nothing. The lower six bits are no part of P010.
// static void vg_blend_row_wide(uint8_t *dst8, const uint8_t *add8, const uint8_t *keep8, int n) {
//   uint16_t *restrict dst = (uint16_t *)dst8;
//   const uint16_t *restrict add = (const uint16_t *)add8, *restrict keep = (const uint16_t *)keep8;
//   for (int i = 0; i < n / 2; i++) {
//     uint16_t d = GUINT16_FROM_LE(dst[i]), lose = ~GUINT16_FROM_LE(keep[i]);
//     d = (uint16_t)(d - (uint16_t)(((uint32_t)d * lose) >> 16) + GUINT16_FROM_LE(add[i]));
//     dst[i] = GUINT16_TO_LE((uint16_t)(d & 0xffc0));
//   }
// }
// typedef void VgBlendRow(uint8_t *, const uint8_t *, const uint8_t *, int);
// static inline void vg_rows(VgBlendRow row, uint8_t *dst, int stride, const uint8_t *add, const uint8_t *keep, int width,
//                            const int32_t *spans, int rows) {
//   for (int y = 0; y < rows; y++) {
//     int from = spans[2 * y], to = spans[2 * y + 1];
//     if (from < to) row(dst + (intptr_t)y * stride + from, add + (intptr_t)y * width + from, keep + (intptr_t)y * width + from, to - from);
//   }
// }
// static void vg_blend(uint8_t *dst, int stride, const uint8_t *add, const uint8_t *keep, int width, const int32_t *spans, int rows, int wide) {
//   vg_rows(wide ? vg_blend_row_wide : vg_blend_row, dst, stride, add, keep, width, spans, rows);
// }
import "C"

import "unsafe"

// Blend lays one plane of an overlay on a plane of a frame: dst = dst*(keep+1)/256 + add, byte by byte, so it serves every
// 8-bit format. add and keep are rows*width bytes; spans holds for each row the half-open byte range [from, to) that is not
// empty. dst has rows rows, stride bytes apart. It is C because this loop runs over every byte of every frame, and Go's
// compiler does not vectorise it (measured: 22 ms in plain Go at 1080p, about 1 ms so).
func Blend(dst []byte, stride int, add, keep []byte, width int, spans []int32) {
	blend(dst, stride, add, keep, width, spans, 0)
}

// BlendWide is Blend for samples of 16 bits, little endian, of which the upper ten count (P010): dst = dst*(keep+1)/65536 + add.
// All sizes stay in bytes and are even.
func BlendWide(dst []byte, stride int, add, keep []byte, width int, spans []int32) {
	blend(dst, stride, add, keep, width, spans, 1)
}

func blend(dst []byte, stride int, add, keep []byte, width int, spans []int32, wide C.int) {
	rows := len(spans) / 2
	if rows == 0 || width == 0 {
		return
	}
	_, _, _ = dst[(rows-1)*stride+width-1], add[rows*width-1], keep[rows*width-1]
	C.vg_blend((*C.uint8_t)(unsafe.Pointer(&dst[0])), C.int(stride), (*C.uint8_t)(unsafe.Pointer(&add[0])),
		(*C.uint8_t)(unsafe.Pointer(&keep[0])), C.int(width), (*C.int32_t)(unsafe.Pointer(&spans[0])), C.int(rows), wide)
}
