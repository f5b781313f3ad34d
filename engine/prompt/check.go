package prompt

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// MaxBytes bounds a prompt. The longest that a model here reads to its end, 75 tokens of words, has some 400 bytes; what is longer is no prompt
// but a file in the wrong place.
const MaxBytes = 500

var (
	// ErrEmpty means that a prompt has no text.
	ErrEmpty = errors.New("empty prompt")
	// ErrLong means that a prompt has more than MaxBytes bytes.
	ErrLong = errors.New("prompt is too long")
)

// Check tells whether a text can be a prompt. The error wraps ErrEmpty or ErrLong and says what to do.
func Check(text string) error {
	switch {
	case strings.TrimSpace(text) == "":
		return fmt.Errorf("%w: say what to look for, such as \"a person waving\"", ErrEmpty)
	case len(text) > MaxBytes:
		return fmt.Errorf("%w: \"%s…\" has %d bytes, at most %d are taken; say one action in a few words, such as \"a person waving\"",
			ErrLong, beginning(text), len(text), MaxBytes)
	}
	return nil
}

// beginning is enough of a text to know it by.
func beginning(text string) string {
	const enough = 40
	end := 0
	for i := range text {
		if i > enough {
			break
		}
		end = i
	}
	return strings.ToValidUTF8(text[:end], string(utf8.RuneError))
}
