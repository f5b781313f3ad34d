package media

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/videogem/videogem/engine/imaging"
	"github.com/videogem/videogem/pipeline/internal/animation"
)

// Frame is a frame of a video and its time.
type Frame struct {
	Picture  imaging.RGB   // upright, whatever way the container says it is turned
	Time     time.Duration // from the video's first frame on, whatever the timestamps of the container
	Duration time.Duration // how long it stands, as the container says; 0: it does not
	Start    time.Duration // the container's time of the first frame, from which Time counts
	Interval time.Duration // from frame to frame as the video claims; 0 when it claims none. Claims of uneven videos are means
}

// Video gives a video's frames one after the other. It is not safe for concurrent use.
type Video interface {
	// Next gives the next frame; io.EOF after the last. Errors wrap ErrInput or are the context's.
	Next(ctx context.Context) (Frame, error)
	// Seek goes to the frame that is shown at a time, so that Next gives it. The first frame must have come. Errors wrap ErrInput.
	Seek(t time.Duration) error
	// Close ends it.
	Close()
}

// VideoOptions say how frames come.
type VideoOptions struct {
	// SquarePixels widens or heightens frames whose pixels are not square, as players show them. Without it they come as they are stored,
	// which annotations of videos go by.
	SquarePixels bool
	// TimesOnly leaves the pictures away, which is faster.
	TimesOnly bool
	// MaxPixels bounds the canvas of an animated picture; 0: DefaultMaxPixels.
	MaxPixels int
}

// OpenVideo opens a video, or an animated GIF, PNG or WebP. What is wrong with a video Next says.
func OpenVideo(path string, o VideoOptions) (Video, error) {
	if IsPictureName(path) {
		if a, err := openAnimation(path, o); !errors.Is(err, animation.ErrStill) {
			return a, err
		}
	}
	return openDecoder(path, o)
}

// IsAnimated tells whether a file named like a picture holds several, one after the other in time. Errors wrap ErrInput.
func IsAnimated(path string) (bool, error) {
	a, err := openAnimation(path, VideoOptions{})
	if errors.Is(err, animation.ErrStill) {
		return false, nil
	}
	return a != nil, err
}

// animated is an animated picture as a Video.
type animated struct {
	path string
	from *animation.Animation
	next *Frame // read already; nil: none
}

// openAnimation's error wraps animation.ErrStill when the file is no animation.
func openAnimation(path string, o VideoOptions) (Video, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInput, err)
	}
	a, err := animation.Parse(data)
	if err == nil {
		if o.MaxPixels == 0 {
			o.MaxPixels = DefaultMaxPixels
		}
		err = checkSize(a.Width, a.Height, o.MaxPixels)
	}
	if err != nil {
		return nil, fmt.Errorf("%w %s: %w", ErrInput, path, err)
	}
	return &animated{path: path, from: a}, nil
}

// Next is Video's.
func (a *animated) Next(ctx context.Context) (Frame, error) {
	if f := a.next; f != nil {
		a.next = nil
		return *f, nil
	}
	if err := ctx.Err(); err != nil {
		return Frame{}, err
	}
	f, err := a.from.Next()
	if errors.Is(err, io.EOF) {
		return Frame{}, io.EOF
	}
	if err != nil {
		return Frame{}, fmt.Errorf("%w %s: %w", ErrInput, a.path, err)
	}
	return Frame{Picture: imaging.FromImage(f.Canvas), Time: f.Time, Duration: f.Duration}, nil
}

// Seek is Video's: it composes all pictures from the first on, since each one may build on those before it.
func (a *animated) Seek(t time.Duration) error {
	a.from.Rewind()
	for {
		f, err := a.Next(context.Background())
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if err != nil || f.Time+f.Duration > t {
			a.next = &f
			if err != nil {
				a.next = nil
			}
			return nil
		}
	}
}

// Close is Video's.
func (a *animated) Close() {}

// VideoSize is the width and height of a video's pictures as they are stored but upright: those of its first frame. Errors wrap
// ErrInput or are ctx's.
func VideoSize(ctx context.Context, path string) (w, h int, err error) {
	v, err := OpenVideo(path, VideoOptions{})
	if err != nil {
		return 0, 0, err
	}
	defer v.Close()
	f, err := v.Next(ctx)
	if errors.Is(err, io.EOF) {
		err = fmt.Errorf("%w %s: it holds no picture", ErrInput, path)
	}
	return f.Picture.W, f.Picture.H, err
}
