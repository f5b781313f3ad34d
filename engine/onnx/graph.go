package onnx

import (
	"fmt"
	"math"
	"strconv"

	"google.golang.org/protobuf/encoding/protowire"
)

// Element types of ONNX tensors (TensorProto.DataType).
const (
	typeFloat = 1
	typeUint8 = 2
	typeInt8  = 3
	typeInt64 = 7
	typeHalf  = 10
)

// value is the name of a tensor in the graph.
type value string

// graph collects nodes and constants and writes them as an ONNX model. The few messages that a model needs are written
// straight in protobuf's wire format (field numbers: onnx.proto, IR version 10), so that weights are copied once.
type graph struct {
	precision Precision
	half      bool      // products with FP16 weights are half-float products
	external  *External // where large constants go; nil: into the model
	err       error     // the first failure to write one there

	body    []byte           // fields of GraphProto written so far
	shared  map[string]value // small constants by content
	named   map[string]value // large ones by the weight they come from
	counter int
}

func newGraph(p Precision, half bool, e *External) *graph {
	return &graph{precision: p, half: half, external: e, shared: map[string]value{}, named: map[string]value{}}
}

// once gives the constant that make builds, built once for each name.
func (g *graph) once(name string, make func() value) value {
	v, ok := g.named[name]
	if !ok {
		v = make()
		g.named[name] = v
	}
	return v
}

// fresh makes a new name.
func (g *graph) fresh(prefix string) value {
	g.counter++
	return value(prefix + "_" + strconv.Itoa(g.counter))
}

// attr is a node's attribute.
type attr struct {
	name string
	v    any // int, float32, []int
}

// op adds a node with one output.
func (g *graph) op(kind string, inputs []value, attrs ...attr) value {
	return g.ops(kind, 1, inputs, attrs...)[0]
}

// ops adds a node with n outputs.
func (g *graph) ops(kind string, n int, inputs []value, attrs ...attr) []value {
	outputs := make([]value, n)
	for i := range outputs {
		outputs[i] = g.fresh(kind)
	}
	g.node(kind, inputs, outputs, attrs)
	return outputs
}

// contrib lists the operators that ONNX Runtime adds to the standard.
func contrib(kind string) bool {
	return kind == "MultiHeadAttention" || kind == "QuickGelu" || kind == "DynamicQuantizeMatMul"
}

func (g *graph) node(kind string, inputs, outputs []value, attrs []attr) {
	var b []byte
	for _, v := range inputs {
		b = appendString(b, 1, string(v))
	}
	for _, v := range outputs {
		b = appendString(b, 2, string(v))
	}
	b = appendString(b, 3, string(outputs[0]))
	b = appendString(b, 4, kind)
	for _, a := range attrs {
		b = appendBytes(b, 5, a.encode())
	}
	if contrib(kind) {
		b = appendString(b, 7, "com.microsoft")
	}
	g.body = appendBytes(g.body, 1, b)
}

// encode writes an AttributeProto.
func (a attr) encode() []byte {
	b := appendString(nil, 1, a.name)
	switch v := a.v.(type) {
	case float32:
		b = protowire.AppendTag(b, 2, protowire.Fixed32Type)
		b = protowire.AppendFixed32(b, math.Float32bits(v))
		b = appendVarint(b, 20, 1)
	case int:
		b = appendVarint(b, 3, uint64(v))
		b = appendVarint(b, 20, 2)
	case []int:
		for _, i := range v {
			b = appendVarint(b, 8, uint64(i))
		}
		b = appendVarint(b, 20, 7)
	default:
		panic(fmt.Sprintf("attribute %s: no encoding for %T", a.name, a.v)) // a mistake in this package, found by any test
	}
	return b
}

// dim is a dimension: a number, or the name of one that is known only at run time.
type dim any

// input declares a graph input.
func (g *graph) input(name string, kind int, dims ...dim) value {
	g.body = appendBytes(g.body, 11, valueInfo(name, kind, dims))
	return value(name)
}

// output declares v as a graph output under a name.
func (g *graph) output(name string, v value, dims ...dim) {
	g.node("Identity", []value{v}, []value{value(name)}, nil)
	g.body = appendBytes(g.body, 12, valueInfo(name, typeFloat, dims))
}

// model writes the ModelProto.
func (g *graph) model() ([]byte, error) {
	if g.err != nil {
		return nil, g.err
	}
	const irVersion, opset = 10, 20
	b := appendVarint(nil, 1, irVersion)
	b = appendString(b, 2, "videogem")
	b = appendBytes(b, 8, appendVarint(appendString(nil, 1, ""), 2, opset))
	b = appendBytes(b, 8, appendVarint(appendString(nil, 1, "com.microsoft"), 2, 1))
	name := appendString(nil, 2, "videogem")
	b = protowire.AppendTag(b, 7, protowire.BytesType)
	b = protowire.AppendVarint(b, uint64(len(g.body)+len(name)))
	b = append(b, g.body...)
	return append(b, name...), nil
}
