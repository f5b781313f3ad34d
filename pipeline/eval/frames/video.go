package frames

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"time"

	"github.com/videogem/videogem/engine/imaging"
	"github.com/videogem/videogem/pipeline/eval/manifest"
	"github.com/videogem/videogem/pipeline/internal/media"
)

const (
	// rounding is how much later than its true time a frame may be stamped: Matroska rounds to whole milliseconds.
	rounding = time.Millisecond
	// near is how far ahead reading on is preferred to a seek.
	near = 2 * time.Second
	// nearFrames is the same in frames.
	nearFrames = 60
	// run-up is where a seek goes, before what is wanted: the first frame behind a seek may carry the seek's time instead of its own.
	runUp = time.Second
)

// video gives frames of a video by time or number. It reads on where it can and seeks where it must; a video that cannot be searched
// is read from its start. Times count from the first frame.
type video struct {
	path    string
	decoder media.Video // nil: not open
	index   *index
	linear  bool          // seeks in this file cannot be trusted: it is read from its start
	shown   media.Frame   // the last frame read but one
	ahead   media.Frame   // the last frame read
	ended   bool          // there is no ahead: shown is the video's last frame
	gap     time.Duration // from the frame before shown to shown: how long the last frame lasts where no rate is claimed
	number  int           // of shown; -1 after a seek, when nobody knows
}

func (v *video) close() {
	v.stop()
	if v.index != nil {
		v.index.close()
	}
}

// stop ends the decoder, but keeps what is known of the file.
func (v *video) stop() {
	if v.decoder != nil {
		v.decoder.Close()
		v.decoder = nil
	}
}

// read gives the frames of a sample that are named by index.
func (v *video) read(ctx context.Context, m *manifest.Media, which []int) ([]imaging.RGB, error) {
	var pictures []imaging.RGB
	for _, i := range which {
		var p imaging.RGB
		var err error
		if len(m.FrameNumbers) > 0 {
			p, err = v.byNumber(ctx, m.FrameNumbers[i])
		} else {
			p, err = v.byTime(ctx, time.Duration(math.Round(m.Times[i]*float64(time.Second))))
		}
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("%w: %w", ErrMissing, err)
		case errors.Is(err, media.ErrInput):
			return nil, fmt.Errorf("%w: %w", ErrUnreadable, err)
		case err != nil:
			return nil, err
		}
		pictures = append(pictures, p)
	}
	return pictures, nil
}

// byTime gives the frame that is on show at a time.
func (v *video) byTime(ctx context.Context, t time.Duration) (imaging.RGB, error) {
	if t < 0 {
		return imaging.RGB{}, v.outside(t)
	}
	if err := v.goTo(ctx, t, t+rounding); err != nil {
		return imaging.RGB{}, err
	}
	if length := max(v.shown.Interval, v.gap, rounding); v.ended && t >= v.shown.Time+length {
		return imaging.RGB{}, v.outside(t)
	}
	return v.shown.Picture, nil
}

// byNumber gives frame n, counted from 0 in the order of presentation. What a container claims of a rate says nothing about where it is:
// by its own time, which an index knows, or by counting.
func (v *video) byNumber(ctx context.Context, n int) (imaging.RGB, error) {
	if err := v.ready(ctx); err != nil {
		return imaging.RGB{}, err
	}
	if n < 0 {
		return imaging.RGB{}, v.outside(n)
	}
	if v.number >= 0 && n >= v.number && n-v.number <= nearFrames || v.linear {
		return v.count(ctx, n)
	}
	t, room, ok, err := v.index.time(ctx, n)
	switch {
	case errors.Is(err, io.EOF):
		return imaging.RGB{}, v.outside(n)
	case err != nil:
		return imaging.RGB{}, err
	case !ok:
		return v.count(ctx, n)
	}
	if err := v.goTo(ctx, t, t+room); err != nil {
		return imaging.RGB{}, err
	}
	if (v.shown.Time - t).Abs() > room {
		return v.count(ctx, n) // after a seek this file has other times
	}
	v.number = n
	return v.shown.Picture, nil
}

// count reads on to frame n, from the start if it must.
func (v *video) count(ctx context.Context, n int) (imaging.RGB, error) {
	if v.number < 0 || v.number > n {
		if err := v.restart(ctx); err != nil {
			return imaging.RGB{}, err
		}
	}
	for v.number < n {
		if v.ended {
			return imaging.RGB{}, v.outside(n)
		}
		if err := v.advance(ctx); err != nil {
			return imaging.RGB{}, err
		}
	}
	return v.shown.Picture, nil
}

func (v *video) outside(what any) error {
	return fmt.Errorf("%w: %v is outside %s", ErrMissing, what, v.path)
}

// goTo makes shown the last frame whose time is not after limit, which lies a little behind t.
func (v *video) goTo(ctx context.Context, t, limit time.Duration) error {
	if err := v.ready(ctx); err != nil {
		return err
	}
	first := v.number == 0 // the first frame counts from 0, whatever its time
	behind := v.shown.Time > limit && !first
	if behind || t > v.ahead.Time+near && !v.ended && !v.linear {
		if err := v.seek(ctx, t, limit); err != nil {
			return err
		}
	}
	for !v.ended && v.ahead.Time <= limit {
		if err := v.advance(ctx); err != nil {
			return err
		}
	}
	return nil
}

// ready opens the video.
func (v *video) ready(ctx context.Context) error {
	if v.decoder != nil {
		return nil
	}
	var err error
	if v.linear, err = media.IsFragmented(v.path); err != nil {
		return err
	}
	v.index = newIndex(v.path)
	return v.restart(ctx)
}

// restart opens the video at its start.
func (v *video) restart(ctx context.Context) error {
	v.stop()
	d, err := media.OpenVideo(v.path, media.VideoOptions{})
	if err != nil {
		return err
	}
	v.decoder = d
	return v.fill(ctx, 0)
}

// seek goes to shortly before t, or to the start where that fails.
func (v *video) seek(ctx context.Context, t, limit time.Duration) error {
	if t <= runUp || v.linear {
		return v.restart(ctx)
	}
	err := v.decoder.Seek(t - runUp)
	if err == nil {
		err = v.fill(ctx, -1)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil || v.shown.Time > limit {
		return v.restart(ctx)
	}
	return nil
}

// fill reads the first two frames from where the decoder stands.
func (v *video) fill(ctx context.Context, number int) error {
	v.ended = false
	f, err := v.decoder.Next(ctx)
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("%w %s: it holds no picture", media.ErrInput, v.path)
	}
	if err != nil {
		return err
	}
	v.ahead, v.number = f, number
	if err := v.advance(ctx); err != nil {
		return err
	}
	v.number = number
	return nil
}

// advance reads one frame on.
func (v *video) advance(ctx context.Context) error {
	f, err := v.decoder.Next(ctx)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	v.gap, v.shown = v.ahead.Time-v.shown.Time, v.ahead
	if v.number >= 0 {
		v.number++
	}
	v.ahead, v.ended = f, err != nil
	return nil
}
