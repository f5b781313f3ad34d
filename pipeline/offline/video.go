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

// video cuts a video into clips whose frames lie as far apart as the model's clips have them.
type video struct {
	path    string
	decoder *media.Decoder
	fitter  fitter
	frames  int
	step    time.Duration // between two frames of a clip
	stride  time.Duration // between two clips

	start time.Duration // of the clip that comes next
	ring  []media.Frame // frames from the clip's start on, every one
	ended bool
}

func openVideo(path string, s engine.Spec, stride float64) (clips, error) {
	d, err := media.OpenDecoder(path)
	if err != nil {
		return nil, err
	}
	v := &video{path: path, decoder: d, fitter: newFitter(s), frames: s.Frames, step: s.ClipDuration / time.Duration(s.Frames), stride: s.ClipDuration}
	if stride > 0 {
		v.stride = time.Duration(stride * float64(time.Second))
	}
	return v, nil
}

// next gives the next clip. The last one may be short: its missing frames repeat the last. A rest shorter than half a clip that
// follows a whole one is left out.
func (v *video) next(ctx context.Context) (clip, error) {
	end := v.start + v.step*time.Duration(v.frames-1)
	for !v.ended && (len(v.ring) == 0 || v.ring[len(v.ring)-1].Time < end) {
		f, err := v.decoder.Next(ctx)
		if errors.Is(err, io.EOF) {
			v.ended = true
			break
		}
		if err != nil {
			return clip{}, err
		}
		if f.Time+v.step/2 >= v.start {
			v.ring = append(v.ring, f)
		}
	}
	short := v.ended && (len(v.ring) == 0 || v.start > 0 && v.ring[len(v.ring)-1].Time < v.start+v.step*time.Duration(v.frames)/2)
	if short {
		if v.start == 0 {
			return clip{}, fmt.Errorf("%w %s: it holds no picture", ErrInput, v.path)
		}
		return clip{}, io.EOF
	}
	var group []imaging.RGB
	at := 0
	for i := range v.frames {
		want := v.start + v.step*time.Duration(i)
		for at+1 < len(v.ring) && (v.ring[at+1].Time-want).Abs() <= (v.ring[at].Time-want).Abs() {
			at++
		}
		group = append(group, v.ring[at].Picture)
	}
	key := v.start + v.step*time.Duration(v.frames/2)
	v.start += v.stride
	for len(v.ring) > 1 && v.ring[0].Time+v.step/2 < v.start {
		v.ring = v.ring[1:]
	}
	return v.fitter.clip(group, v.frames, key.Seconds())
}

func (v *video) close() { v.decoder.Close() }
