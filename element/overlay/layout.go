// Package overlay paints heat maps into a texture in the video frame's own format, ready to be laid on frame after frame
// without converting either. Painting happens once per inference, away from the streaming thread; laying on is one pass of
// dst = dst*keep + add over the bytes that carry heat.
package overlay

import (
	"errors"
	"fmt"
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

// component places a channel in a plane: at byte Offset of every pixel of Step bytes.
type component struct {
	channel channel
	offset  int
}

// planeLayout describes a plane: pixels of step bytes, subsampled by 1<<xShift and 1<<yShift.
type planeLayout struct {
	step           int
	xShift, yShift uint
	components     []component
}

// Layout is how a frame's bytes lie.
type Layout struct {
	Width, Height int  // pixels
	FullRange     bool // luma 0..255 instead of 16..235 (YUV formats)
	BT709         bool // BT.709 matrix instead of BT.601 (YUV formats)
	planes        []planeLayout
}

// NewLayout knows RGBA, I420 and NV12, of any size. The error wraps ErrFormat.
func NewLayout(format string, width, height int) (Layout, error) {
	planes, ok := map[string][]planeLayout{
		"RGBA": {{step: 4, components: []component{{chR, 0}, {chG, 1}, {chB, 2}}}},
		"I420": {
			{step: 1, components: []component{{chY, 0}}},
			{step: 1, xShift: 1, yShift: 1, components: []component{{chU, 0}}},
			{step: 1, xShift: 1, yShift: 1, components: []component{{chV, 0}}},
		},
		"NV12": {
			{step: 1, components: []component{{chY, 0}}},
			{step: 2, xShift: 1, yShift: 1, components: []component{{chU, 0}, {chV, 1}}},
		},
	}[format]
	if !ok {
		return Layout{}, fmt.Errorf("%w: %s", ErrFormat, format)
	}
	return Layout{Width: width, Height: height, planes: planes}, nil
}

// size gives a plane's size in pixels; odd frames round up.
func (l Layout) size(p planeLayout) (w, h int) {
	return (l.Width + 1<<p.xShift - 1) >> p.xShift, (l.Height + 1<<p.yShift - 1) >> p.yShift
}
