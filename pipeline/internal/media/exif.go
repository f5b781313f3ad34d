package media

import (
	"bytes"
	"encoding/binary"

	"github.com/videogem/videogem/engine/imaging"
	"github.com/videogem/videogem/pipeline/internal/webp"
)

// orientation is how a stored picture must be turned to stand upright: EXIF's value, 1 to 8 (CIPA DC-008, section 4.6.5, tag 274).
type orientation int

const (
	upright        orientation = 1
	tagOrientation             = 0x0112
	exifShort                  = 3 // the type of a 16-bit number
)

// orientationOf looks for EXIF in a JPEG, PNG, WebP or TIFF file; upright where there is none, or it is damaged.
func orientationOf(data []byte) orientation {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xd8")):
		return jpegOrientation(data)
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		return pngOrientation(data)
	case len(data) > 12 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP":
		for kind, body := range webp.Chunks(data[12:]) {
			if kind == "EXIF" {
				return exifOrientation(bytes.TrimPrefix(body, []byte("Exif\x00\x00")))
			}
		}
	default:
		return exifOrientation(data) // TIFF; others do not begin like EXIF
	}
	return upright
}

func jpegOrientation(data []byte) orientation {
	const app1, scan = 0xe1, 0xda
	for at := 2; at+4 <= len(data) && data[at] == 0xff; {
		if data[at+1] == 0xff { // padding
			at++
			continue
		}
		n := int(binary.BigEndian.Uint16(data[at+2:]))
		if data[at+1] == scan || n < 2 || at+2+n > len(data) {
			break
		}
		if body, ok := bytes.CutPrefix(data[at+4:at+2+n], []byte("Exif\x00\x00")); ok && data[at+1] == app1 {
			return exifOrientation(body)
		}
		at += 2 + n
	}
	return upright
}

func pngOrientation(data []byte) orientation {
	for at := 8; at+12 <= len(data); {
		n := int(binary.BigEndian.Uint32(data[at:]))
		if n > len(data)-at-12 {
			break
		}
		if string(data[at+4:at+8]) == "eXIf" {
			return exifOrientation(data[at+8 : at+8+n])
		}
		at += 12 + n
	}
	return upright
}

// exifOrientation reads the first directory of a TIFF structure.
func exifOrientation(data []byte) orientation {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(data, []byte("II*\x00")):
		order = binary.LittleEndian
	case bytes.HasPrefix(data, []byte("MM\x00*")):
		order = binary.BigEndian
	default:
		return upright
	}
	if len(data) < 8 {
		return upright
	}
	at := int64(order.Uint32(data[4:]))
	if at+2 > int64(len(data)) {
		return upright
	}
	entries := data[at+2:]
	for range order.Uint16(data[at:]) {
		if len(entries) < 12 {
			break
		}
		if order.Uint16(entries) == tagOrientation && order.Uint16(entries[2:]) == exifShort {
			if o := orientation(order.Uint16(entries[8:])); o >= 1 && o <= 8 {
				return o
			}
			break
		}
		entries = entries[12:]
	}
	return upright
}

// sideways tells whether width and height change places.
func (o orientation) sideways() bool { return o >= 5 }

// turned gives the picture as it stands upright.
func (o orientation) turned(p imaging.RGB) imaging.RGB {
	if o == upright {
		return p
	}
	out := imaging.RGB{W: p.W, H: p.H, Pix: make([]byte, len(p.Pix))}
	if o.sideways() {
		out.W, out.H = p.H, p.W
	}
	for y := range out.H {
		for x := range out.W {
			// Where the pixel comes from.
			sx, sy := x, y
			if o.sideways() {
				sx, sy = y, x
			}
			if o == 2 || o == 3 || o == 7 || o == 8 {
				sx = p.W - 1 - sx
			}
			if o == 3 || o == 4 || o == 6 || o == 7 {
				sy = p.H - 1 - sy
			}
			copy(out.Pix[(y*out.W+x)*3:(y*out.W+x)*3+3], p.Pix[(sy*p.W+sx)*3:])
		}
	}
	return out
}
