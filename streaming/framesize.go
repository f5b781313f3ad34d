package streaming

import (
	"bytes"
	"encoding/binary"
)

// frameSize is the size in pixels that a key frame says of itself: VP8 in its header (RFC 6386 section 9.1), H.264 in its parameters. Zero
// means that it does not say.
func frameSize(codec string, data []byte) (width, height int) {
	if codec == CodecH264 {
		for nal := range bytes.SplitSeq(data, []byte{0, 0, 1}) {
			if len(nal) > 0 && nal[0]&0x1f == 7 {
				return sequenceSize(nal[1:])
			}
		}
		return 0, 0
	}
	if len(data) < 10 || !bytes.Equal(data[3:6], []byte{0x9d, 0x01, 0x2a}) {
		return 0, 0
	}
	return int(binary.LittleEndian.Uint16(data[6:]) & 0x3fff), int(binary.LittleEndian.Uint16(data[8:]) & 0x3fff)
}

// sequenceSize is the size in a sequence parameter set, ITU-T H.264 section 7.3.2.1.1, without its header byte.
func sequenceSize(nal []byte) (width, height int) {
	b := bits{data: bytes.ReplaceAll(nal, []byte{0, 0, 3}, []byte{0, 0})} // section 7.4.1: that 3 is no part of it
	profile := b.take(8)
	b.take(16)
	b.golomb()
	chroma, separate := 1, 0
	switch profile {
	case 100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135:
		if chroma = b.golomb(); chroma == 3 {
			separate = b.take(1)
		}
		b.golomb()
		b.golomb()
		b.take(1)
		if b.take(1) == 1 {
			b.skipScaling(chroma)
		}
	}
	b.golomb()
	switch b.golomb() {
	case 0:
		b.golomb()
	case 1:
		b.take(1)
		b.golomb()
		b.golomb()
		for range min(b.golomb(), 255) {
			b.golomb()
		}
	}
	b.golomb()
	b.take(1)
	width = 16 * (b.golomb() + 1)
	rows := b.golomb() + 1
	fields := 2 - b.take(1) // of a frame: its pictures may be its halves
	if height = 16 * rows * fields; fields == 2 {
		b.take(1)
	}
	b.take(1)
	if b.take(1) == 1 {
		x, y := 1, fields
		if separate == 0 && (chroma == 1 || chroma == 2) {
			x = 2
		}
		if separate == 0 && chroma == 1 {
			y *= 2
		}
		width -= x * (b.golomb() + b.golomb())
		height -= y * (b.golomb() + b.golomb())
	}
	if b.short || width <= 0 || height <= 0 || width > maxSide || height > maxSide {
		return 0, 0
	}
	return width, height
}

// maxSide is more than any encoder's picture has, in pixels.
const maxSide = 1 << 15

// bits reads the bits of a parameter set.
type bits struct {
	data  []byte
	at    int  // the next bit
	short bool // there were too few
}

// take reads n bits, up to 16.
func (b *bits) take(n int) (value int) {
	for range n {
		if b.at >= 8*len(b.data) {
			b.short = true
			return 0
		}
		value = value<<1 | int(b.data[b.at/8]>>(7-b.at%8)&1)
		b.at++
	}
	return value
}

// golomb reads a number in the code of ITU-T H.264 section 9.1. Those of more than 31 bits make it short: no size has them.
func (b *bits) golomb() int {
	zeros := 0
	for b.take(1) == 0 {
		if zeros++; b.short || zeros > 15 {
			b.short = true
			return 0
		}
	}
	return 1<<zeros - 1 + b.take(zeros)
}

// skipScaling reads over the scaling lists, ITU-T H.264 section 7.3.2.1.1.1.
func (b *bits) skipScaling(chroma int) {
	lists := 8
	if chroma == 3 {
		lists = 12
	}
	for i := range lists {
		if b.take(1) == 0 {
			continue
		}
		size := 16
		if i >= 6 {
			size = 64
		}
		last, next := 8, 8
		for range size {
			if next != 0 {
				code := b.golomb()
				next = (last + (code+1)/2*(2*(code&1)-1) + 256) & 0xff // signed, section 9.1.1
			}
			if next != 0 {
				last = next
			}
		}
	}
}
