package checkpoint

import (
	"fmt"
	"strconv"

	"github.com/nlpodyssey/gopickle/types"
)

// maxDepth bounds how deep dicts may nest: modules of real models go about ten deep, and a pickle can hold cycles.
const maxDepth = 64

// stateDict finds the state dict in a loaded pickle and gives its tensors dotted names. A checkpoint of several parts
// ({'model': …, 'optimizer': …}) is entered at its model.
// Values that are no tensors (numbers, flags, hyper-parameters) are left out.
func stateDict(root any) (map[string]*Tensor, error) {
	f := flattener{tensors: map[string]*Tensor{}, budget: maxNames}
	root, err := f.modelRoot(root)
	if err != nil {
		return nil, err
	}
	if err := f.add("", root, 0); err != nil {
		return nil, err
	}
	if len(f.tensors) == 0 {
		return nil, fmt.Errorf("%w: the pickle holds no state dict", ErrUnsupported)
	}
	return f.tensors, nil
}

// modelRoot descends while the dict holds no tensor itself and one of its parts is the model.
func (f *flattener) modelRoot(v any) (any, error) {
	for range maxDepth {
		if _, isModule := v.(*object); isModule {
			return v, nil // a TorchScript module's names start at the module
		}
		fields, ok := fieldsOf(v)
		if !ok {
			return v, nil
		}
		var holders []field
		for _, part := range fields {
			if _, isTensor := part.value.(*Tensor); isTensor {
				return v, nil
			}
			holds, err := f.holdsTensor(part.value, 0)
			if err != nil {
				return nil, err
			}
			if holds {
				holders = append(holders, part)
			}
		}
		next, ok := pickModel(holders)
		if !ok {
			return v, nil
		}
		v = next
	}
	return nil, fmt.Errorf("%w: dicts nest more than %d deep", ErrMalformed, maxDepth)
}

// pickModel takes the part that is named as training scripts name the weights, else the only part there is.
func pickModel(parts []field) (any, bool) {
	for _, name := range []string{"model", "state_dict", "model_state_dict", "module"} {
		for _, p := range parts {
			if p.name == name {
				return p.value, true
			}
		}
	}
	if len(parts) == 1 {
		return parts[0].value, true
	}
	return nil, false
}

type field struct {
	name  string
	value any
}

// fieldsOf lists a dict's or module's entries; ok is false for anything else. Keys that are no strings have no place in a
// state dict, but an optimizer's part of a checkpoint has whole numbers.
func fieldsOf(v any) (fields []field, ok bool) {
	add := func(key, value any) {
		switch key := key.(type) {
		case string:
			fields = append(fields, field{key, value})
		case int:
			fields = append(fields, field{strconv.Itoa(key), value})
		}
	}
	switch v := v.(type) {
	case *types.Dict:
		for _, e := range *v {
			add(e.Key, e.Value)
		}
	case *orderedDict:
		for _, e := range v.entries {
			add(e.Key, e.Value)
		}
	case *object:
		if _, again := v.state.(*object); again {
			return nil, false
		}
		return fieldsOf(v.state)
	default:
		return nil, false
	}
	return fields, true
}

// flattener walks the loaded values. A few bytes of pickle can make dicts that hold each other many times over, so the walk
// has a budget in bytes of names.
type flattener struct {
	tensors map[string]*Tensor
	budget  int
}

// maxNames bounds all dotted names together; the largest published checkpoints have some 100 KB of them.
const maxNames = 8 << 20

func (f *flattener) spend(name string) error {
	if f.budget -= 1 + len(name); f.budget < 0 {
		return fmt.Errorf("%w: the pickle's dicts hold each other too many times over", ErrMalformed)
	}
	return nil
}

func (f *flattener) holdsTensor(v any, depth int) (bool, error) {
	if _, ok := v.(*Tensor); ok {
		return true, nil
	}
	if depth > maxDepth {
		return false, nil
	}
	fields, _ := fieldsOf(v)
	for _, field := range fields {
		if err := f.spend(""); err != nil {
			return false, err
		}
		if holds, err := f.holdsTensor(field.value, depth+1); holds || err != nil {
			return holds, err
		}
	}
	return false, nil
}

func (f *flattener) add(prefix string, v any, depth int) error {
	if t, ok := v.(*Tensor); ok {
		if f.tensors[prefix] != nil {
			return fmt.Errorf("%w: tensor %q comes twice", ErrMalformed, prefix)
		}
		named := *t // one tensor may stand under several names
		named.Name = prefix
		f.tensors[prefix] = &named
		return nil
	}
	if depth > maxDepth {
		return fmt.Errorf("%w: dicts nest more than %d deep", ErrMalformed, maxDepth)
	}
	fields, _ := fieldsOf(v)
	for _, field := range fields {
		if err := f.spend(prefix + field.name); err != nil {
			return err
		}
		name := field.name
		if prefix != "" {
			name = prefix + "." + name
		}
		if err := f.add(name, field.value, depth+1); err != nil {
			return err
		}
	}
	return nil
}
