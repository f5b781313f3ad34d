package checkpoint

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/nlpodyssey/gopickle/pickle"
	"github.com/nlpodyssey/gopickle/types"
)

// loadPickle turns data.pkl into Go values: dicts, scalars, *Tensor, and *object for the modules of a TorchScript archive.
// The stream is scanned first (see scanPickle), which bounds every length the library would allocate.
func loadPickle(text []byte, a *archive) (root any, err error) {
	text = bytes.Clone(text) // the scan renames a class in it
	if err := scanPickle(text); err != nil {
		return nil, err
	}
	// The library indexes stacks and items without checks in places; such a stream is malformed, not a reason to fall over.
	defer func() {
		if r := recover(); r != nil {
			root, err = nil, fmt.Errorf("%w: pickle: %v", ErrMalformed, r)
		}
	}()
	u := pickle.NewUnpickler(bytes.NewReader(text))
	u.FindClass = findClass
	u.PersistentLoad = (&storages{archive: a, seen: map[string]*storage{}}).load
	root, err = u.Load()
	switch {
	case err == nil:
		return root, nil
	case errors.Is(err, ErrRefusedClass), errors.Is(err, ErrUnsupported), errors.Is(err, ErrMalformed):
		return nil, err
	default:
		return nil, fmt.Errorf("%w: pickle: %w", ErrMalformed, err)
	}
}

// storage is one block of elements that tensors are views of.
type storage struct {
	dtype DType
	raw   []byte
}

// GoString keeps the library's messages, which print values in full, from printing the weights.
func (s *storage) GoString() string { return fmt.Sprintf("storage(%s, %d bytes)", s.dtype, len(s.raw)) }

// storages answers a pickle's persistent ids ('storage', class, key, location, length), PyTorch's only kind.
type storages struct {
	archive *archive
	seen    map[string]*storage
}

func (s *storages) load(id any) (any, error) {
	tuple, ok := id.(*types.Tuple)
	if !ok || tuple.Len() != 5 || tuple.Get(0) != any("storage") {
		return nil, fmt.Errorf("%w: pickle: a persistent id that is not a storage's", ErrMalformed)
	}
	class, isClass := tuple.Get(1).(storageClass)
	key, isKey := tuple.Get(2).(string)
	length, isLength := tuple.Get(4).(int)
	if !isClass || !isKey || !isLength {
		return nil, fmt.Errorf("%w: pickle: a storage's id has the wrong types", ErrMalformed)
	}
	if known := s.seen[key]; known != nil {
		if known.dtype != DType(class) {
			return nil, fmt.Errorf("%w: storage %q is both %s and %s", ErrMalformed, key, known.dtype, class)
		}
		return known, nil
	}
	raw, err := s.archive.bytes("data/" + key)
	if err != nil {
		return nil, err
	}
	if want, ok := byteSize(DType(class), []int{length}); !ok || want != len(raw) {
		return nil, fmt.Errorf("%w: storage %q holds %d bytes, but is said to be %d elements of %s", ErrMalformed, key, len(raw), length, class)
	}
	st := &storage{dtype: DType(class), raw: raw}
	s.seen[key] = st
	return st, nil
}
