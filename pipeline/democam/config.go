package democam

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// FullClutter as [Config.Ease] shows a world of all colors, full of things and noisy.
const FullClutter = -1

// Limits of settings.
const (
	minSize, maxSize = 32, 4096 // pixels a side
	maxActors        = 8
	maxFPS           = 240
	maxHold          = 24 * 3600 // seconds
)

// Config describes a demo camera. Fields left zero get the default named beside them.
type Config struct {
	Seed          uint64
	Width, Height int      // pixels; 640x360
	FPS           float64  // frames a second; 30
	Actors        int      // people; 3, or as many as there are Actions if these are fewer
	Actions       []string // what they may do; all of [Actions]

	// HoldMin and HoldMax are how long an actor keeps to an action, seconds; 4 and 8.
	HoldMin, HoldMax float64

	// Ease says how calm the world is: muted background, objects in their usual colors, little noise. Above 0, up to 1;
	// 1. The demo model knows calm worlds only. FullClutter is the opposite of 1.
	Ease float64

	Scene string // one of [Scenes]; SceneDay

	// Clock asks whoever plays the camera to stamp frames with the time, for measuring latency; the camera itself draws no clock.
	Clock bool

	// MinHeight and MaxHeight are the heights of the actors in frame heights; .4 and .65. Actors are made smaller where
	// so many would not find room beside each other.
	MinHeight, MaxHeight float64
}

// WithDefaults returns the settings with every zero field filled in.
func (c Config) WithDefaults() Config {
	if c.Width == 0 && c.Height == 0 {
		c.Width, c.Height = 640, 360
	}
	if c.FPS == 0 {
		c.FPS = 30
	}
	if len(c.Actions) == 0 {
		c.Actions = Actions()
	}
	if c.Actors == 0 {
		distinct := slices.Compact(slices.Sorted(slices.Values(c.Actions)))
		c.Actors = min(3, len(distinct))
	}
	if c.HoldMin == 0 && c.HoldMax == 0 {
		c.HoldMin, c.HoldMax = 4, 8
	}
	if c.Ease == 0 {
		c.Ease = 1
	}
	if c.Scene == "" {
		c.Scene = SceneDay
	}
	if c.MinHeight == 0 && c.MaxHeight == 0 {
		c.MinHeight, c.MaxHeight = .4, .65
	}
	return c
}

// Interval is the time from frame to frame: frame i of a stream has the PTS i*Interval.
func (c Config) Interval() time.Duration { return time.Duration(float64(time.Second) / c.FPS) }

// validate checks settings that have their defaults.
func (c *Config) validate() error {
	switch {
	case c.Width < minSize || c.Height < minSize || c.Width > maxSize || c.Height > maxSize:
		return fmt.Errorf("%w: size %dx%d: want %d to %d each", ErrConfig, c.Width, c.Height, minSize, maxSize)
	case !(c.FPS > 0 && c.FPS <= maxFPS):
		return fmt.Errorf("%w: fps %g: want more than 0, up to %d", ErrConfig, c.FPS, maxFPS)
	case c.Actors < 1 || c.Actors > maxActors:
		return fmt.Errorf("%w: %d actors: want 1 to %d", ErrConfig, c.Actors, maxActors)
	case !(c.HoldMin >= 1 && c.HoldMin <= c.HoldMax && c.HoldMax <= maxHold):
		return fmt.Errorf("%w: hold %g to %g s: want 1 to %d, the least first", ErrConfig, c.HoldMin, c.HoldMax, maxHold)
	case c.Ease != FullClutter && !(c.Ease > 0 && c.Ease <= 1):
		return fmt.Errorf("%w: ease %g: want more than 0, up to 1, or FullClutter", ErrConfig, c.Ease)
	case !(c.MinHeight >= .05 && c.MinHeight <= c.MaxHeight && c.MaxHeight <= 1):
		return fmt.Errorf("%w: actor heights %g to %g: want .05 to 1, the least first", ErrConfig, c.MinHeight, c.MaxHeight)
	}
	if !slices.Contains(Scenes(), c.Scene) {
		return fmt.Errorf("%w: scene %q: choose from %s", ErrConfig, c.Scene, strings.Join(Scenes(), ", "))
	}
	actions, err := parseActions(c.Actions)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrConfig, err)
	}
	if len(actions) < c.Actors {
		return fmt.Errorf("%w: %d actors but %d actions: each actor does something else; allow more actions or ask for fewer actors",
			ErrConfig, c.Actors, len(actions))
	}
	return nil
}
