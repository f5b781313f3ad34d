package pickle

import (
	"fmt"
	"slices"
)

// container runs the opcodes that make or fill lists, tuples, dicts and sets.
func (m *machine) container(op opcode) error {
	switch op {
	case opEmptyList:
		return m.push(&List{})
	case opEmptyDict:
		return m.push(&Dict{})
	case opEmptySet:
		return m.push(&Set{})
	case opEmptyTuple:
		return m.push(Tuple{})
	case opTuple1, opTuple2, opTuple3:
		n := int(op-opTuple1) + 1
		if len(m.stack)-n < m.floor() {
			return fmt.Errorf("%w: the stack is empty", ErrMalformed)
		}
		from := len(m.stack) - n
		t := Tuple(slices.Clone(m.stack[from:]))
		m.stack = m.stack[:from]
		return m.push(t)
	case opList, opTuple, opDict, opFrozenSet:
		items, err := m.popMark()
		if err != nil {
			return err
		}
		v, err := collect(op, items)
		if err != nil {
			return err
		}
		return m.push(v)
	case opAppend:
		return m.fill(1)
	case opSetItem:
		return m.fill(2)
	case opAppends, opSetItems, opAddItems:
		items, err := m.popMark()
		if err != nil {
			return err
		}
		return m.extend(op, items)
	}
	return errOpcode
}

// collect makes a container of what lay above a mark.
func collect(op opcode, items []any) (any, error) {
	switch op {
	case opList:
		return &List{slices.Clone(items)}, nil
	case opTuple:
		return Tuple(slices.Clone(items)), nil
	case opFrozenSet:
		s := &Set{}
		return s, s.addAll(items)
	default:
		d := &Dict{}
		return d, d.setPairs(items)
	}
}

// fill runs APPEND (n = 1) and SETITEM (n = 2).
func (m *machine) fill(n int) error {
	from := len(m.stack) - n
	if from < m.floor() {
		return fmt.Errorf("%w: the stack is empty", ErrMalformed)
	}
	items := m.stack[from:]
	m.stack = m.stack[:from]
	if n == 1 {
		return m.extend(opAppends, items)
	}
	return m.extend(opSetItems, items)
}

// extend puts items into the container on top of the stack.
func (m *machine) extend(op opcode, items []any) error {
	v, err := m.top()
	if err != nil {
		return err
	}
	switch v := v.(type) {
	case *List:
		if op == opAppends {
			v.Items = append(v.Items, items...)
			return nil
		}
	case *Dict:
		if op == opSetItems {
			return v.setPairs(items)
		}
	case *Set:
		if op == opAddItems {
			return v.addAll(items)
		}
	}
	return fmt.Errorf("%w: a %T takes no such items", ErrMalformed, v)
}

func (s *Set) addAll(items []any) error {
	for _, item := range items {
		if err := s.set(item, nil); err != nil {
			return err
		}
	}
	return nil
}

// setPairs sets keys and values that lie one after the other.
func (d *Dict) setPairs(items []any) error {
	if len(items)%2 != 0 {
		return fmt.Errorf("%w: a key without a value", ErrMalformed)
	}
	for pair := range slices.Chunk(items, 2) {
		if err := d.set(pair[0], pair[1]); err != nil {
			return err
		}
	}
	return nil
}
