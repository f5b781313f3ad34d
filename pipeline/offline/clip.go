// Package offline grounds prompts in recorded video, pictures and arrays, and writes what it found: JSON, raw heat, and pictures or
// video with the heat on them.
package offline

import (
	"context"
	"fmt"
	"time"

	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/imaging"
)

// clip is one clip on its way through the engine.
type clip struct {
	input engine.Clip
	time  float64          // seconds of its key frame in the input
	start time.Duration    // of its first frame, in a video
	key   imaging.RGB      // the key frame at the input's own size; empty for preprocessed arrays
	place engine.Placement // of the key frame
}

// clips gives clip after clip; io.EOF ends them.
type clips interface {
	next(ctx context.Context) (clip, error)
	close()
}

// fit makes a clip of pictures, whose key frame is the middle one; fewer than the model has frames are filled up with the last one.
func fit(s engine.Spec, pictures []imaging.RGB, at float64) (clip, error) {
	input, places, err := s.Fit(pictures...)
	if err != nil {
		return clip{}, fmt.Errorf("%w: %w", ErrInput, err)
	}
	key := s.Frames / 2
	return clip{time: at, input: input, key: pictures[min(key, len(pictures)-1)], place: places[key]}, nil
}
