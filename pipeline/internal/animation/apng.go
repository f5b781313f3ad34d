package animation

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/png"
	"slices"
	"time"
)

const (
	pngSignature = "\x89PNG\r\n\x1a\n"
	pngHeader    = 13 // bytes of IHDR
	fctlSize     = 26 // bytes of fcTL
)

// parseAPNG takes an animated PNG apart (PNG specification, third edition, section 11.3.6). One that is cut off has the pictures that
// are whole.
func parseAPNG(data []byte) (*Animation, error) {
	a := &Animation{decode: decodePNG}
	var header []byte
	var shared [][]byte // chunks that every picture needs
	var control []byte  // the fcTL whose picture is being gathered
	var parts [][]byte  // its compressed data
	animated := false
	flush := func() {
		if control != nil && parts != nil {
			a.cels = append(a.cels, pngCel(header, slices.Clone(shared), control, parts))
		}
		control, parts = nil, nil
	}
	for at := len(pngSignature); at+12 <= len(data); {
		n := int(binary.BigEndian.Uint32(data[at:]))
		if n < 0 || n > len(data)-at-12 {
			break // cut off
		}
		kind, body := string(data[at+4:at+8]), data[at+8:at+8+n]
		at += 12 + n
		switch kind {
		case "IHDR":
			if n != pngHeader {
				return nil, fmt.Errorf("%w: PNG header of %d bytes", ErrFormat, n)
			}
			header = body
			a.Width, a.Height = int(binary.BigEndian.Uint32(body)), int(binary.BigEndian.Uint32(body[4:]))
		case "acTL":
			animated = true
		case "PLTE", "tRNS":
			shared = append(shared, pngChunk(kind, body))
		case "fcTL":
			flush()
			if n != fctlSize || header == nil {
				return nil, fmt.Errorf("%w: PNG frame control of %d bytes", ErrFormat, n)
			}
			control = body
		case "IDAT":
			if !animated { // acTL must come before: a still, which need not be read to its end
				return nil, fmt.Errorf("%w: PNG without animation control", ErrStill)
			}
			if control != nil { // otherwise a still for those who do not know animations
				parts = append(parts, body)
			}
		case "fdAT":
			if n < 4 {
				return nil, fmt.Errorf("%w: PNG frame data of %d bytes", ErrFormat, n)
			}
			parts = append(parts, body[4:])
		case "IEND":
			flush()
			return a, nil
		}
	}
	if !animated {
		return nil, fmt.Errorf("%w: PNG without animation control", ErrStill)
	}
	return a, nil // cut off: the last picture may not be whole
}

func pngCel(header []byte, shared [][]byte, control []byte, parts [][]byte) cel {
	u32 := func(at int) int { return int(binary.BigEndian.Uint32(control[at:])) }
	w, h, x, y := u32(4), u32(8), u32(12), u32(16)
	c := cel{place: image.Rect(x, y, x+w, y+h), replaces: control[25] == 0}
	num, den := binary.BigEndian.Uint16(control[20:]), binary.BigEndian.Uint16(control[22:])
	if den == 0 {
		den = 100
	}
	c.duration = time.Duration(num) * time.Second / time.Duration(den)
	switch control[24] {
	case 1:
		c.disposal = clearing
	case 2:
		c.disposal = restore
	}
	c.still = func() []byte {
		ihdr := slices.Concat(control[4:12], header[8:])
		chunks := slices.Concat([][]byte{[]byte(pngSignature), pngChunk("IHDR", ihdr)}, shared)
		for _, p := range parts {
			chunks = append(chunks, pngChunk("IDAT", p))
		}
		return bytes.Join(append(chunks, pngChunk("IEND", nil)), nil)
	}
	return c
}

func pngChunk(kind string, body []byte) []byte {
	out := binary.BigEndian.AppendUint32(make([]byte, 0, 12+len(body)), uint32(len(body))) //nolint:gosec // it came out of a chunk
	out = append(append(out, kind...), body...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

func decodePNG(still []byte) (*image.RGBA, error) {
	img, err := png.Decode(bytes.NewReader(still))
	if err != nil {
		return nil, err
	}
	return toRGBA(img), nil
}
