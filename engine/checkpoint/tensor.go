package checkpoint

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"

	"github.com/x448/float16"
)

// Tensor is one named array of a checkpoint. It is a view into the file: it must not be used after the checkpoint's Close.
type Tensor struct {
	Name  string
	DType DType
	Shape []int // outermost first; empty for a scalar

	raw     []byte // storage from the first element on
	strides []int  // in elements; nil when raw is row-major without gaps
}

// Len is the number of elements.
func (t *Tensor) Len() int {
	n := 1
	for _, d := range t.Shape {
		n *= d
	}
	return n
}

// GoString says what the tensor is, without its elements.
func (t *Tensor) GoString() string {
	return fmt.Sprintf("Tensor(%q, %s, %v)", t.Name, t.DType, t.Shape)
}

// Bytes gives the elements row by row, little-endian: a view into the file, or a fresh slice for a tensor that the file holds
// transposed or with gaps. The view is read-only memory.
func (t *Tensor) Bytes() []byte {
	if t.strides == nil {
		return t.raw
	}
	size := t.DType.Size()
	out := make([]byte, 0, t.Len()*size)
	index := make([]int, len(t.Shape))
	for range t.Len() {
		offset := 0
		for axis, i := range index {
			offset += i * t.strides[axis]
		}
		out = append(out, t.raw[offset*size:(offset+1)*size]...)
		for axis := len(index) - 1; axis >= 0; axis-- {
			if index[axis]++; index[axis] < t.Shape[axis] {
				break
			}
			index[axis] = 0
		}
	}
	return out
}

// Float32 converts the elements to a fresh slice, row by row. Every type converts; a NaN, an infinity, or a float64 that does
// not fit gives ErrNotFinite with the element's index.
func (t *Tensor) Float32() ([]float32, error) {
	raw, size := t.Bytes(), t.DType.Size()
	out := make([]float32, t.Len())
	for i := range out {
		v := t.DType.float32(raw[i*size:])
		if math.Float32bits(v)&exponentMask == exponentMask {
			return nil, t.notFinite(i, v)
		}
		out[i] = v
	}
	return out, nil
}

// CheckFinite says whether Float32 would work, without converting: for callers that use Bytes as they are.
func (t *Tensor) CheckFinite() error {
	switch t.DType {
	case F64, F32, F16, BF16:
	default:
		return nil
	}
	raw, size := t.Bytes(), t.DType.Size()
	for i := range t.Len() {
		if v := t.DType.float32(raw[i*size:]); math.Float32bits(v)&exponentMask == exponentMask {
			return t.notFinite(i, v)
		}
	}
	return nil
}

func (t *Tensor) notFinite(i int, v float32) error {
	return fmt.Errorf("tensor %q, element %d is %v: %w; the file is damaged or was saved from a diverged training", t.Name, i, v, ErrNotFinite)
}

// exponentMask has the bits that are all set only in NaN and infinities.
const exponentMask = 0x7f800000

// float32 reads one element from the start of b.
func (d DType) float32(b []byte) float32 {
	switch d {
	case F64:
		return float32(math.Float64frombits(binary.LittleEndian.Uint64(b)))
	case F32:
		return math.Float32frombits(binary.LittleEndian.Uint32(b))
	case F16:
		return float16.Frombits(binary.LittleEndian.Uint16(b)).Float32()
	case BF16:
		return math.Float32frombits(uint32(binary.LittleEndian.Uint16(b)) << 16)
	case I64:
		return float32(int64(binary.LittleEndian.Uint64(b)))
	case I32:
		return float32(int32(binary.LittleEndian.Uint32(b)))
	case I16:
		return float32(int16(binary.LittleEndian.Uint16(b)))
	case I8:
		return float32(int8(b[0]))
	case U64:
		return float32(binary.LittleEndian.Uint64(b))
	case U32:
		return float32(binary.LittleEndian.Uint32(b))
	case U16:
		return float32(binary.LittleEndian.Uint16(b))
	default: // U8, Bool
		return float32(b[0])
	}
}

// byteSize is the number of bytes a dense tensor takes; ok is false when that does not fit an int.
func byteSize(d DType, shape []int) (n int, ok bool) {
	total := uint64(d.Size())
	for _, dim := range shape {
		if dim < 0 {
			return 0, false
		}
		hi, lo := bits.Mul64(total, uint64(dim))
		if hi != 0 || lo > math.MaxInt {
			return 0, false
		}
		total = lo
	}
	return int(total), true
}
