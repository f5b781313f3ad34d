package live

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/videogem/videogem/pipeline/democam"
)

// truth is who does what when, of a part of a camera's video.
type truth struct {
	frames []democam.Truth // some of the frames, in order
	spells map[string][]spell
}

// spell is the time from when an action begins to when nobody does it any more.
type spell struct{ from, to time.Duration }

// truthEvery is the time between the frames that a truth is made from; an action lasts four seconds and more.
const truthEvery = 200 * time.Millisecond

// newTruth plays the camera until a second after the last look. It draws the frames that looks belong to, and others where these lie far
// apart: each says when its actions began.
func newTruth(ctx context.Context, c democam.Config, looks []Look) (*truth, error) {
	camera, err := democam.New(c)
	if err != nil {
		return nil, fmt.Errorf("demo camera: %w", err)
	}
	c = camera.Config()
	every := max(1, int(truthEvery/c.Interval()))
	wanted := map[int]bool{}
	last := 0
	for i := range looks {
		last = int((looks[i].PTS + c.Interval()/2) / c.Interval())
		wanted[last] = true
	}
	frame := make([]byte, c.Width*c.Height*3)
	var frames []democam.Truth
	for i := 0; i <= last+int(time.Second/c.Interval()); i++ {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if !wanted[i] && i%every != 0 {
			camera.Skip(1)
			continue
		}
		frames = append(frames, camera.Frame(frame))
	}
	return fromFrames(frames), nil
}

// fromFrames joins what frames say. An action's last frame is the one before its actor's next begins.
func fromFrames(frames []democam.Truth) *truth {
	t := &truth{frames: frames, spells: map[string][]spell{}}
	if len(frames) == 0 {
		return t
	}
	end := seconds(frames[len(frames)-1].Time)
	for actor := range frames[0].Actors {
		var action string
		var from time.Duration
		for _, f := range frames {
			a := f.Actors[actor]
			began := seconds(f.Time - a.Since)
			if action != "" && (a.Action != action || began-from > time.Millisecond) {
				t.spells[action] = append(t.spells[action], spell{from, began})
			}
			action, from = a.Action, began
		}
		t.spells[action] = append(t.spells[action], spell{from, end})
	}
	for action, all := range t.spells {
		t.spells[action] = joined(all)
	}
	return t
}

// joined sorts spells and makes one of those that touch.
func joined(all []spell) []spell {
	slices.SortFunc(all, func(a, b spell) int { return int(a.from - b.from) })
	var out []spell
	for _, s := range all {
		if n := len(out); n > 0 && s.from <= out[n-1].to+time.Millisecond {
			out[n-1].to = max(out[n-1].to, s.to)
		} else {
			out = append(out, s)
		}
	}
	return out
}

// there says whether somebody does it at a time.
func (t *truth) there(action string, at time.Duration) bool {
	for _, s := range t.spells[action] {
		if at >= s.from && at < s.to {
			return true
		}
	}
	return false
}

// on says whether a point lies on somebody who does it, in the frame nearest to a time.
func (t *truth) on(action string, at time.Duration, point [2]float64) bool {
	i, _ := slices.BinarySearchFunc(t.frames, at.Seconds(), func(f democam.Truth, s float64) int {
		if f.Time < s {
			return -1
		}
		return 1
	})
	i = min(i, len(t.frames)-1)
	if i > 0 && at.Seconds()-t.frames[i-1].Time < t.frames[i].Time-at.Seconds() {
		i--
	}
	f := t.frames[i]
	for k, a := range f.Actors {
		if a.Action == action && f.Union(k).Contains(point[0], point[1]) {
			return true
		}
	}
	return false
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
