// Package webp reads still WebP pictures in their right colours, and takes the container apart.
package webp

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/draw"
	"iter"

	"golang.org/x/image/webp"
)

// The chunks that hold a picture.
const (
	Lossy    = "VP8 "
	Lossless = "VP8L"
)

// Size is a picture's own size as its chunk says it; nothing for any other chunk. A container's claim may differ.
func Size(kind string, body []byte) image.Point {
	switch {
	case kind == Lossy && len(body) >= 10:
		return image.Pt(int(binary.LittleEndian.Uint16(body[6:])&0x3fff), int(binary.LittleEndian.Uint16(body[8:])&0x3fff))
	case kind == Lossless && len(body) >= 5:
		bits := binary.LittleEndian.Uint32(body[1:])
		return image.Pt(int(bits&0x3fff)+1, int(bits>>14&0x3fff)+1)
	}
	return image.Point{}
}

// Decode reads a still picture, premultiplied.
func Decode(data []byte) (*image.RGBA, error) {
	img, err := webp.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	switch p := img.(type) {
	case *image.YCbCr:
		return fromLimited(p, nil, 0), nil
	case *image.NYCbCrA:
		return fromLimited(&p.YCbCr, p.A, p.AStride), nil
	}
	out := image.NewRGBA(img.Bounds())
	draw.Draw(out, out.Rect, img, out.Rect.Min, draw.Src)
	return out, nil
}

// fromLimited converts by BT.601 with luma 16 to 235, which lossy WebP has (RFC 9649, section 2.5): Go's YCbCr takes all luma for 0 to 255.
func fromLimited(p *image.YCbCr, alpha []byte, alphaStride int) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, p.Rect.Dx(), p.Rect.Dy()))
	for y := range out.Rect.Max.Y {
		row := out.Pix[y*out.Stride:]
		for x := range out.Rect.Max.X {
			c := p.COffset(x+p.Rect.Min.X, y+p.Rect.Min.Y)
			l := 1.164383 * (float32(p.Y[p.YOffset(x+p.Rect.Min.X, y+p.Rect.Min.Y)]) - 16)
			u, v := float32(p.Cb[c])-128, float32(p.Cr[c])-128
			a := float32(1)
			if alpha != nil {
				a = float32(alpha[y*alphaStride+x]) / 255
			}
			row[4*x] = level(a, l+1.596027*v)
			row[4*x+1] = level(a, l-.391762*u-.812968*v)
			row[4*x+2] = level(a, l+2.017232*u)
			row[4*x+3] = level(a, 255)
		}
	}
	return out
}

func level(alpha, v float32) byte { return byte(alpha*max(0, min(v, 255)) + .5) }

// Chunks gives the chunks of a RIFF body, kind and content, up to the first that is cut off.
func Chunks(data []byte) iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		for len(data) >= 8 {
			n := int(binary.LittleEndian.Uint32(data[4:]))
			if n < 0 || n > len(data)-8 {
				return
			}
			if !yield(string(data[:4]), data[8:8+n]) {
				return
			}
			data = data[min(len(data), 8+n+n&1):]
		}
	}
}

// Chunk writes a chunk.
func Chunk(kind string, body []byte) []byte {
	out := binary.LittleEndian.AppendUint32([]byte(kind), uint32(len(body))) //nolint:gosec // it came out of a chunk
	out = append(out, body...)
	if len(body)%2 == 1 {
		out = append(out, 0)
	}
	return out
}
