package pickle

import (
	"fmt"
	"iter"
	"strconv"
	"strings"
)

// What a pickle holds becomes nil, bool, int64, float64, string, []byte, or one of the types below. Python 2's str is read as
// latin-1, as Python 3 does when asked to.

// List is a list.
type List struct{ Items []any }

// Tuple is a tuple. It cannot be compared with ==.
type Tuple []any

// Set is a set or frozenset: a dict of its items, in the order they were added.
type Set struct{ Dict }

// Dict is a dict in the order of its first insertions. Keys are what Python can hash of the above: scalars, texts, tuples of these.
type Dict struct {
	keys, values []any
	index        map[any]int
}

// Len is the number of entries.
func (d *Dict) Len() int { return len(d.keys) }

// All goes through the entries.
func (d *Dict) All() iter.Seq2[any, any] {
	return func(yield func(any, any) bool) {
		for i, k := range d.keys {
			if !yield(k, d.values[i]) {
				return
			}
		}
	}
}

// Get looks up a scalar or a text.
func (d *Dict) Get(key any) (value any, ok bool) {
	h, err := hash(key)
	if err != nil {
		return nil, false
	}
	i, ok := d.index[h]
	if !ok {
		return nil, false
	}
	return d.values[i], true
}

// set adds or replaces an entry.
func (d *Dict) set(key, value any) error {
	h, err := hash(key)
	if err != nil {
		return err
	}
	if i, ok := d.index[h]; ok {
		d.values[i] = value
		return nil
	}
	if d.index == nil {
		d.index = map[any]int{}
	}
	d.index[h] = len(d.keys)
	d.keys, d.values = append(d.keys, key), append(d.values, value)
	return nil
}

// tupleHash is how a tuple stands in a map.
type tupleHash string

// Bounds of keys, which are hashed each time they are used.
const (
	maxKeyDepth = 3
	maxKeySize  = 4 << 10 // bytes
)

// hash gives what stands for a key in a Go map. Python's equality of 1, 1.0 and True is not honoured.
func hash(key any) (any, error) {
	switch k := key.(type) {
	case nil, bool, int64, float64:
		return k, nil
	case string:
		if len(k) > maxKeySize {
			return nil, fmt.Errorf("%w: a key of more than %d bytes", ErrUnsupported, maxKeySize)
		}
		return k, nil
	case []byte:
		if len(k) > maxKeySize {
			return nil, fmt.Errorf("%w: a key of more than %d bytes", ErrUnsupported, maxKeySize)
		}
		return tupleHash(append([]byte("b"), k...)), nil
	case Tuple:
		var b strings.Builder
		if err := hashTuple(&b, k, maxKeyDepth); err != nil {
			return nil, err
		}
		return tupleHash(b.String()), nil
	default:
		return nil, fmt.Errorf("%w: a %T is no key", ErrMalformed, key)
	}
}

func hashTuple(b *strings.Builder, t Tuple, depth int) error {
	if depth == 0 {
		return fmt.Errorf("%w: a key of tuples in tuples", ErrUnsupported)
	}
	b.WriteByte('(')
	for _, item := range t {
		switch v := item.(type) {
		case nil:
			b.WriteByte('n')
		case bool:
			b.WriteString(strconv.FormatBool(v))
		case int64:
			b.WriteString("i" + strconv.FormatInt(v, 10))
		case float64:
			b.WriteString("f" + strconv.FormatFloat(v, 'g', -1, 64))
		case string:
			if len(v) > maxKeySize {
				return fmt.Errorf("%w: a key of more than %d bytes", ErrUnsupported, maxKeySize)
			}
			b.WriteString(strconv.Quote(v))
		case Tuple:
			if err := hashTuple(b, v, depth-1); err != nil {
				return err
			}
		default:
			return fmt.Errorf("%w: a %T in a key", ErrMalformed, item)
		}
		if b.Len() > maxKeySize {
			return fmt.Errorf("%w: a key of more than %d bytes", ErrUnsupported, maxKeySize)
		}
		b.WriteByte(',')
	}
	b.WriteByte(')')
	return nil
}
