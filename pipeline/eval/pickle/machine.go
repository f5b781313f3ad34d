package pickle

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// Limits. The largest file here, DALY's annotations, has some tens of megabytes.
const (
	maxBytes   = 512 << 20
	maxOpcodes = 16 << 20 // bytes of opcodes: all but the texts and bytes that they carry, such as an array's numbers
	maxValues  = 16 << 20 // made by opcodes, or copied by calls
)

// machine runs a pickle.
type machine struct {
	input
	stack  []any
	marks  []int // where in the stack marks lie
	memo   map[uint64]any
	values int // made so far
	texts  int // bytes so far of the texts and bytes that opcodes carry
}

// Open reads a file. Errors are those of [Load], or the file system's.
func Open(path string) (any, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open pickle: %w", err)
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, maxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read pickle %s: %w", path, err)
	}
	v, err := Load(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return v, nil
}

// Load reads the value a pickle makes; data must not change afterwards, since arrays are views of it. What follows the pickle is
// not looked at. Errors wrap [ErrRefused], [ErrMalformed], [ErrUnsupported] or [ErrLimit], and name the byte where it went wrong.
func Load(data []byte) (any, error) {
	if len(data) > maxBytes {
		return nil, fmt.Errorf("%w: %d bytes, at most %d are read", ErrLimit, len(data), maxBytes)
	}
	return load(data, maxOpcodes)
}

func load(data []byte, opcodes int) (any, error) {
	m := &machine{input: input{data: data}, memo: map[uint64]any{}}
	for {
		at := m.at
		if at-m.texts > opcodes {
			return nil, fmt.Errorf("byte %d: %w: more than %d bytes of opcodes; no annotation file of the data sets here has that many: is it the right one?",
				at, ErrLimit, opcodes)
		}
		code, err := m.take(1)
		if err != nil {
			return nil, fmt.Errorf("byte %d: %w: it ends without a value", at, ErrMalformed)
		}
		if opcode(code[0]) == opStop {
			v, err := m.pop()
			if err != nil {
				return nil, fmt.Errorf("byte %d: %w", at, err)
			}
			return v, nil
		}
		if err := m.step(opcode(code[0])); err != nil {
			return nil, fmt.Errorf("byte %d: %w", at, err)
		}
	}
}

// errOpcode says that a function of the machine does not know an opcode; the next one is asked.
var errOpcode = errors.New("unknown opcode")

// step runs one opcode.
func (m *machine) step(op opcode) error {
	for _, try := range []func(*machine, opcode) error{(*machine).scalar, (*machine).container, (*machine).control} {
		if err := try(m, op); !errors.Is(err, errOpcode) {
			return err
		}
	}
	return fmt.Errorf("%w: opcode 0x%02x", ErrMalformed, byte(op))
}

// spend counts n values that are made or copied.
func (m *machine) spend(n int) error {
	if n > maxValues-m.values {
		return fmt.Errorf("%w: more than %d values", ErrLimit, maxValues)
	}
	m.values += n
	return nil
}

func (m *machine) push(v any) error {
	if err := m.spend(1); err != nil {
		return err
	}
	m.stack = append(m.stack, v)
	return nil
}

// floor is where the stack of the innermost mark begins: nothing below it may be popped one by one.
func (m *machine) floor() int {
	if n := len(m.marks); n > 0 {
		return m.marks[n-1]
	}
	return 0
}

func (m *machine) pop() (any, error) {
	n := len(m.stack) - 1
	if n < m.floor() {
		return nil, fmt.Errorf("%w: the stack is empty", ErrMalformed)
	}
	v := m.stack[n]
	m.stack = m.stack[:n]
	return v, nil
}

func (m *machine) top() (any, error) {
	if len(m.stack) <= m.floor() {
		return nil, fmt.Errorf("%w: the stack is empty", ErrMalformed)
	}
	return m.stack[len(m.stack)-1], nil
}

// popMark takes what lies above the innermost mark, and the mark. The result is a view that the next push overwrites.
func (m *machine) popMark() ([]any, error) {
	n := len(m.marks) - 1
	if n < 0 {
		return nil, fmt.Errorf("%w: no mark", ErrMalformed)
	}
	from := m.marks[n]
	m.marks = m.marks[:n]
	items := m.stack[from:]
	m.stack = m.stack[:from]
	return items, nil
}
