package pickle

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"
)

// makeScalar makes a NumPy scalar, which becomes a Go value: (dtype, data).
func makeScalar(m *machine, args Tuple) (any, error) {
	if len(args) != 2 {
		return nil, fmt.Errorf("%w: %d arguments", ErrMalformed, len(args))
	}
	d, ok := args[0].(*dtype)
	if !ok {
		return nil, fmt.Errorf("%w: a scalar of no dtype", ErrMalformed)
	}
	raw, err := m.rawBytes(args[1])
	if err != nil {
		return nil, err
	}
	if d.kind == 'O' || len(raw) != d.size {
		return nil, fmt.Errorf("%w: a scalar of %d bytes with %d", ErrMalformed, d.size, len(raw))
	}
	return d.element(raw, 0), nil
}

// dtype is the type of an array's elements.
type dtype struct {
	kind byte // b, i, u, f, S, U or O
	size int  // bytes
	big  bool // big-endian
}

// maxElement bounds an element's bytes.
const maxElement = 1 << 20

// makeDType takes a name such as f8, and two flags of no use here.
func makeDType(_ *machine, args Tuple) (any, error) {
	if len(args) == 0 {
		return nil, fmt.Errorf("%w: no arguments", ErrMalformed)
	}
	name, ok := args[0].(string)
	if !ok || name == "" {
		return nil, fmt.Errorf("%w: a dtype that is no name", ErrUnsupported)
	}
	size, err := strconv.Atoi(name[1:])
	d := &dtype{kind: name[0], size: size}
	switch {
	case err != nil || size < 0 || size > maxElement:
		return nil, fmt.Errorf("%w: dtype %q", ErrUnsupported, name)
	case d.kind == 'b' && size == 1, d.kind == 'O', d.kind == 'S':
	case (d.kind == 'i' || d.kind == 'u') && slices.Contains([]int{1, 2, 4, 8}, size):
	case d.kind == 'f' && (size == 4 || size == 8):
	case d.kind == 'U' && size <= maxElement/4:
		d.size = 4 * size
	default:
		return nil, fmt.Errorf("%w: dtype %q", ErrUnsupported, name)
	}
	return d, nil
}

// setState takes (version, byte order, subarray, names, fields, size, alignment, flags).
func (d *dtype) setState(state Tuple) error {
	if len(state) < 5 {
		return fmt.Errorf("%w: a dtype's state of %d values", ErrMalformed, len(state))
	}
	if state[2] != nil || state[3] != nil || state[4] != nil {
		return fmt.Errorf("%w: an array of records", ErrUnsupported)
	}
	order, ok := state[1].(string)
	if !ok || !slices.Contains([]string{"<", ">", "|", "="}, order) {
		return fmt.Errorf("%w: a dtype's byte order", ErrMalformed)
	}
	d.big = order == ">"
	return nil
}

// element gives the i-th element of data.
func (d *dtype) element(data []byte, i int) any {
	b := data[i*d.size : (i+1)*d.size]
	switch d.kind {
	case 'b':
		return b[0] != 0
	case 'S':
		for len(b) > 0 && b[len(b)-1] == 0 {
			b = b[:len(b)-1]
		}
		return latin1(b)
	case 'U':
		return d.text(b)
	}
	bits := d.bits(b)
	switch {
	case d.kind == 'f' && d.size == 4:
		return float64(math.Float32frombits(uint32(bits)))
	case d.kind == 'f':
		return math.Float64frombits(bits)
	case d.kind == 'i':
		shift := 64 - 8*d.size
		return int64(bits<<shift) >> shift
	case bits > math.MaxInt64:
		return float64(bits)
	default:
		return int64(bits)
	}
}

// bits reads up to 8 bytes as a number.
func (d *dtype) bits(b []byte) uint64 {
	var wide [8]byte
	if d.big {
		copy(wide[8-len(b):], b)
		return binary.BigEndian.Uint64(wide[:])
	}
	copy(wide[:], b)
	return binary.LittleEndian.Uint64(wide[:])
}

// text reads UCS-4 up to the padding.
func (d *dtype) text(b []byte) string {
	var out []byte
	for c := range slices.Chunk(b, 4) {
		out = utf8.AppendRune(out, rune(d.bits(c)))
	}
	for len(out) > 0 && out[len(out)-1] == 0 {
		out = out[:len(out)-1]
	}
	return string(out)
}
