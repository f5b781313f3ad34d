package offline

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/imaging"
)

// array gives the clips of a .npy file.
type array struct {
	spec  engine.Spec
	data  *Array
	clips int
	h, w  int // of the frames in the array
	at    int
}

// openArray reads uint8 [T,H,W,3] or [K,T,H,W,3] (for models of one frame [H,W,3] and [K,H,W,3], too), or with preprocessed
// float32 [K,T,3,H,W] (for models of one frame [K,3,H,W], too).
func openArray(path string, s engine.Spec, preprocessed bool) (clips, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInput, err)
	}
	a, err := ParseNPY(data)
	if err != nil {
		return nil, fmt.Errorf("%w %s: %w", ErrInput, path, err)
	}
	if preprocessed != (a.Floats != nil) {
		return nil, fmt.Errorf("%w %s: --preprocessed takes float32 arrays, and only those", ErrInput, path)
	}
	shape := a.Shape
	// Bring the shape to [K,T,...]: a model of one frame may leave T out, and a single clip of bytes K.
	frame := 3
	if s.Frames == 1 && (len(shape) == frame || len(shape) == frame+1) && !(len(shape) == frame+1 && shape[0] == 1 && shape[1] == 1) {
		if len(shape) == frame {
			shape = append([]int{1}, shape...)
		}
		shape = append([]int{shape[0], 1}, shape[1:]...)
	}
	if len(shape) == frame+1 {
		shape = append([]int{1}, shape...)
	}
	if len(shape) != frame+2 {
		return nil, fmt.Errorf("%w %s: shape %v; wanted uint8 [T,H,W,3] or [K,T,H,W,3], or float32 [K,T,3,H,W] with --preprocessed", ErrInput, path, a.Shape)
	}
	r := &array{spec: s, data: a, clips: shape[0], h: shape[2], w: shape[3]}
	channels := shape[4]
	if preprocessed {
		channels, r.h, r.w = shape[2], shape[3], shape[4]
		if r.h != s.Height || r.w != s.Width {
			return nil, fmt.Errorf("%w %s: frames of %dx%d, but preprocessed ones must be of the model's size %dx%d", ErrInput, path, r.h, r.w, s.Height, s.Width)
		}
	}
	if channels != 3 || shape[1] != s.Frames || r.clips < 1 || r.h < 1 || r.w < 1 {
		return nil, fmt.Errorf("%w %s: shape %v does not hold clips of %d frames with 3 channels", ErrInput, path, a.Shape, s.Frames)
	}
	return r, nil
}

func (a *array) next(context.Context) (clip, error) {
	if a.at == a.clips {
		return clip{}, io.EOF
	}
	k := a.at
	a.at++
	n := a.spec.Frames * a.h * a.w * 3
	if a.data.Floats != nil {
		return clip{
			time:  float64(k),
			input: engine.Clip{Frames: a.spec.Frames, H: a.h, W: a.w, Float: a.data.Floats[k*n : (k+1)*n]},
			place: a.spec.Whole(a.w, a.h),
		}, nil
	}
	var frames []imaging.RGB
	for i := range a.spec.Frames {
		from := k*n + i*n/a.spec.Frames
		frames = append(frames, imaging.RGB{W: a.w, H: a.h, Pix: a.data.Bytes[from : from+n/a.spec.Frames]})
	}
	return fit(a.spec, frames, float64(k))
}

func (a *array) close() {}
