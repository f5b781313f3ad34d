package mat5

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"unicode/utf8"
)

// Limits.
const (
	maxFile    = 512 << 20
	maxData    = 2 << 30 // unpacked
	maxDepth   = 16      // of structs and cells in each other
	maxNumbers = 64 << 20
)

// headerSize is the length of the text and the version before the first element.
const headerSize = 128

// Data types of elements.
const (
	typeInt8       = 1
	typeUint8      = 2
	typeInt16      = 3
	typeUint16     = 4
	typeInt32      = 5
	typeUint32     = 6
	typeSingle     = 7
	typeDouble     = 9
	typeInt64      = 12
	typeUint64     = 13
	typeMatrix     = 14
	typeCompressed = 15
	typeUTF8       = 16
	typeUTF16      = 17
	typeUTF32      = 18
)

// Open reads the variables of a file. Errors are those of [Read], or the file system's.
func Open(path string) (map[string]Value, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open MAT-file: %w", err)
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("read MAT-file %s: %w", path, err)
	}
	v, err := Read(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return v, nil
}

// Read reads the variables of a file that is held in memory. Errors wrap [ErrMalformed], [ErrUnsupported] or [ErrLimit].
func Read(data []byte) (map[string]Value, error) {
	if len(data) > maxFile {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrLimit, maxFile)
	}
	if len(data) < headerSize || !bytes.HasPrefix(data, []byte("MATLAB 5.0")) {
		if bytes.HasPrefix(data, []byte("MATLAB 7.3")) {
			return nil, fmt.Errorf("%w: version 7.3; save it again with -v7", ErrUnsupported)
		}
		return nil, fmt.Errorf("%w: it does not begin with MATLAB 5.0", ErrMalformed)
	}
	r := &reader{left: maxData}
	switch string(data[126:128]) {
	case "IM":
		r.order = binary.LittleEndian
	case "MI":
		r.order = binary.BigEndian
	default:
		return nil, fmt.Errorf("%w: no byte order", ErrMalformed)
	}
	out := map[string]Value{}
	for rest := data[headerSize:]; len(rest) > 0; {
		e, after, err := r.element(rest, false)
		if err != nil {
			return nil, err
		}
		rest = after
		if e.kind == typeCompressed {
			if e, err = r.unpack(e.data); err != nil {
				return nil, err
			}
		}
		if e.kind != typeMatrix {
			return nil, fmt.Errorf("%w: a variable of data type %d", ErrMalformed, e.kind)
		}
		name, v, err := r.matrix(e.data, maxDepth)
		if err != nil {
			return nil, err
		}
		out[name] = v
	}
	return out, nil
}

// reader knows the byte order and what may still be made.
type reader struct {
	order   binary.ByteOrder
	left    int // bytes that may still be unpacked
	numbers int // made so far
}

// element is a tag and its data.
type element struct {
	kind int
	data []byte
}

// element reads one; all but compressed ones are padded to eight bytes, at the end of a variable perhaps not.
func (r *reader) element(b []byte, padded bool) (e element, rest []byte, err error) {
	if len(b) < 8 {
		return e, nil, fmt.Errorf("%w: a tag is cut off", ErrMalformed)
	}
	word, size := r.order.Uint32(b), r.order.Uint32(b[4:])
	if word>>16 != 0 { // the small form: up to four bytes within the tag
		size = word >> 16
		if size > 4 {
			return e, nil, fmt.Errorf("%w: %d bytes in a small element", ErrMalformed, size)
		}
		return element{int(word & 0xffff), b[4 : 4+size]}, b[8:], nil
	}
	if uint64(size) > uint64(len(b)-8) {
		return e, nil, fmt.Errorf("%w: %d bytes announced, %d left", ErrMalformed, size, len(b)-8)
	}
	e, rest = element{int(word), b[8 : 8+size]}, b[8+size:]
	if padded && size%8 != 0 {
		rest = rest[min(len(rest), int(8-size%8)):]
	}
	return e, rest, nil
}

// unpack inflates a variable.
func (r *reader) unpack(data []byte) (element, error) {
	z, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		return element{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	raw, err := io.ReadAll(io.LimitReader(z, int64(r.left)+1))
	if err != nil {
		return element{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if len(raw) > r.left {
		return element{}, fmt.Errorf("%w: it unpacks to more than %d bytes", ErrLimit, maxData)
	}
	r.left -= len(raw)
	e, _, err := r.element(raw, true)
	return e, err
}

// text decodes characters.
func (r *reader) text(e element) (string, error) {
	switch e.kind {
	case typeUTF8:
		if !utf8.Valid(e.data) {
			return "", fmt.Errorf("%w: a text that is not UTF-8", ErrMalformed)
		}
		return string(e.data), nil
	case typeInt8, typeUint8, typeUint16, typeUTF16, typeUTF32, typeUint32:
		codes, err := r.values(e)
		if err != nil {
			return "", err
		}
		var out []byte
		for _, c := range codes {
			out = utf8.AppendRune(out, rune(c))
		}
		return string(out), nil
	}
	return "", fmt.Errorf("%w: a text of data type %d", ErrUnsupported, e.kind)
}
