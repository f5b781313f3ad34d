package pickle

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// scalar runs the opcodes that push a number, a text or bytes.
func (m *machine) scalar(op opcode) error {
	v, err := m.readScalar(op)
	if err != nil {
		return err
	}
	return m.push(v)
}

func (m *machine) readScalar(op opcode) (any, error) {
	switch op {
	case opNone:
		return nil, nil //nolint:nilnil // Python's None
	case opNewTrue, opNewFalse:
		return op == opNewTrue, nil
	case opBinInt, opBinInt1, opBinInt2:
		n, err := m.number(width(op))
		if op == opBinInt {
			return int64(int32(uint32(n))), err
		}
		return int64(n), err
	case opLong1, opLong4:
		b, err := m.counted(width(op))
		if err != nil {
			return nil, err
		}
		return long(b)
	case opInt, opLong, opFloat:
		return m.decimal(op)
	case opBinFloat:
		b, err := m.take(8)
		if err != nil {
			return nil, err
		}
		return math.Float64frombits(binary.BigEndian.Uint64(b)), nil
	}
	return m.readText(op)
}

func (m *machine) readText(op opcode) (any, error) {
	switch op {
	case opShortUnicode, opBinUnicode, opBinUnicode8:
		b, err := m.carried(op)
		if err != nil {
			return nil, err
		}
		return utf8Text(b)
	case opShortBinString, opBinString:
		b, err := m.carried(op)
		return latin1(b), err
	case opShortBinBytes, opBinBytes, opBinBytes8, opByteArray8:
		return m.carried(op)
	case opString:
		line, err := m.carriedLine()
		if err != nil {
			return nil, err
		}
		b, err := quoted(line)
		return latin1(b), err
	case opUnicode:
		line, err := m.carriedLine()
		if err != nil {
			return nil, err
		}
		return escaped(line)
	}
	return nil, errOpcode
}

// carried reads the text or the bytes that an opcode carries, behind their length.
func (m *machine) carried(op opcode) ([]byte, error) {
	b, err := m.counted(width(op))
	m.texts += len(b)
	return b, err
}

// carriedLine reads the text that an opcode of protocol 0 carries.
func (m *machine) carriedLine() (string, error) {
	line, err := m.line(len(m.data))
	m.texts += len(line)
	return line, err
}

// width is the size of an opcode's number, or of its length.
func width(op opcode) int {
	switch op {
	case opBinInt2:
		return 2
	case opBinInt, opLong4, opBinUnicode, opBinString, opBinBytes:
		return 4
	case opBinUnicode8, opBinBytes8, opByteArray8:
		return 8
	default:
		return 1
	}
}

// decimal reads a number of protocol 0.
func (m *machine) decimal(op opcode) (any, error) {
	line, err := m.line(maxLine)
	if err != nil {
		return nil, err
	}
	var v any
	switch {
	case op == opFloat:
		v, err = strconv.ParseFloat(line, 64)
	case op == opInt && (line == "00" || line == "01"):
		v = line == "01"
	default:
		v, err = strconv.ParseInt(strings.TrimSuffix(line, "L"), 10, 64)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: the number %q", ErrMalformed, line)
	}
	return v, nil
}

// long reads a little-endian number in two's complement.
func long(b []byte) (any, error) {
	if len(b) > 8 {
		return nil, fmt.Errorf("%w: a number of %d bytes", ErrUnsupported, len(b))
	}
	if len(b) == 0 {
		return int64(0), nil
	}
	var wide [8]byte
	copy(wide[:], b)
	shift := 64 - 8*len(b)
	return int64(binary.LittleEndian.Uint64(wide[:])<<shift) >> shift, nil
}
