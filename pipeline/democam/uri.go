package democam

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// ParseURI reads a demo camera's URI into settings, with defaults for what it leaves out:
//
//	demo://?seed=7&actors=2&size=1280x720&fps=30&hold=4-8&ease=1&scene=night&actions=running,playing+guitar
//
// hold is seconds, one number or two; ease is 0 (full of clutter) to 1 (calm); scene is one of [Scenes]; clock=1 stamps the
// frames with the time. Errors wrap [ErrConfig] and name the key.
func ParseURI(text string) (Config, error) {
	u, err := url.Parse(text)
	if err != nil {
		return Config{}, fmt.Errorf("%w: %w", ErrConfig, err)
	}
	if u.Scheme != "demo" {
		return Config{}, fmt.Errorf("%w: scheme %q: want demo://", ErrConfig, u.Scheme)
	}
	if u.Host != "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.Opaque != "" || u.Fragment != "" {
		return Config{}, fmt.Errorf("%w: %q: settings follow a question mark, as in demo://?seed=7&actors=2", ErrConfig, text)
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return Config{}, fmt.Errorf("%w: %q: %w", ErrConfig, text, err)
	}
	var c Config
	for _, key := range slices.Sorted(maps.Keys(query)) {
		values := query[key]
		if len(values) > 1 {
			return Config{}, fmt.Errorf("%w: %s is given %d times", ErrConfig, key, len(values))
		}
		if err := c.set(key, values[0]); err != nil {
			return Config{}, err
		}
	}
	c = c.WithDefaults()
	if err := c.validate(); err != nil {
		return Config{}, err
	}
	return c, nil
}

// set reads the value of one key. Zero would select the default, so it is refused where it means nothing.
func (c *Config) set(key, value string) error {
	wrong := func(want string) error {
		return fmt.Errorf("%w: %s=%q: want %s", ErrConfig, key, value, want)
	}
	var err error
	switch key {
	case "seed":
		if c.Seed, err = strconv.ParseUint(value, 10, 64); err != nil {
			return wrong("a whole number from 0 to 18446744073709551615")
		}
	case "actors":
		if c.Actors, err = strconv.Atoi(value); err != nil || c.Actors < 1 {
			return wrong(fmt.Sprintf("a number from 1 to %d", maxActors))
		}
	case "size":
		w, h, ok := strings.Cut(value, "x")
		var errW, errH error
		c.Width, errW = strconv.Atoi(w)
		c.Height, errH = strconv.Atoi(h)
		if !ok || errW != nil || errH != nil || c.Width < 1 || c.Height < 1 {
			return wrong("WIDTHxHEIGHT, such as 1280x720")
		}
	case "fps":
		if c.FPS, err = strconv.ParseFloat(value, 64); err != nil || !(c.FPS > 0) {
			return wrong("frames a second, such as 30")
		}
	case "hold":
		lo, hi, both := strings.Cut(value, "-")
		if !both {
			hi = lo
		}
		var errLo, errHi error
		c.HoldMin, errLo = strconv.ParseFloat(lo, 64)
		c.HoldMax, errHi = strconv.ParseFloat(hi, 64)
		if errLo != nil || errHi != nil || !(c.HoldMin > 0) || !(c.HoldMax > 0) {
			return wrong("seconds, such as 6 or 4-8")
		}
	case "ease":
		if c.Ease, err = strconv.ParseFloat(value, 64); err != nil || !(c.Ease >= 0 && c.Ease <= 1) {
			return wrong("a number from 0 to 1")
		}
		if c.Ease == 0 {
			c.Ease = FullClutter
		}
	case "scene":
		if c.Scene = value; !slices.Contains(Scenes(), value) {
			return wrong(strings.Join(Scenes(), ", "))
		}
	case "clock":
		if c.Clock, err = strconv.ParseBool(value); err != nil {
			return wrong("0 or 1")
		}
	case "actions":
		c.Actions = strings.Split(value, ",")
		for i := range c.Actions {
			c.Actions[i] = strings.TrimSpace(c.Actions[i])
		}
		if _, err := parseActions(c.Actions); err != nil {
			return fmt.Errorf("%w: actions: %w", ErrConfig, err)
		}
	default:
		return fmt.Errorf("%w: unknown key %q: there are actions, actors, clock, ease, fps, hold, scene, seed and size", ErrConfig, key)
	}
	return nil
}
