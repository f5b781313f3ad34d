package pickle

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxLine bounds an argument that is a line of text and no string: a name, or a number in decimal.
const maxLine = 1 << 10

// input is the pickle and how far it is read. What it hands out are views.
type input struct {
	data []byte
	at   int
}

// take reads n bytes.
func (in *input) take(n uint64) ([]byte, error) {
	if n > uint64(len(in.data)-in.at) {
		return nil, fmt.Errorf("%w: %d bytes announced, %d left", ErrMalformed, n, len(in.data)-in.at)
	}
	from := in.at
	in.at += int(n)
	return in.data[from:in.at:in.at], nil
}

// number reads a little-endian number of width bytes.
func (in *input) number(width int) (uint64, error) {
	b, err := in.take(uint64(width))
	if err != nil {
		return 0, err
	}
	var wide [8]byte
	copy(wide[:], b)
	return binary.LittleEndian.Uint64(wide[:]), nil
}

// counted reads a length of width bytes and that many bytes.
func (in *input) counted(width int) ([]byte, error) {
	n, err := in.number(width)
	if err != nil {
		return nil, err
	}
	return in.take(n)
}

// line reads up to a newline, which is left out.
func (in *input) line(limit int) (string, error) {
	rest := in.data[in.at:]
	end := bytes.IndexByte(rest[:min(len(rest), limit)], '\n')
	if end < 0 {
		return "", fmt.Errorf("%w: a line without an end", ErrMalformed)
	}
	in.at += end + 1
	return string(rest[:end]), nil
}

// utf8Text checks a text of protocols 1 and up. Python lets lone surrogates pass; no data set has them.
func utf8Text(b []byte) (string, error) {
	if !utf8.Valid(b) {
		return "", fmt.Errorf("%w: a text that is not UTF-8", ErrMalformed)
	}
	return string(b), nil
}

// latin1 reads Python 2's str: every byte is the character of that number.
func latin1(b []byte) string {
	var s strings.Builder
	s.Grow(len(b))
	for _, c := range b {
		s.WriteRune(rune(c))
	}
	return s.String()
}

// latin1Bytes undoes latin1.
func latin1Bytes(s string) ([]byte, error) {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xff {
			return nil, fmt.Errorf("%w: a text that is not latin-1 where bytes are wanted", ErrMalformed)
		}
		b = append(b, byte(r))
	}
	return b, nil
}
