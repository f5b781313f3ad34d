package animation

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/draw"
	"image/gif"
	"time"
)

// Bytes of a GIF, GIF89a specification.
const (
	gifHead        = 13 // signature and logical screen descriptor
	gifExtension   = 0x21
	gifImage       = 0x2c
	gifTrailer     = 0x3b
	gifControl     = 0xf9
	gifHasTable    = 0x80
	gifBackground  = 2 // disposal methods
	gifPrevious    = 3
	gifDescriptor  = 10 // of an image, its introducer included
	gifControlSize = 8  // of a graphic control extension, all of it
)

// parseGIF takes a GIF apart. One that is cut off has the pictures that are whole.
func parseGIF(data []byte) (*Animation, error) {
	if len(data) < gifHead {
		return nil, fmt.Errorf("%w: GIF of %d bytes", ErrFormat, len(data))
	}
	head := gifHead + gifTable(data[10])
	if head > len(data) {
		return nil, fmt.Errorf("%w: GIF cut off in its colour table", ErrFormat)
	}
	a := &Animation{
		Width: int(binary.LittleEndian.Uint16(data[6:])), Height: int(binary.LittleEndian.Uint16(data[8:])), decode: decodeGIF,
	}
	var control []byte
	for at := head; at < len(data) && data[at] != gifTrailer; {
		end := 0
		switch data[at] {
		case gifExtension:
			if end = gifBlocks(data, at+2); end > 0 && data[at+1] == gifControl && end-at == gifControlSize {
				control = data[at:end]
			}
		case gifImage:
			if at+gifDescriptor > len(data) {
				return a, nil
			}
			if end = gifBlocks(data, at+gifDescriptor+gifTable(data[at+gifDescriptor-1])+1); end > 0 {
				a.cels = append(a.cels, gifCel(data[:head], control, data[at:end]))
				control = nil
			}
		default:
			return nil, fmt.Errorf("%w: GIF block 0x%02x", ErrFormat, data[at])
		}
		if end == 0 {
			break // cut off
		}
		at = end
	}
	return a, nil
}

// gifTable is the length of the colour table that a flags byte announces.
func gifTable(flags byte) int {
	if flags&gifHasTable == 0 {
		return 0
	}
	return 3 << (flags&7 + 1)
}

// gifBlocks is where a chain of sub-blocks ends that begins at from; 0 when the data ends before.
func gifBlocks(data []byte, from int) int {
	for at := from; at < len(data); at += 1 + int(data[at]) {
		if data[at] == 0 {
			return at + 1
		}
	}
	return 0
}

func gifCel(head, control, picture []byte) cel {
	u16 := func(at int) int { return int(binary.LittleEndian.Uint16(picture[at:])) }
	c := cel{
		place: image.Rect(u16(1), u16(3), u16(1)+u16(5), u16(3)+u16(7)),
		still: func() []byte { return bytes.Join([][]byte{head, control, picture, {gifTrailer}}, nil) },
	}
	if control != nil {
		c.duration = time.Duration(binary.LittleEndian.Uint16(control[4:])) * 10 * time.Millisecond
		switch control[3] >> 2 & 7 {
		case gifBackground:
			c.disposal = clearing
		case gifPrevious:
			c.disposal = restore
		}
	}
	return c
}

func decodeGIF(still []byte) (*image.RGBA, error) {
	img, err := gif.Decode(bytes.NewReader(still))
	if err != nil {
		return nil, err
	}
	return toRGBA(img), nil
}

// toRGBA copies an image, premultiplied.
func toRGBA(img image.Image) *image.RGBA {
	out := image.NewRGBA(img.Bounds())
	draw.Draw(out, out.Rect, img, out.Rect.Min, draw.Src)
	return out
}
