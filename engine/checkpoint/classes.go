package checkpoint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nlpodyssey/gopickle/types"
)

// storageClass stands for PyTorch's typed storage classes, which a pickle names to give a storage's element type.
type storageClass DType

// class stands for a module class of a TorchScript archive; only its state is read, its code is never run.
type class struct{}

// object is one module of a TorchScript archive, or a value of which nothing is used.
type object struct{ state any }

var (
	_ types.PyNewable       = class{}
	_ types.PyStateSettable = (*object)(nil)
	_ types.DictSetter      = (*orderedDict)(nil)
	_ types.PyStateSettable = (*orderedDict)(nil)
)

// PyNew implements NEWOBJ.
func (class) PyNew(...any) (any, error) { return &object{}, nil }

// PySetState implements BUILD.
func (o *object) PySetState(state any) error {
	o.state = state
	return nil
}

// orderedDict is collections.OrderedDict, the dict of PyTorch's state dicts.
type orderedDict struct{ entries []types.DictEntry }

// Set implements SETITEM.
func (d *orderedDict) Set(key, value any) {
	d.entries = append(d.entries, types.DictEntry{Key: key, Value: value})
}

// PySetState implements BUILD: PyTorch hangs its versions of modules there, which are of no use here.
func (*orderedDict) PySetState(any) error { return nil }

func newOrderedDict([]any) (any, error) { return &orderedDict{}, nil }

// function is one of the helpers a pickle may call, done in Go.
type function func(args []any) (any, error)

// Call implements REDUCE.
func (f function) Call(args ...any) (any, error) { return f(args) }

// findClass is the allow-list: what PyTorch needs to describe tensors, and no more.
func findClass(module, name string) (any, error) {
	if strings.HasPrefix(module, "__torch__.") || module == "__torch__" {
		return class{}, nil
	}
	switch module + "." + name {
	case "collections.OrderedDict", ownDictModule + ".OrderedDict":
		return function(newOrderedDict), nil
	case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2":
		return function(rebuildTensor), nil
	case "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state":
		return function(first), nil
	case "torch.jit._pickle.build_intlist", "torch.jit._pickle.build_tensorlist",
		"torch.jit._pickle.build_doublelist", "torch.jit._pickle.build_boollist":
		return function(first), nil
	case "torch.jit._pickle.restore_type_tag":
		return function(first), nil
	case "torch.Size", "torch.device":
		return function(ignored), nil
	case "torch.DoubleStorage":
		return storageClass(F64), nil
	case "torch.FloatStorage":
		return storageClass(F32), nil
	case "torch.HalfStorage":
		return storageClass(F16), nil
	case "torch.BFloat16Storage":
		return storageClass(BF16), nil
	case "torch.LongStorage":
		return storageClass(I64), nil
	case "torch.IntStorage":
		return storageClass(I32), nil
	case "torch.ShortStorage":
		return storageClass(I16), nil
	case "torch.CharStorage":
		return storageClass(I8), nil
	case "torch.ByteStorage":
		return storageClass(U8), nil
	case "torch.BoolStorage":
		return storageClass(Bool), nil
	}
	return nil, fmt.Errorf("%w: %s.%s; a weights file has no use for it, so the file was not loaded "+
		"(if you trust it, save its state dict alone: torch.save(model.state_dict(), path))", ErrRefusedClass, module, name)
}

// first is for wrappers around one value that carries all that matters.
func first(args []any) (any, error) {
	if len(args) == 0 {
		return nil, fmt.Errorf("%w: pickle: a call without arguments", ErrMalformed)
	}
	return args[0], nil
}

func ignored([]any) (any, error) { return &object{}, nil }

// rebuildTensor does torch._utils._rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks): offset and strides
// in elements. No tensor may reach outside its storage or have more elements than it.
func rebuildTensor(args []any) (any, error) {
	if len(args) < 4 {
		return nil, fmt.Errorf("%w: pickle: a tensor of %d arguments", ErrMalformed, len(args))
	}
	st, isStorage := args[0].(*storage)
	offset, isOffset := args[1].(int)
	shape, isShape := ints(args[2])
	strides, isStrides := ints(args[3])
	if !isStorage || !isOffset || !isShape || !isStrides || len(shape) != len(strides) {
		return nil, fmt.Errorf("%w: pickle: a tensor's arguments have the wrong types", ErrMalformed)
	}
	t := &Tensor{DType: st.dtype, Shape: shape}
	size := st.dtype.Size()
	elements := len(st.raw) / size
	bytes, ok := byteSize(st.dtype, shape)
	if !ok || offset < 0 || offset > elements || bytes > len(st.raw) {
		return nil, fmt.Errorf("%w: a tensor %v at %d is larger than its storage of %d elements", ErrMalformed, shape, offset, elements)
	}
	if bytes == 0 {
		return t, nil
	}
	dense, last, room := true, 0, elements-1-offset
	want := 1
	for axis, s := range slices.Backward(shape) {
		stride := strides[axis]
		if s == 1 {
			continue // a stride along one element is never used, and PyTorch leaves odd numbers there
		}
		if stride < 0 || stride > 0 && s-1 > (room-last)/stride {
			return nil, fmt.Errorf("%w: a tensor %v with strides %v at %d reaches outside its storage of %d elements", ErrMalformed, shape, strides, offset, elements)
		}
		last += (s - 1) * stride
		dense = dense && stride == want
		want *= s
	}
	if offset+last >= elements {
		return nil, fmt.Errorf("%w: a tensor %v at %d reaches outside its storage of %d elements", ErrMalformed, shape, offset, elements)
	}
	t.raw = st.raw[offset*size : (offset+last+1)*size : (offset+last+1)*size]
	if !dense {
		t.strides = strides
	}
	return t, nil
}

// maxRank bounds a tensor's dimensions: many tensors could share one endless tuple.
const maxRank = 16

// ints reads a tuple or list of at most maxRank whole numbers.
func ints(v any) ([]int, bool) {
	var items []any
	switch v := v.(type) {
	case *types.Tuple:
		items = *v
	case *types.List:
		items = *v
	default:
		return nil, false
	}
	if len(items) > maxRank {
		return nil, false
	}
	out := make([]int, len(items))
	for i, item := range items {
		n, ok := item.(int)
		if !ok {
			return nil, false
		}
		out[i] = n
	}
	return out, true
}
