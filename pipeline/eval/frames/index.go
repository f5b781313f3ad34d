package frames

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/videogem/videogem/pipeline/internal/media"
)

// index is when each frame of a video begins: the times of all frames in the order in which the decoder gives them, since that is what
// frame numbers count. It grows as far as it is asked, and is made once a file.
type index struct {
	path    string
	decoder media.Video // nil: not begun, or at the end
	times   []time.Duration
	ended   bool
	ordered bool // each frame begins later than the one before
}

func newIndex(path string) *index { return &index{path: path, ordered: true} }

// time is when frame n begins, and how far from that a time may lie and still be this frame's. It is not ok where times tell no frames
// apart. The error is io.EOF for a frame behind the last.
func (x *index) time(ctx context.Context, n int) (t, room time.Duration, ok bool, err error) {
	if err := x.grow(ctx, n+2); err != nil {
		return 0, 0, false, err
	}
	if n >= len(x.times) {
		return 0, 0, false, io.EOF
	}
	room = rounding
	for _, k := range []int{n - 1, n + 1} {
		if k >= 0 && k < len(x.times) {
			room = min(room, (x.times[k]-x.times[n]).Abs()/2)
		}
	}
	return x.times[n], room, x.ordered, nil
}

// grow reads until so many times are known, or the video ends.
func (x *index) grow(ctx context.Context, want int) error {
	for len(x.times) < want && !x.ended {
		if x.decoder == nil {
			d, err := media.OpenVideo(x.path, media.VideoOptions{TimesOnly: true})
			if err != nil {
				return err
			}
			x.decoder = d
		}
		f, err := x.decoder.Next(ctx)
		if errors.Is(err, io.EOF) {
			x.ended = true
			x.close()
			break
		}
		if err != nil {
			return err
		}
		if n := len(x.times); n > 0 && f.Time <= x.times[n-1] {
			x.ordered = false
		}
		x.times = append(x.times, f.Time)
	}
	return nil
}

func (x *index) close() {
	if x.decoder != nil {
		x.decoder.Close()
		x.decoder = nil
	}
}
