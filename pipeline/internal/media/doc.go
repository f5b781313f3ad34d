// Package media reads pictures and the frames of videos, for all who ground recorded input.
package media

import "errors"

// ErrInput means that a file cannot be used as it is: the user's fault.
var ErrInput = errors.New("bad input")
