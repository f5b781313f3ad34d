// Package pickletest writes pickles for tests, opcode by opcode, as Python 2 wrote those of the data sets (protocol 2).
package pickletest

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
)

// Writer collects a pickle.
type Writer struct{ buf bytes.Buffer }

// New begins a pickle of protocol 2.
func New() *Writer { return (&Writer{}).Ops(0x80, 2) }

// Ops writes opcodes, or any bytes.
func (w *Writer) Ops(codes ...byte) *Writer {
	w.buf.Write(codes)
	return w
}

// Global names a function or class.
func (w *Writer) Global(module, name string) *Writer {
	fmt.Fprintf(&w.buf, "c%s\n%s\n", module, name)
	return w
}

// Bytes ends the pickle.
func (w *Writer) Bytes() []byte { return append(bytes.Clone(w.buf.Bytes()), '.') }

// Pair is an entry of a [Dict].
type Pair struct{ Key, Value any }

// Dict is a dict, for [Writer.Value] as the types that follow.
type Dict []Pair

// Tuple is a tuple.
type Tuple []any

// Set is a set.
type Set []any

// Array is a NumPy array of float64, row after row.
type Array struct {
	Shape []int
	Data  []float64
}

// Value writes nil, bool, int, float64, string (as unicode), []byte (as Python 2's str), []any (a list), and the types above.
func (w *Writer) Value(v any) *Writer {
	switch v := v.(type) {
	case nil:
		w.Ops('N')
	case bool:
		w.Ops(map[bool]byte{true: 0x88, false: 0x89}[v])
	case int:
		w.Ops(binary.LittleEndian.AppendUint32([]byte{'J'}, uint32(int32(v)))...)
	case float64:
		w.Ops(binary.BigEndian.AppendUint64([]byte{'G'}, math.Float64bits(v))...)
	case string:
		w.Ops(binary.LittleEndian.AppendUint32([]byte{'X'}, uint32(len(v)))...).Ops([]byte(v)...)
	case []byte:
		w.Ops(binary.LittleEndian.AppendUint32([]byte{'T'}, uint32(len(v)))...).Ops(v...)
	case []any:
		w.Ops(']').items(v, 'e')
	case Tuple:
		w.items(v, 't')
	case Set:
		w.Global("__builtin__", "set").Value([]any(v)).Ops(0x85, 'R')
	case Dict:
		w.Ops('}', '(')
		for _, p := range v {
			w.Value(p.Key).Value(p.Value)
		}
		w.Ops('u')
	case Array:
		w.array(v)
	default:
		panic(fmt.Sprintf("pickletest: a %T", v))
	}
	return w
}

func (w *Writer) items(values []any, end byte) {
	w.Ops('(')
	for _, item := range values {
		w.Value(item)
	}
	w.Ops(end)
}

// array writes what Python 2's NumPy does.
func (w *Writer) array(a Array) {
	var data []byte
	for _, v := range a.Data {
		data = binary.LittleEndian.AppendUint64(data, math.Float64bits(v))
	}
	shape := Tuple{}
	for _, s := range a.Shape {
		shape = append(shape, s)
	}
	w.Global("numpy.core.multiarray", "_reconstruct").Ops('(').Global("numpy", "ndarray").Value(Tuple{0}).Value([]byte("b")).Ops('t', 'R')
	w.Ops('(').Value(1).Value(shape).Global("numpy", "dtype").Value(Tuple{[]byte("f8"), 0, 1}).Ops('R')
	w.Value(Tuple{3, []byte("<"), nil, nil, nil, -1, -1, 0}).Ops('b').Value(false).Value(data).Ops('t', 'b')
}
