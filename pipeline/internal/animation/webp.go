package animation

import (
	"encoding/binary"
	"fmt"
	"image"
	"slices"
	"time"

	"github.com/videogem/videogem/pipeline/internal/webp"
)

const (
	webpHead   = 12 // RIFF, length, WEBP
	webpVP8X   = 10 // bytes of VP8X
	webpANMF   = 16 // bytes of ANMF before the picture
	webpMoving = 0x02
	webpAlpha  = 0x10
)

// parseWebP takes an animated WebP apart (RFC 9649, section 2.7). One that is cut off has the pictures that are whole.
func parseWebP(data []byte) (*Animation, error) {
	a := &Animation{decode: webp.Decode}
	for kind, body := range webp.Chunks(data[webpHead:]) {
		switch kind {
		case "VP8X":
			if len(body) < webpVP8X || body[0]&webpMoving == 0 {
				return nil, fmt.Errorf("%w: WebP without animation", ErrStill)
			}
			a.Width, a.Height = 1+u24(body[4:]), 1+u24(body[7:])
		case webp.Lossy, webp.Lossless:
			return nil, fmt.Errorf("%w: WebP without animation", ErrStill)
		case "ANMF":
			if len(body) < webpANMF || a.Width == 0 {
				return nil, fmt.Errorf("%w: WebP frame of %d bytes", ErrFormat, len(body))
			}
			c, err := webpCel(body)
			if err != nil {
				return nil, err
			}
			a.cels = append(a.cels, c)
		}
	}
	return a, nil
}

func webpCel(body []byte) (cel, error) {
	x, y := 2*u24(body), 2*u24(body[3:])
	w, h := 1+u24(body[6:]), 1+u24(body[9:])
	c := cel{
		place: image.Rect(x, y, x+w, y+h), duration: time.Duration(u24(body[12:])) * time.Millisecond,
		replaces: body[15]&2 != 0,
	}
	if body[15]&1 != 0 {
		c.disposal = clearing
	}
	var alpha, picture []byte
	kind := ""
	for k, part := range webp.Chunks(body[webpANMF:]) {
		switch k {
		case "ALPH":
			alpha = part
		case webp.Lossy, webp.Lossless:
			kind, picture = k, part
		}
	}
	if got := webp.Size(kind, picture); got != c.place.Size() { // before anything of that size is made
		return c, fmt.Errorf("%w: WebP picture of %v in a place of %v", ErrFormat, got, c.place.Size())
	}
	c.still = func() []byte {
		inner := []byte("WEBP")
		if alpha != nil && kind == webp.Lossy { // lossless pictures have their own
			size := slices.Concat([]byte{webpAlpha, 0, 0, 0}, body[6:12]) // frame and canvas write width and height alike
			inner = slices.Concat(inner, webp.Chunk("VP8X", size), webp.Chunk("ALPH", alpha))
		}
		inner = append(inner, webp.Chunk(kind, picture)...)
		head := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(inner))) //nolint:gosec // it came out of a chunk
		return append(head, inner...)
	}
	return c, nil
}

func u24(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }
