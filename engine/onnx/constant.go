package onnx

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"

	"github.com/x448/float16"
	"google.golang.org/protobuf/encoding/protowire"
)

// floats adds a float32 constant.
func (g *graph) floats(data []float32, shape ...int) value {
	return g.constant(typeFloat, floatBytes(data), shape)
}

// scalar adds a float32 constant without dimensions.
func (g *graph) scalar(v float32) value { return g.floats([]float32{v}) }

// halves adds a half-float constant; numbers that half floats do not reach are an error.
func (g *graph) halves(data []float32, shape ...int) value {
	raw, err := halfBytes(data)
	if err != nil && g.err == nil {
		g.err = err
	}
	return g.constant(typeHalf, raw, shape)
}

// ints adds a one-dimensional int64 constant, as shapes, axes and indices are given.
func (g *graph) ints(v ...int) value {
	raw := make([]byte, 8*len(v))
	for i, n := range v {
		binary.LittleEndian.PutUint64(raw[8*i:], uint64(int64(n)))
	}
	return g.constant(typeInt64, raw, []int{len(v)})
}

// constant adds an initializer; small ones of equal content are shared.
func (g *graph) constant(kind int, raw []byte, shape []int) value {
	const small = 256
	if len(raw) > small {
		return g.initializer(kind, shape, len(raw), func(write func([]byte)) { write(raw) })
	}
	key := fmt.Sprint(kind, shape, raw)
	v, ok := g.shared[key]
	if !ok {
		v = g.initializer(kind, shape, len(raw), func(write func([]byte)) { write(raw) })
		g.shared[key] = v
	}
	return v
}

// initializer writes a TensorProto whose size bytes fill writes, piece by piece.
func (g *graph) initializer(kind int, shape []int, size int, fill func(write func([]byte))) value {
	name := g.fresh("c")
	var b []byte
	for _, d := range shape {
		b = appendVarint(b, 1, uint64(d))
	}
	b = appendVarint(b, 2, uint64(kind))
	b = appendString(b, 8, string(name))
	if g.external != nil && size >= externalSize {
		g.body = appendBytes(g.body, 5, g.putOut(b, size, fill))
		return name
	}
	g.body = protowire.AppendTag(g.body, 5, protowire.BytesType)
	g.body = protowire.AppendVarint(g.body, uint64(len(b)+protowire.SizeTag(9)+protowire.SizeBytes(size)))
	g.body = append(g.body, b...)
	g.body = protowire.AppendTag(g.body, 9, protowire.BytesType)
	g.body = protowire.AppendVarint(g.body, uint64(size))
	fill(func(piece []byte) { g.body = append(g.body, piece...) })
	return name
}

// putOut writes a tensor to the external file and adds to its TensorProto b where it is.
func (g *graph) putOut(b []byte, size int, fill func(write func([]byte))) []byte {
	offset, err := g.external.begin()
	fill(func(piece []byte) {
		if err == nil {
			err = g.external.write(piece)
		}
	})
	if g.err == nil {
		g.err = err
	}
	for _, entry := range [][2]string{
		{"location", g.external.File}, {"offset", strconv.FormatInt(offset, 10)}, {"length", strconv.Itoa(size)},
	} {
		b = appendBytes(b, 13, appendString(appendString(nil, 1, entry[0]), 2, entry[1]))
	}
	const external = 1 // TensorProto.DataLocation
	return appendVarint(b, 14, external)
}

func floatBytes(data []float32) []byte {
	raw := make([]byte, 4*len(data))
	for i, v := range data {
		binary.LittleEndian.PutUint32(raw[4*i:], math.Float32bits(v))
	}
	return raw
}

func halfBytes(data []float32) ([]byte, error) {
	const largest = 65504
	var err error
	raw := make([]byte, 2*len(data))
	for i, v := range data {
		if v > largest || v < -largest {
			err = fmt.Errorf("%w: a weight of %g does not fit fp16; use fp32", ErrConfig, v)
		}
		binary.LittleEndian.PutUint16(raw[2*i:], float16.Fromfloat32(v).Bits())
	}
	return raw, err
}
