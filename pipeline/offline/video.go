package offline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/imaging"
	"github.com/videogem/videogem/pipeline/internal/media"
)

// video cuts a video into clips whose frames lie as far apart as the model's clips have them. A hole in its times, longer than a clip,
// cuts it in two: no clip reaches over it, and none lies in it.
type video struct {
	path    string
	decoder media.Video
	spec    engine.Spec
	step    time.Duration // between two frames of a clip
	stride  time.Duration // between two clips

	start  time.Duration // of the clip that comes next
	first  bool          // that clip is the first of its part
	before []media.Frame // some frames from before it, about a step apart: a last clip may reach back
	ring   []media.Frame // frames from its start on, every one
	beyond *media.Frame  // the frame behind a hole: the next part's first
	ended  bool          // the part has no more frames than ring
	eof    bool
}

func openVideo(path string, s engine.Spec, stride float64, maxPixels int) (clips, error) {
	d, err := media.OpenVideo(path, media.VideoOptions{SquarePixels: true, MaxPixels: maxPixels})
	if err != nil {
		return nil, err
	}
	v := &video{
		path: path, decoder: d, spec: s, step: s.ClipDuration / time.Duration(s.Frames), stride: s.ClipDuration,
		first: true,
	}
	if stride > 0 {
		v.stride = time.Duration(stride * float64(time.Second))
	}
	return v, nil
}

// length is that of a clip.
func (v *video) length() time.Duration { return v.step * time.Duration(v.spec.Frames) }

// next gives the next clip. At the end, a rest of half a clip or more becomes one that reaches back, so that it ends with the video; a
// shorter rest is left out. A video, or a part between two holes, that is shorter than a clip is one whose missing frames repeat the last.
func (v *video) next(ctx context.Context) (clip, error) {
	for {
		if err := v.read(ctx); err != nil {
			return clip{}, err
		}
		if !v.ended || v.end() >= v.start+v.length()-v.step/2 {
			return v.whole()
		}
		c, ok, err := v.rest()
		if ok || err != nil {
			return c, err
		}
		if v.beyond == nil {
			return clip{}, io.EOF
		}
	}
}

// read fills the ring up to the end of the clip, or of the part.
func (v *video) read(ctx context.Context) error {
	if v.beyond != nil && v.ended && len(v.ring) == 0 {
		v.start, v.first, v.ended = v.beyond.Time, true, false
		v.ring, v.before, v.beyond = []media.Frame{*v.beyond}, nil, nil
	}
	end := v.start + v.step*time.Duration(v.spec.Frames-1)
	for !v.ended && (len(v.ring) == 0 || v.ring[len(v.ring)-1].Time < end) {
		if v.eof {
			v.ended = true
			break
		}
		f, err := v.decoder.Next(ctx)
		if errors.Is(err, io.EOF) {
			v.eof, v.ended = true, true
			break
		}
		if err != nil {
			return err
		}
		if last, ok := v.last(); ok && (f.Time-last.Time > v.length() || f.Time < last.Time) {
			v.beyond, v.ended = &f, true
			break
		}
		if f.Time+v.step/2 >= v.start {
			v.ring = append(v.ring, f)
		} else {
			v.keep(f)
		}
	}
	if v.ended && v.eof && v.first && len(v.ring) == 0 {
		if v.start == 0 {
			return fmt.Errorf("%w %s: it holds no picture", ErrInput, v.path)
		}
	}
	return nil
}

// last is the newest frame of the part.
func (v *video) last() (media.Frame, bool) {
	switch {
	case len(v.ring) > 0:
		return v.ring[len(v.ring)-1], true
	case len(v.before) > 0:
		return v.before[len(v.before)-1], true
	default:
		return media.Frame{}, false
	}
}

// keep remembers a frame that lies before the clip, if none is remembered that is as good.
func (v *video) keep(f media.Frame) {
	if n := len(v.before); n > 0 && f.Time-v.before[n-1].Time < v.step-v.step/8 {
		return
	}
	v.before = append(v.before, f)
	for v.before[0].Time+v.length()+v.step < f.Time {
		v.before = v.before[1:]
	}
}

// end is when the part's last frame is over. What a container says of a last frame may be a guess, and in front of a hole it may be
// the whole hole: the frame stands as long as the one before it.
func (v *video) end() time.Duration {
	last, ok := v.last()
	if !ok {
		return v.start
	}
	if n := len(v.ring); n > 1 {
		return last.Time + last.Time - v.ring[n-2].Time
	}
	known := last.Duration
	if known == 0 || last.Interval > 0 && last.Interval < known {
		known = last.Interval
	}
	return last.Time + min(known, v.step)
}

// whole makes the clip at start, and moves on.
func (v *video) whole() (clip, error) {
	c, err := v.cut(v.ring)
	v.start += v.stride
	v.first = false
	for len(v.ring) > 0 && v.ring[0].Time+v.step/2 < v.start {
		v.keep(v.ring[0])
		v.ring = v.ring[1:]
	}
	return c, err
}

// rest makes a part's last clip of what is left, if that is enough, and ends the part.
func (v *video) rest() (c clip, ok bool, err error) {
	left := v.end() - v.start
	const rounding = time.Millisecond
	switch {
	case len(v.ring) == 0:
	case v.first:
		c, err = v.cut(v.ring)
		ok = true
	case 2*(left+rounding) >= v.length():
		v.start = v.end() - v.length()
		c, err = v.cut(append(v.before, v.ring...))
		ok = true
	}
	v.ring, v.before, v.first = nil, nil, false
	return c, ok, err
}

// cut takes the frames nearest to the clip's times; there is at least one.
func (v *video) cut(from []media.Frame) (clip, error) {
	var group []imaging.RGB
	at := 0
	for i := range v.spec.Frames {
		want := v.start + v.step*time.Duration(i)
		for at+1 < len(from) && (from[at+1].Time-want).Abs() <= (from[at].Time-want).Abs() {
			at++
		}
		group = append(group, from[at].Picture)
	}
	key := min(v.start+v.step*time.Duration(v.spec.Frames/2), from[len(from)-1].Time)
	c, err := fit(v.spec, group, key.Seconds())
	c.start = v.start
	return c, err
}

func (v *video) close() { v.decoder.Close() }
