package pickle

import (
	"fmt"
	"slices"
)

// maxRank bounds an array's dimensions; NumPy has at most 64.
const maxRank = 64

// Array is a NumPy array.
type Array struct {
	Shape   []int
	Objects []any // of an array of Python objects, row after row; nil for others

	dtype   dtype
	data    []byte
	fortran bool // columns lie one after the other
}

// Len is the number of elements.
func (a *Array) Len() int {
	n := 1
	for _, s := range a.Shape {
		n *= s
	}
	return n
}

// Floats gives an array of numbers as float64, row after row. An array of objects gives those that are numbers. Errors wrap
// [ErrUnsupported].
func (a *Array) Floats() ([]float64, error) {
	out := make([]float64, 0, a.Len())
	for i := range a.Len() {
		var v any
		if a.Objects != nil {
			v = a.Objects[i]
		} else {
			v = a.dtype.element(a.data, a.position(i))
		}
		switch v := v.(type) {
		case float64:
			out = append(out, v)
		case int64:
			out = append(out, float64(v))
		case bool:
			n := 0.
			if v {
				n = 1
			}
			out = append(out, n)
		default:
			return nil, fmt.Errorf("%w: an array of %T where numbers are wanted", ErrUnsupported, v)
		}
	}
	return out, nil
}

// position is where the i-th element, rows first, lies in the data.
func (a *Array) position(i int) int {
	if !a.fortran {
		return i
	}
	at, stride := 0, a.Len()
	for _, size := range slices.Backward(a.Shape) {
		stride /= size
		at += i % size * stride
		i /= size
	}
	return at
}

// setState takes (version, shape, dtype, is Fortran order, data); very old pickles lack the version.
func (a *Array) setState(m *machine, state Tuple) error {
	if len(state) == 5 {
		state = state[1:]
	}
	if len(state) != 4 {
		return fmt.Errorf("%w: an array's state of %d values", ErrMalformed, len(state))
	}
	var fortran bool
	switch v := state[2].(type) {
	case bool:
		fortran = v
	case int64: // Python 2
		fortran = v != 0
	default:
		return fmt.Errorf("%w: an array's order is a %T", ErrMalformed, v)
	}
	d, ok := state[1].(*dtype)
	if !ok {
		return fmt.Errorf("%w: an array's dtype is a %T", ErrMalformed, state[1])
	}
	made, err := newArray(m, state[3], d, state[0], fortran)
	if err != nil {
		return err
	}
	*a = *made
	return nil
}

// fromBuffer is how protocol 5 writes arrays: (data, dtype, shape, order).
func fromBuffer(m *machine, args Tuple) (any, error) {
	if len(args) != 4 {
		return nil, fmt.Errorf("%w: %d arguments", ErrMalformed, len(args))
	}
	d, ok := args[1].(*dtype)
	order, isText := args[3].(string)
	if !ok || !isText || order != "C" && order != "F" {
		return nil, fmt.Errorf("%w: arguments of the wrong types", ErrMalformed)
	}
	return newArray(m, args[0], d, args[2], order == "F")
}

func newArray(m *machine, data any, d *dtype, shape any, fortran bool) (*Array, error) {
	a := &Array{dtype: *d, fortran: fortran}
	dims, ok := shape.(Tuple)
	if !ok || len(dims) > maxRank {
		return nil, fmt.Errorf("%w: an array's shape", ErrMalformed)
	}
	n := 1
	for _, dim := range dims {
		s, ok := dim.(int64)
		if !ok || s < 0 || s > maxBytes || n > 0 && s > int64(maxBytes/n) {
			return nil, fmt.Errorf("%w: an array's shape", ErrMalformed)
		}
		a.Shape = append(a.Shape, int(s))
		n *= int(s)
	}
	if list, ok := data.(*List); ok && d.kind == 'O' {
		if len(list.Items) != n {
			return nil, fmt.Errorf("%w: an array of %d objects with %d", ErrMalformed, n, len(list.Items))
		}
		a.Objects = make([]any, 0, n)
		if err := m.spend(n); err != nil {
			return nil, err
		}
		for i := range n {
			a.Objects = append(a.Objects, list.Items[a.position(i)])
		}
		return a, nil
	}
	raw, err := m.rawBytes(data)
	if err != nil {
		return nil, err
	}
	if d.size == 0 && n > 0 {
		return nil, fmt.Errorf("%w: an array of elements without a size", ErrUnsupported)
	}
	if d.kind == 'O' || n*d.size != len(raw) {
		return nil, fmt.Errorf("%w: an array of %d elements of %d bytes with %d bytes", ErrMalformed, n, d.size, len(raw))
	}
	a.data = raw
	return a, nil
}

// rawBytes gives bytes, which Python 2 writes as a str.
func (m *machine) rawBytes(v any) ([]byte, error) {
	switch v := v.(type) {
	case []byte:
		return v, nil
	case string:
		if err := m.spend(1 + len(v)/16); err != nil { // one text may serve many arrays
			return nil, err
		}
		return latin1Bytes(v)
	default:
		return nil, fmt.Errorf("%w: a %T as an array's data", ErrMalformed, v)
	}
}
