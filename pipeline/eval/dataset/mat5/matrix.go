package mat5

import (
	"bytes"
	"fmt"
	"math"
)

// Classes of matrices.
const (
	classCell   = 1
	classStruct = 2
	classChar   = 4
	classDouble = 6
	classUint64 = 15
)

// flagComplex says that imaginary parts follow.
const flagComplex = 1 << 11

// matrix reads a variable, or a field or cell. Empty data is the empty matrix.
func (r *reader) matrix(b []byte, depth int) (name string, v Value, err error) {
	if len(b) == 0 {
		return "", &Numbers{Dims: []int{0, 0}}, nil
	}
	if depth == 0 {
		return "", nil, fmt.Errorf("%w: more than %d structs and cells in each other", ErrUnsupported, maxDepth)
	}
	var head [3]element // flags, dimensions, name
	for i := range head {
		if head[i], b, err = r.element(b, true); err != nil {
			return "", nil, err
		}
	}
	if head[0].kind != typeUint32 || len(head[0].data) != 8 || head[1].kind != typeInt32 || head[2].kind != typeInt8 {
		return "", nil, fmt.Errorf("%w: a matrix without flags, dimensions and name", ErrMalformed)
	}
	flags, name := r.order.Uint32(head[0].data), string(head[2].data)
	dims, n, err := r.dims(head[1])
	if err != nil {
		return "", nil, err
	}
	switch class := flags & 0xff; {
	case class == classStruct:
		v, err = r.structs(dims, n, b, depth)
	case class == classCell:
		var values []Value
		values, _, err = r.matrices(n, b, depth)
		v = &Cell{dims, values}
	case class == classChar:
		v, err = r.chars(n, b)
	case class >= classDouble && class <= classUint64 && flags&flagComplex == 0:
		v, err = r.real(dims, n, b)
	default:
		err = fmt.Errorf("%w: a matrix of class %d", ErrUnsupported, class)
	}
	if err != nil && name != "" {
		err = fmt.Errorf("%s: %w", name, err)
	}
	return name, v, err
}

// dims reads the sizes, and gives their product.
func (r *reader) dims(e element) (dims []int, n int, err error) {
	values, err := r.values(e)
	if err != nil {
		return nil, 0, err
	}
	n = 1
	for _, v := range values {
		if v < 0 || v > maxNumbers || n > 0 && int(v) > maxNumbers/n {
			return nil, 0, fmt.Errorf("%w: dimensions %v", ErrMalformed, values)
		}
		dims = append(dims, int(v))
		n *= int(v)
	}
	if len(dims) < 2 {
		return nil, 0, fmt.Errorf("%w: %d dimensions", ErrMalformed, len(dims))
	}
	return dims, n, nil
}

// structs reads field names and the fields of every element.
func (r *reader) structs(dims []int, n int, b []byte, depth int) (*Struct, error) {
	length, b, err := r.element(b, true)
	if err != nil {
		return nil, err
	}
	names, b, err := r.element(b, true)
	if err != nil {
		return nil, err
	}
	if length.kind != typeInt32 || len(length.data) != 4 || names.kind != typeInt8 {
		return nil, fmt.Errorf("%w: a struct without field names", ErrMalformed)
	}
	width := int(r.order.Uint32(length.data))
	if width < 1 || width > 64 || len(names.data)%width != 0 {
		return nil, fmt.Errorf("%w: field names of %d bytes", ErrMalformed, width)
	}
	s := &Struct{Dims: dims}
	for at := 0; at < len(names.data); at += width {
		name, _, _ := bytes.Cut(names.data[at:at+width], []byte{0})
		s.Fields = append(s.Fields, string(name))
	}
	if len(s.Fields) == 0 {
		return s, nil
	}
	for range n {
		var fields []Value
		if fields, b, err = r.matrices(len(s.Fields), b, depth); err != nil {
			return nil, err
		}
		s.Values = append(s.Values, fields)
	}
	return s, nil
}

// matrices reads n matrices that lie one after the other.
func (r *reader) matrices(n int, b []byte, depth int) (values []Value, rest []byte, err error) {
	for range n {
		var e element
		if e, b, err = r.element(b, true); err != nil {
			return nil, nil, err
		}
		if e.kind != typeMatrix {
			return nil, nil, fmt.Errorf("%w: data type %d where a matrix is wanted", ErrMalformed, e.kind)
		}
		_, v, err := r.matrix(e.data, depth-1)
		if err != nil {
			return nil, nil, err
		}
		values = append(values, v)
	}
	return values, b, nil
}

// chars reads a text.
func (r *reader) chars(n int, b []byte) (Text, error) {
	if n == 0 {
		return "", nil
	}
	e, _, err := r.element(b, true)
	if err != nil {
		return "", err
	}
	text, err := r.text(e)
	return Text(text), err
}

// real reads n numbers, which may be stored in a smaller type than their class.
func (r *reader) real(dims []int, n int, b []byte) (*Numbers, error) {
	e, _, err := r.element(b, true)
	if err != nil {
		return nil, err
	}
	values, err := r.values(e)
	if err != nil {
		return nil, err
	}
	if len(values) != n {
		return nil, fmt.Errorf("%w: %d numbers for dimensions %v", ErrMalformed, len(values), dims)
	}
	return &Numbers{dims, values}, nil
}

// values decodes an element of numbers.
func (r *reader) values(e element) ([]float64, error) {
	size := 0
	switch e.kind {
	case typeInt8, typeUint8:
		size = 1
	case typeInt16, typeUint16, typeUTF16:
		size = 2
	case typeInt32, typeUint32, typeSingle, typeUTF32:
		size = 4
	case typeDouble, typeInt64, typeUint64:
		size = 8
	default:
		return nil, fmt.Errorf("%w: numbers of data type %d", ErrMalformed, e.kind)
	}
	n := len(e.data) / size
	if n*size != len(e.data) {
		return nil, fmt.Errorf("%w: %d bytes of numbers of %d bytes", ErrMalformed, len(e.data), size)
	}
	if r.numbers += n; r.numbers > maxNumbers {
		return nil, fmt.Errorf("%w: more than %d numbers", ErrLimit, maxNumbers)
	}
	out := make([]float64, n)
	for i := range out {
		out[i] = r.value(e.kind, e.data[i*size:])
	}
	return out, nil
}

func (r *reader) value(kind int, b []byte) float64 {
	switch kind {
	case typeInt8:
		return float64(int8(b[0]))
	case typeUint8:
		return float64(b[0])
	case typeInt16:
		return float64(int16(r.order.Uint16(b)))
	case typeUint16, typeUTF16:
		return float64(r.order.Uint16(b))
	case typeInt32:
		return float64(int32(r.order.Uint32(b)))
	case typeUint32, typeUTF32:
		return float64(r.order.Uint32(b))
	case typeSingle:
		return float64(math.Float32frombits(r.order.Uint32(b)))
	case typeInt64:
		return float64(int64(r.order.Uint64(b)))
	case typeUint64:
		return float64(r.order.Uint64(b))
	default:
		return math.Float64frombits(r.order.Uint64(b))
	}
}
