package animation

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"io"
	"time"
)

// usual is how long a picture stands whose file says 0 or next to nothing, as in all browsers.
const usual = 100 * time.Millisecond

// disposal is what becomes of a picture's place when its time is over.
type disposal int

const (
	keep     disposal = iota
	clearing          // to transparent
	restore           // to what was there before
)

// cel is one picture of an animation as its file holds it.
type cel struct {
	still    func() []byte // a file of this picture alone
	place    image.Rectangle
	duration time.Duration
	replaces bool // the canvas under it, transparent pixels included; otherwise it is laid over it
	disposal disposal
}

// Animation is an animated picture. It is not safe for concurrent use.
type Animation struct {
	Width, Height int // of the canvas, pixels

	cels   []cel
	decode func([]byte) (*image.RGBA, error)
	canvas *image.RGBA // nil: at the start
	saved  *image.RGBA // the canvas under a picture that is to be taken away again
	at     int
	time   time.Duration
}

// Frame is the canvas while one picture stands.
type Frame struct {
	Canvas         *image.RGBA // good until the next call of Next
	Time, Duration time.Duration
}

// Parse takes a file apart; no picture is decoded yet. Errors wrap ErrStill or ErrFormat.
func Parse(data []byte) (*Animation, error) {
	var a *Animation
	var err error
	switch {
	case bytes.HasPrefix(data, []byte("GIF8")):
		a, err = parseGIF(data)
	case bytes.HasPrefix(data, []byte(pngSignature)):
		a, err = parseAPNG(data)
	case len(data) > 12 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP":
		a, err = parseWebP(data)
	default:
		return nil, fmt.Errorf("%w: neither GIF, PNG nor WebP", ErrStill)
	}
	if err != nil {
		return nil, err
	}
	if len(a.cels) < 2 {
		return nil, fmt.Errorf("%w: %d picture", ErrStill, len(a.cels))
	}
	if a.Width < 1 || a.Height < 1 {
		return nil, fmt.Errorf("%w: canvas of %dx%d", ErrFormat, a.Width, a.Height)
	}
	whole := image.Rect(0, 0, a.Width, a.Height)
	for i := range a.cels {
		c := &a.cels[i]
		if c.place.Empty() || !c.place.In(whole) {
			return nil, fmt.Errorf("%w: picture %d at %v lies outside the canvas of %dx%d", ErrFormat, i, c.place, a.Width, a.Height)
		}
		if c.duration <= usual/10 {
			c.duration = usual
		}
	}
	return a, nil
}

// Len is the number of pictures.
func (a *Animation) Len() int { return len(a.cels) }

// Next gives frame after frame; io.EOF ends them. Errors wrap ErrFormat.
func (a *Animation) Next() (Frame, error) {
	if a.at == len(a.cels) {
		return Frame{}, io.EOF
	}
	if a.canvas == nil {
		a.canvas = image.NewRGBA(image.Rect(0, 0, a.Width, a.Height))
	}
	if a.at > 0 {
		a.dispose(&a.cels[a.at-1])
	}
	c := &a.cels[a.at]
	picture, err := a.decode(c.still())
	if err != nil {
		return Frame{}, fmt.Errorf("%w: picture %d: %w", ErrFormat, a.at, err)
	}
	if picture.Rect.Size() != c.place.Size() {
		return Frame{}, fmt.Errorf("%w: picture %d is of %v, its place of %v", ErrFormat, a.at, picture.Rect.Size(), c.place.Size())
	}
	if c.disposal == restore {
		a.saved = image.NewRGBA(c.place)
		draw.Draw(a.saved, c.place, a.canvas, c.place.Min, draw.Src)
	}
	how := draw.Over
	if c.replaces {
		how = draw.Src
	}
	draw.Draw(a.canvas, c.place, picture, picture.Rect.Min, how)
	f := Frame{Canvas: a.canvas, Time: a.time, Duration: c.duration}
	a.at++
	a.time += c.duration
	return f, nil
}

// Rewind goes back to the start.
func (a *Animation) Rewind() { a.canvas, a.saved, a.at, a.time = nil, nil, 0, 0 }

func (a *Animation) dispose(c *cel) {
	switch c.disposal {
	case clearing:
		draw.Draw(a.canvas, c.place, image.Transparent, image.Point{}, draw.Src)
	case restore:
		draw.Draw(a.canvas, c.place, a.saved, c.place.Min, draw.Src)
	case keep:
	}
}
