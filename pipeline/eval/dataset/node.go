package dataset

import (
	"fmt"
	"iter"

	"github.com/videogem/videogem/pipeline/eval/pickle"
)

// node is a value of a pickle and the way to it, for messages.
type node struct {
	value any
	path  string
}

// openPickle reads an annotation file.
func openPickle(file string) (node, error) {
	v, err := pickle.Open(file)
	if err != nil {
		return node{}, fmt.Errorf("annotations: %w", err)
	}
	return node{v, file}, nil
}

func (n node) wrong(want string) error {
	return fmt.Errorf("%w: %s: a %T, want %s", ErrAnnotations, n.path, n.value, want)
}

// get gives a member of a dict.
func (n node) get(key any) (node, error) {
	d, ok := n.value.(*pickle.Dict)
	if !ok {
		return node{}, n.wrong("a dict")
	}
	v, ok := d.Get(key)
	if !ok {
		return node{}, fmt.Errorf("%w: %s: it has no %v", ErrAnnotations, n.path, key)
	}
	return node{v, fmt.Sprintf("%s[%v]", n.path, key)}, nil
}

// members gives a dict's entries in the file's order.
func (n node) members() (iter.Seq2[any, node], error) {
	d, ok := n.value.(*pickle.Dict)
	if !ok {
		return nil, n.wrong("a dict")
	}
	return func(yield func(any, node) bool) {
		for key, value := range d.All() {
			if !yield(key, node{value, fmt.Sprintf("%s[%v]", n.path, key)}) {
				return
			}
		}
	}, nil
}

// items gives what is in a list, tuple, set, array of objects or, row by row, an array of numbers.
func (n node) items() ([]node, error) {
	var values []any
	switch v := n.value.(type) {
	case *pickle.List:
		values = v.Items
	case pickle.Tuple:
		values = v
	case *pickle.Set:
		for item := range v.All() {
			values = append(values, item)
		}
	case *pickle.Array:
		rows, err := arrayRows(v)
		if err != nil {
			return nil, fmt.Errorf("%w: %s: %w", ErrAnnotations, n.path, err)
		}
		values = rows
	default:
		return nil, n.wrong("a list")
	}
	out := make([]node, len(values))
	for i, v := range values {
		out[i] = node{v, fmt.Sprintf("%s[%d]", n.path, i)}
	}
	return out, nil
}

// arrayRows gives the elements of a vector, or the rows of a matrix.
func arrayRows(a *pickle.Array) ([]any, error) {
	if a.Objects != nil {
		return a.Objects, nil
	}
	numbers, err := a.Floats()
	if err != nil {
		return nil, err
	}
	rows := make([]any, 0, len(numbers))
	switch len(a.Shape) {
	case 1:
		for _, v := range numbers {
			rows = append(rows, v)
		}
	case 2:
		width := a.Shape[1]
		for i := range a.Shape[0] {
			row := make(pickle.Tuple, width)
			for k := range row {
				row[k] = numbers[i*width+k]
			}
			rows = append(rows, row)
		}
	default:
		return nil, fmt.Errorf("an array of %d dimensions", len(a.Shape))
	}
	return rows, nil
}

func (n node) text() (string, error) {
	if s, ok := n.value.(string); ok {
		return s, nil
	}
	return "", n.wrong("a text")
}

func (n node) number() (float64, error) {
	switch v := n.value.(type) {
	case int64:
		return float64(v), nil
	case float64:
		return v, nil
	}
	return 0, n.wrong("a number")
}

func (n node) integer() (int, error) {
	v, err := n.number()
	if err != nil || v != float64(int(v)) {
		return 0, n.wrong("a whole number")
	}
	return int(v), nil
}

// box reads four numbers, or a list of one such box.
func (n node) box() ([4]float64, error) {
	var b [4]float64
	items, err := n.items()
	if err == nil && len(items) == 1 {
		items, err = items[0].items()
	}
	if err != nil {
		return b, err
	}
	if len(items) != len(b) {
		return b, fmt.Errorf("%w: %s: %d numbers, want a box of 4", ErrAnnotations, n.path, len(items))
	}
	for i := range b {
		if b[i], err = items[i].number(); err != nil {
			return b, err
		}
	}
	return b, nil
}
