// Package rgb turns packed 8-bit RGB pictures into GStreamer buffers.
package rgb

import "github.com/go-gst/go-gst/pkg/gst"

// Stride is the bytes of a row of RGB in GStreamer's default layout: rows start at multiples of 4 bytes.
func Stride(width int) int { return (width*3 + 3) &^ 3 }

// Buffer copies the rows of a packed picture [height,width,3] into a new buffer of GStreamer's default layout; nil when there
// is no memory for it.
func Buffer(pix []byte, width, height int) *gst.Buffer {
	stride := Stride(width)
	buf := gst.NewBufferAllocate(nil, uint(stride*height), nil)
	if buf == nil {
		return nil
	}
	info, ok := buf.Map(gst.MapWrite)
	if !ok {
		return nil
	}
	defer info.Unmap()
	rows := info.Data()
	for y := range height {
		copy(rows[y*stride:], pix[y*width*3:(y+1)*width*3])
	}
	return buf
}
