package element

import (
	"fmt"
	"time"

	"github.com/go-gst/go-glib/pkg/gobject/v2"
)

// The usual kinds of rows of the table of properties, each bound to one of the values.

func text(name, nick, blurb, usual string, flags gobject.ParamFlags, field func(*values) *string) property {
	return property{
		gobject.ParamSpecString(name, nick, blurb, usual, flags),
		func(_ *videogem, s *values) any { return *field(s) },
		func(s *values, value any) error { return assign(value, func(t string) { *field(s) = t }) },
	}
}

func number(name, nick, blurb string, least, most, usual float64, flags gobject.ParamFlags, field func(*values) *float64) property {
	return property{
		gobject.ParamSpecDouble(name, nick, blurb, least, most, usual, flags),
		func(_ *videogem, s *values) any { return *field(s) },
		func(s *values, value any) error { return assign(value, func(n float64) { *field(s) = n }) },
	}
}

func count(name, nick, blurb string, least, most, usual int, flags gobject.ParamFlags, field func(*values) *int) property {
	return property{
		gobject.ParamSpecUint(name, nick, blurb, uint(least), uint(most), uint(usual), flags),
		func(_ *videogem, s *values) any { return uint32(*field(s)) },
		func(s *values, value any) error { return assign(value, func(n uint32) { *field(s) = int(n) }) },
	}
}

func flag(name, nick, blurb string, usual bool, flags gobject.ParamFlags, field func(*values) *bool) property {
	return property{
		gobject.ParamSpecBoolean(name, nick, blurb, usual, flags),
		func(_ *videogem, s *values) any { return *field(s) },
		func(s *values, value any) error { return assign(value, func(b bool) { *field(s) = b }) },
	}
}

// span is a time in nanoseconds, as GStreamer's own properties have it; 0 is the default.
func span(name, nick, blurb string, flags gobject.ParamFlags, field func(*values) *time.Duration) property {
	return property{
		gobject.ParamSpecUint64(name, nick, blurb, 0, uint64(maxSpan), 0, flags),
		func(_ *videogem, s *values) any { return uint64(*field(s)) },
		func(s *values, value any) error {
			return assign(value, func(n uint64) { *field(s) = time.Duration(n) })
		},
	}
}

// maxSpan bounds times, so that sums of them do not overflow.
const maxSpan = time.Hour

// assign passes a value on when it is of the type that GLib promises for the property.
func assign[T any](value any, set func(T)) error {
	t, ok := value.(T)
	if !ok {
		return fmt.Errorf("is a %T", value)
	}
	set(t)
	return nil
}
