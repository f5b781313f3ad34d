package pickle

import (
	"fmt"
	"strconv"
	"strings"
)

// Protocol 0 writes texts with escapes.

// quoted reads the argument of STRING: Python 2's repr of a str, as bytes.
func quoted(line string) ([]byte, error) {
	n := len(line)
	if n < 2 || line[0] != line[n-1] || line[0] != '\'' && line[0] != '"' {
		return nil, fmt.Errorf("%w: a string without quotes", ErrMalformed)
	}
	out := make([]byte, 0, n)
	for s := line[1 : n-1]; s != ""; {
		if s[0] != '\\' {
			out, s = append(out, s[0]), s[1:]
			continue
		}
		if len(s) < 2 {
			return nil, fmt.Errorf("%w: a string that ends in an escape", ErrMalformed)
		}
		if s[1] == 'x' {
			code, err := hex(s[2:], 2)
			if err != nil {
				return nil, err
			}
			out, s = append(out, byte(code)), s[4:]
			continue
		}
		at := strings.IndexByte(`\'"nrtabfv0`, s[1])
		if at < 0 {
			return nil, fmt.Errorf("%w: the escape \\%c in a string", ErrUnsupported, s[1])
		}
		out, s = append(out, "\\'\"\n\r\t\a\b\f\v\x00"[at]), s[2:]
	}
	return out, nil
}

// escaped reads the argument of UNICODE: raw-unicode-escape, that is latin-1 with \u and \U.
func escaped(line string) (string, error) {
	var b strings.Builder
	for s := line; s != ""; {
		width := 0
		switch {
		case strings.HasPrefix(s, `\u`):
			width = 4
		case strings.HasPrefix(s, `\U`):
			width = 8
		default:
			b.WriteRune(rune(s[0]))
			s = s[1:]
			continue
		}
		code, err := hex(s[2:], width)
		if err != nil {
			return "", err
		}
		b.WriteRune(rune(code)) // what is no character becomes U+FFFD
		s = s[2+width:]
	}
	return b.String(), nil
}

func hex(s string, width int) (uint32, error) {
	if len(s) < width {
		return 0, fmt.Errorf("%w: an escape that is cut off", ErrMalformed)
	}
	code, err := strconv.ParseUint(s[:width], 16, 32)
	if err != nil {
		return 0, fmt.Errorf("%w: the escape %q", ErrMalformed, s[:width])
	}
	return uint32(code), nil
}
