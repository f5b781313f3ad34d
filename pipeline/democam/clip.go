package democam

import (
	"errors"
	"fmt"
)

// ErrConfig says that a setting of the demo camera or of clips is out of range; the error names it.
var ErrConfig = errors.New("bad demo camera setting")

// clipStart is the scene's time at a clip's first frame, seconds.
const clipStart = .3

// ClipConfig describes clips for training and evaluation. All fields are taken as they are: start from
// [DefaultClipConfig].
type ClipConfig struct {
	Width, Height        int     // of the frames, pixels, at least 32
	Frames               int     // frames a clip
	Span                 float64 // length of a clip, seconds, give or take a tenth
	Aspect               float64 // of the scene, which is squeezed into the frame; 0 draws one in 1..1.78
	Actors               Mix     // how many actors
	Ease                 float64 // 0 is a cluttered world in all colors, 1 a calm one
	MinHeight, MaxHeight float64 // of the actors, frame heights

	Variety // all zero for the clips that the prototype was trained on
}

// DefaultClipConfig returns what the embedded demo model is evaluated on: three actors in a calm world.
func DefaultClipConfig() ClipConfig {
	return ClipConfig{
		Width: 96, Height: 96, Frames: 8, Span: 1.2,
		Actors: Mix{{Actors: 3, Weight: 1}}, Ease: 1, MinHeight: .4, MaxHeight: .65,
	}
}

func (c *ClipConfig) validate() error {
	switch {
	case c.Width < minSize || c.Height < minSize || c.Width > maxSize || c.Height > maxSize:
		return fmt.Errorf("%w: size %dx%d: want %d to %d each", ErrConfig, c.Width, c.Height, minSize, maxSize)
	case c.Frames < 1 || c.Frames > 1024:
		return fmt.Errorf("%w: %d frames: want 1 to 1024", ErrConfig, c.Frames)
	case !(c.Span > 0 && c.Span <= 3600):
		return fmt.Errorf("%w: span %g: want seconds, up to 3600", ErrConfig, c.Span)
	case c.Aspect != 0 && !(c.Aspect >= .25 && c.Aspect <= 4):
		return fmt.Errorf("%w: aspect %g: want 0 (random), or .25 to 4", ErrConfig, c.Aspect)
	case !(c.Ease >= 0 && c.Ease <= 1):
		return fmt.Errorf("%w: ease %g: want 0 to 1", ErrConfig, c.Ease)
	case !(c.MinHeight >= .05 && c.MinHeight <= c.MaxHeight && c.MaxHeight <= 1):
		return fmt.Errorf("%w: actor heights %g to %g: want .05 to 1, the least first", ErrConfig, c.MinHeight, c.MaxHeight)
	}
	if err := c.Variety.validate(c.Ease); err != nil {
		return err
	}
	return c.Actors.validate()
}

// Clip renders the clip of a seed: uint8 RGB frames [Frames, Height, Width, 3], and what is in them. A clip depends on
// its own seed and settings only. Errors wrap [ErrConfig].
func Clip(seed uint64, c ClipConfig) ([]byte, *ClipTruth, error) {
	if err := c.validate(); err != nil {
		return nil, nil, err
	}
	frames, truth := renderClip(seed, &c)
	return frames, truth, nil
}

func renderClip(seed uint64, c *ClipConfig) ([]byte, *ClipTruth) {
	r := newRNG(seed)
	n := c.Actors.draw(r)
	aspect := c.Aspect
	if aspect == 0 {
		aspect = r.in(1, 1.78)
	}
	v := c.draw(seed, c.Ease)
	back := newBackdrop(c.Width, c.Height, aspect, v.ease, r)
	film := newFilm(r.optics(v.ease), r)
	cast := castClip(n, aspect, v.ease, c, r)
	v.dress(cast)
	v.furnish(back, aspect)
	v.light(&film.optics)
	step := c.Span / float64(c.Frames) * r.in(.9, 1.1)

	screen := newCanvas(c.Width, c.Height, aspect)
	size := len(screen.pix)
	frames := make([]byte, c.Frames*size)
	parts := v.changeActions(cast, c, step)
	v.scramble(parts, c.Frames)
	truth := newClipTruth(seed, step, aspect, parts, c.Frames)
	for i := range c.Frames {
		t := clipStart + float64(i)*step
		film.aim(screen, t)
		for k, drawn := range paint(screen, back, playing(parts, i, step)) {
			truth.Actors[k].add(drawn, aspect)
		}
		film.expose(screen, frames[i*size:(i+1)*size])
	}
	return frames, truth
}

// castClip places n actors with distinct actions.
func castClip(n int, aspect, ease float64, c *ClipConfig, r *rng) []*actor {
	actions, slots := r.permutation(int(numActions)), r.permutation(n)
	lo, hi := c.heights(n)
	slot := aspect / float64(n)
	actors := make([]*actor, n)
	for i := range actors {
		height := r.in(lo, hi)
		a := &actor{look: r.look(height, ease), action: action(actions[i])}
		a.look.equip(a.action, ease, r)
		if a.action == pushups || a.action == falling { // lying bodies are long
			height = min(height, max(lo, .95*aspect/float64(n)))
			a.look.height = height
		}
		a.ground.x = (float64(slots[i])+.5)*slot + r.in(-.28, .28)*slot
		if n == 1 {
			a.ground.x = r.in(.2, .8) * aspect
		}
		a.ground.y = r.in(min(.97, height+.03), .985)
		switch a.action {
		case climbing, umbrella, jumping: // these need room above
			a.ground.y = r.in(min(.97, 1.2*height+.02), .985)
		}
		a.facing = r.sign()
		if a.action.hasBall() && r.chance(.7) { // face the middle, so that the ball stays in view
			a.facing = 1
			if a.ground.x > aspect/2 {
				a.facing = -1
			}
		}
		a.style = r.style(a.action)
		a.roaming = r.in(.25, .6) * height * 1.4
		actors[i] = a
	}
	return actors
}

// heights returns the range of heights of n actors: few may be larger, many must be smaller.
func (c *ClipConfig) heights(n int) (lo, hi float64) {
	lo, hi = c.MinHeight, c.MaxHeight
	switch {
	case n == 1:
		return lo + .05, min(.85, hi+.25)
	case n == 2:
		return lo, min(.7, hi+.08)
	case n >= 4:
		return lo, max(lo+.05, hi-.08)
	}
	return lo, hi
}
