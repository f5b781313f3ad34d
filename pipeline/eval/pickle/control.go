package pickle

import (
	"fmt"
	"strconv"
)

// control runs the opcodes of the stack, the memo and calls.
func (m *machine) control(op opcode) error {
	switch op {
	case opProto:
		version, err := m.number(1)
		if err == nil && version > newest {
			err = fmt.Errorf("%w: protocol %d", ErrUnsupported, version)
		}
		return err
	case opFrame:
		_, err := m.number(8) // frames are for readers that fetch ahead
		return err
	case opMark:
		if err := m.spend(1); err != nil {
			return err
		}
		m.marks = append(m.marks, len(m.stack))
		return nil
	case opPop:
		if n := len(m.marks); n > 0 && m.marks[n-1] == len(m.stack) {
			m.marks = m.marks[:n-1]
			return nil
		}
		_, err := m.pop()
		return err
	case opPopMark:
		_, err := m.popMark()
		return err
	case opDup:
		v, err := m.top()
		if err != nil {
			return err
		}
		return m.push(v)
	case opGet, opBinGet, opLongBinGet, opPut, opBinPut, opLongBinPut, opMemoize:
		return m.remember(op)
	case opGlobal, opStackGlobal, opReduce, opBuild:
		return m.call(op)
	case opNewObj, opNewObjEx, opInst, opObj:
		return fmt.Errorf("%w: an object of a class; only plain data is read", ErrRefused)
	case opExt1, opExt2, opExt4:
		return fmt.Errorf("%w: a class by its number in Python's extension registry", ErrRefused)
	case opPersID, opBinPersID, opNextBuffer, opReadOnlyBuffer:
		return fmt.Errorf("%w: a value that lies outside the pickle", ErrUnsupported)
	}
	return errOpcode
}

// remember runs the opcodes of the memo.
func (m *machine) remember(op opcode) error {
	var index uint64
	var err error
	switch op {
	case opMemoize:
		index = uint64(len(m.memo))
	case opBinGet, opBinPut:
		index, err = m.number(1)
	case opLongBinGet, opLongBinPut:
		index, err = m.number(4)
	default:
		var line string
		if line, err = m.line(maxLine); err == nil {
			if index, err = strconv.ParseUint(line, 10, 32); err != nil {
				err = fmt.Errorf("%w: the memo index %q", ErrMalformed, line)
			}
		}
	}
	if err != nil {
		return err
	}
	switch op {
	case opGet, opBinGet, opLongBinGet:
		v, ok := m.memo[index]
		if !ok {
			return fmt.Errorf("%w: nothing was remembered as %d", ErrMalformed, index)
		}
		return m.push(v)
	default:
		v, err := m.top()
		if err != nil {
			return err
		}
		if err := m.spend(1); err != nil {
			return err
		}
		m.memo[index] = v
		return nil
	}
}
