package pickle

import (
	"fmt"
	"strings"
)

// callable is a function or class of the allow-list, done in Go. One that is only passed around has no call.
type callable struct {
	name string
	call func(m *machine, args Tuple) (any, error)
}

// find is the allow-list.
func find(module, name string) (callable, error) {
	full := module + "." + name
	c := callable{name: full}
	// NumPy 2 moved its inner parts.
	switch strings.Replace(full, "numpy._core.", "numpy.core.", 1) {
	case "builtins.set", "__builtin__.set", "builtins.frozenset", "__builtin__.frozenset":
		c.call = makeSet
	case "builtins.dict", "__builtin__.dict", "collections.OrderedDict":
		c.call = makeDict
	case "builtins.list", "__builtin__.list":
		c.call = makeList
	case "collections.defaultdict": // its argument makes values nobody asks for
		c.call = func(*machine, Tuple) (any, error) { return &Dict{}, nil }
	case "builtins.bytes", "__builtin__.bytes":
		c.call = noBytes
	case "_codecs.encode":
		c.call = encode
	case "numpy.ndarray": // an argument of _reconstruct
	case "numpy.dtype":
		c.call = makeDType
	case "numpy.core.multiarray._reconstruct":
		c.call = func(*machine, Tuple) (any, error) { return &Array{}, nil } // filled by BUILD
	case "numpy.core.multiarray.scalar":
		c.call = makeScalar
	case "numpy.core.numeric._frombuffer":
		c.call = fromBuffer
	default:
		return c, fmt.Errorf("%w: %s; plain data has no use for it, so the file was not read", ErrRefused, full)
	}
	return c, nil
}

// call runs the opcodes that name, call and set up.
func (m *machine) call(op opcode) error {
	switch op {
	case opGlobal:
		module, err := m.line(maxLine)
		if err != nil {
			return err
		}
		name, err := m.line(maxLine)
		if err != nil {
			return err
		}
		return m.pushCallable(module, name)
	case opStackGlobal:
		name, err := m.pop()
		if err != nil {
			return err
		}
		module, err := m.pop()
		if err != nil {
			return err
		}
		moduleText, ok1 := module.(string)
		nameText, ok2 := name.(string)
		if !ok1 || !ok2 {
			return fmt.Errorf("%w: a function's name that is no text", ErrMalformed)
		}
		return m.pushCallable(moduleText, nameText)
	case opReduce:
		return m.reduce()
	default:
		return m.build()
	}
}

func (m *machine) pushCallable(module, name string) error {
	c, err := find(module, name)
	if err != nil {
		return err
	}
	return m.push(c)
}

// reduce calls.
func (m *machine) reduce() error {
	args, err := m.pop()
	if err != nil {
		return err
	}
	function, err := m.pop()
	if err != nil {
		return err
	}
	c, ok := function.(callable)
	tuple, isTuple := args.(Tuple)
	if !ok || !isTuple {
		return fmt.Errorf("%w: a call of a %T with a %T", ErrMalformed, function, args)
	}
	if c.call == nil {
		return fmt.Errorf("%w: a call of %s", ErrUnsupported, c.name)
	}
	v, err := c.call(m, tuple)
	if err != nil {
		return fmt.Errorf("%s: %w", c.name, err)
	}
	return m.push(v)
}

// build gives an array or a dtype its state.
func (m *machine) build() error {
	state, err := m.pop()
	if err != nil {
		return err
	}
	v, err := m.top()
	if err != nil {
		return err
	}
	tuple, isTuple := state.(Tuple)
	switch v := v.(type) {
	case *Array:
		if isTuple {
			return v.setState(m, tuple)
		}
	case *dtype:
		if isTuple {
			return v.setState(tuple)
		}
	}
	return fmt.Errorf("%w: a %T with a state", ErrUnsupported, v)
}

// items gives the items of a list, tuple or set that is a call's only argument; nil without an argument.
func (m *machine) items(args Tuple) ([]any, error) {
	if len(args) == 0 {
		return nil, nil
	}
	var items []any
	switch v := args[0].(type) {
	case *List:
		items = v.Items
	case Tuple:
		items = v
	case *Set:
		items = v.keys
	default:
		return nil, fmt.Errorf("%w: a %T as argument", ErrUnsupported, v)
	}
	return items, m.spend(len(items))
}

func makeSet(m *machine, args Tuple) (any, error) {
	items, err := m.items(args)
	if err != nil {
		return nil, err
	}
	s := &Set{}
	return s, s.addAll(items)
}

func makeList(m *machine, args Tuple) (any, error) {
	items, err := m.items(args)
	return &List{append([]any(nil), items...)}, err
}

// makeDict takes nothing or a list of pairs.
func makeDict(m *machine, args Tuple) (any, error) {
	items, err := m.items(args)
	if err != nil {
		return nil, err
	}
	d := &Dict{}
	for _, item := range items {
		pair, err := m.items(Tuple{item})
		if err != nil {
			return nil, err
		}
		if len(pair) != 2 {
			return nil, fmt.Errorf("%w: an entry of %d values", ErrMalformed, len(pair))
		}
		if err := d.set(pair[0], pair[1]); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// noBytes is how Python 3 writes empty bytes in protocols 0 to 2.
func noBytes(_ *machine, args Tuple) (any, error) {
	if len(args) > 0 {
		return nil, fmt.Errorf("%w: %d arguments", ErrUnsupported, len(args))
	}
	return []byte{}, nil
}

// encode is how Python 3 writes bytes in protocols 0 to 2: as a text to be encoded in latin-1.
func encode(m *machine, args Tuple) (any, error) {
	if len(args) != 2 {
		return nil, fmt.Errorf("%w: %d arguments", ErrMalformed, len(args))
	}
	text, ok := args[0].(string)
	if coding, isText := args[1].(string); !ok || !isText || coding != "latin1" {
		return nil, fmt.Errorf("%w: an encoding other than latin1", ErrUnsupported)
	}
	if err := m.spend(1 + len(text)/16); err != nil { // one text may be encoded many times
		return nil, err
	}
	return latin1Bytes(text)
}
