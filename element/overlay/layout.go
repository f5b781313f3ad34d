// Package overlay paints heat maps into a texture in the video frame's own format, ready to be laid on frame after frame
// without converting either. Painting happens once per inference, away from the streaming thread; laying on is one pass of
// dst = dst*keep + add over the bytes that carry heat.
package overlay

import (
	"errors"
	"fmt"
	"strings"
)

// ErrFormat means that heat cannot be drawn on a pixel format.
var ErrFormat = errors.New("no overlay for this pixel format")

// channel is one of the premultiplied signals that a texel holds.
type channel int

const (
	chR channel = iota
	chG
	chB
	chY
	chU
	chV
	numChannels
)

// component is where a channel's samples lie in a plane's row: at byte offset, offset+step …, one for 1<<xShift pixels. In a
// wide plane a sample is two bytes, else one.
type component struct {
	channel channel
	offset  int
	step    int
	xShift  uint
}

// planeLayout describes a plane: groups of bytes for 1<<xShift pixels across, rows for 1<<yShift pixels down. Bytes that no
// component names (alpha, padding) stay as they are.
type planeLayout struct {
	group          int
	wide           bool // 16-bit little endian, the value in the upper bits
	xShift, yShift uint
	components     []component
}

// Layout is how a frame's bytes lie.
type Layout struct {
	Width, Height int     // pixels
	FullRange     bool    // luma 0..255 instead of 16..235 (YUV formats)
	BT709         bool    // BT.709 matrix instead of BT.601 (YUV formats)
	BT2020        bool    // BT.2020 matrix instead of BT.601 (YUV formats)
	PixelAspect   float64 // width of a pixel by its height; 0 is 1
	planes        []planeLayout
}

// Formats lists GStreamer's names of the formats that NewLayout knows.
func Formats() []string {
	return []string{
		"RGBA", "RGBx", "BGRA", "BGRx", "ARGB", "xRGB", "RGB", "BGR", "GRAY8", "I420", "YV12", "NV12", "NV21", "YUY2", "UYVY", "P010_10LE",
	}
}

// Caps are what an element that draws takes, for its pad templates.
func Caps() string {
	return "video/x-raw, format=(string){ " + strings.Join(Formats(), ", ") + " }, width=(int)[ 1, max ], height=(int)[ 1, max ], " +
		"framerate=(fraction)[ 0/1, max ], interlace-mode=(string)progressive"
}

// NewLayout knows the formats that Formats lists, of any size. The error wraps ErrFormat.
func NewLayout(format string, width, height int) (Layout, error) {
	l := Layout{Width: width, Height: height}
	switch format {
	case "RGBA", "RGBx":
		l.planes = packedRGB(4, 0, 1, 2)
	case "BGRA", "BGRx":
		l.planes = packedRGB(4, 2, 1, 0)
	case "ARGB", "xRGB":
		l.planes = packedRGB(4, 1, 2, 3)
	case "RGB":
		l.planes = packedRGB(3, 0, 1, 2)
	case "BGR":
		l.planes = packedRGB(3, 2, 1, 0)
	case "GRAY8":
		l.planes = []planeLayout{luma()}
	case "I420":
		l.planes = []planeLayout{luma(), chroma(chU), chroma(chV)}
	case "YV12":
		l.planes = []planeLayout{luma(), chroma(chV), chroma(chU)}
	case "NV12":
		l.planes = []planeLayout{luma(), chroma(chU, chV)}
	case "NV21":
		l.planes = []planeLayout{luma(), chroma(chV, chU)}
	case "YUY2":
		l.planes = packedYUV(0, 1, 3)
	case "UYVY":
		l.planes = packedYUV(1, 0, 2)
	case "P010_10LE":
		l.planes = []planeLayout{
			{group: 2, wide: true, components: []component{{channel: chY, step: 2}}},
			{group: 4, wide: true, xShift: 1, yShift: 1, components: []component{
				{channel: chU, step: 4, xShift: 1}, {channel: chV, offset: 2, step: 4, xShift: 1},
			}},
		}
	default:
		return Layout{}, fmt.Errorf("%w: %s", ErrFormat, format)
	}
	return l, nil
}

// packedRGB is one plane of size bytes a pixel, with the colours at the given bytes.
func packedRGB(size, r, g, b int) []planeLayout {
	return []planeLayout{{group: size, components: []component{
		{channel: chR, offset: r, step: size}, {channel: chG, offset: g, step: size}, {channel: chB, offset: b, step: size},
	}}}
}

func luma() planeLayout {
	return planeLayout{group: 1, components: []component{{channel: chY, step: 1}}}
}

// chroma is a plane of half the size both ways, with one channel or two in turn.
func chroma(channels ...channel) planeLayout {
	p := planeLayout{group: len(channels), xShift: 1, yShift: 1}
	for i, c := range channels {
		p.components = append(p.components, component{channel: c, offset: i, step: len(channels), xShift: 1})
	}
	return p
}

// packedYUV is one plane of four bytes for two pixels, with the first luma and the chroma at the given bytes.
func packedYUV(y, u, v int) []planeLayout {
	return []planeLayout{{group: 4, xShift: 1, components: []component{
		{channel: chY, offset: y, step: 2}, {channel: chU, offset: u, step: 4, xShift: 1}, {channel: chV, offset: v, step: 4, xShift: 1},
	}}}
}

// shifted is n over 1<<shift, rounded up: odd frames have a last half sample.
func shifted(n int, shift uint) int { return (n + 1<<shift - 1) >> shift }

// size gives a plane's bytes a row and its rows.
func (l Layout) size(p planeLayout) (bytes, rows int) {
	return shifted(l.Width, p.xShift) * p.group, shifted(l.Height, p.yShift)
}
