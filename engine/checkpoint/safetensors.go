package checkpoint

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// header is one entry of a safetensors header.
type header struct {
	name       string
	dtype      DType
	shape      []int
	begin, end int // in the data section
}

// parseSafetensors reads the safetensors format: a little-endian uint64 header length, a JSON header, then the data, which the
// tensors must cover without overlap and without holes (as the reference reader demands).
func parseSafetensors(data []byte) (map[string]*Tensor, error) {
	if len(data) < 8 {
		return nil, fmt.Errorf("%w: %d bytes are too few for a safetensors header", ErrMalformed, len(data))
	}
	length := binary.LittleEndian.Uint64(data)
	if length > uint64(len(data)-8) {
		return nil, fmt.Errorf("%w: safetensors header of %d bytes in a file of %d; the file is cut off or not safetensors", ErrMalformed, length, len(data))
	}
	body := data[8+length:]
	headers, err := parseHeader(data[8 : 8+length])
	if err != nil {
		return nil, fmt.Errorf("%w: safetensors header: %w", ErrMalformed, err)
	}
	slices.SortFunc(headers, func(a, b header) int {
		return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.end, b.end), cmp.Compare(a.name, b.name))
	})
	tensors := make(map[string]*Tensor, len(headers))
	at := 0
	for _, h := range headers {
		switch {
		case h.begin < at:
			return nil, fmt.Errorf("%w: tensor %q starts at byte %d, inside another that ends at %d", ErrMalformed, h.name, h.begin, at)
		case h.begin > at:
			return nil, fmt.Errorf("%w: %d unused bytes before tensor %q", ErrMalformed, h.begin-at, h.name)
		case h.end > len(body):
			return nil, fmt.Errorf("%w: tensor %q ends at byte %d of %d; the file is cut off", ErrMalformed, h.name, h.end, len(body))
		}
		at = h.end
		tensors[h.name] = &Tensor{Name: h.name, DType: h.dtype, Shape: h.shape, raw: body[h.begin:h.end:h.end]}
	}
	if at != len(body) {
		return nil, fmt.Errorf("%w: %d unused bytes after the last tensor", ErrMalformed, len(body)-at)
	}
	return tensors, nil
}

func parseHeader(text []byte) ([]header, error) {
	var headers []header
	dec := json.NewDecoder(bytes.NewReader(text))
	err := eachKey(dec, func(name string) error {
		if name == "__metadata__" {
			var metadata map[string]string
			return dec.Decode(&metadata)
		}
		h, err := parseEntry(dec, name)
		if err != nil {
			return fmt.Errorf("tensor %q: %w", name, err)
		}
		headers = append(headers, h)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("text after the header's end")
	}
	return headers, nil
}

func parseEntry(dec *json.Decoder, name string) (header, error) {
	h := header{name: name}
	var shape, offsets []int
	err := eachKey(dec, func(key string) error {
		switch key {
		case "dtype":
			return dec.Decode(&h.dtype)
		case "shape":
			return dec.Decode(&shape)
		case "data_offsets":
			return dec.Decode(&offsets)
		default:
			return fmt.Errorf("unknown key %q", key)
		}
	})
	if err != nil {
		return h, err
	}
	if h.dtype.Size() == 0 {
		return h, fmt.Errorf("unknown dtype %q", h.dtype)
	}
	if shape == nil || len(offsets) != 2 {
		return h, fmt.Errorf("shape or the two data_offsets are missing")
	}
	h.shape, h.begin, h.end = shape, offsets[0], offsets[1]
	if h.begin < 0 || h.end < h.begin {
		return h, fmt.Errorf("data_offsets %v are not a range", offsets)
	}
	if size, ok := byteSize(h.dtype, shape); !ok || size != h.end-h.begin {
		return h, fmt.Errorf("%s %v does not take the %d bytes of data_offsets", h.dtype, shape, h.end-h.begin)
	}
	return h, nil
}

// eachKey walks a JSON object and refuses a key that comes twice, which encoding/json would let pass. visit reads the value.
func eachKey(dec *json.Decoder, visit func(key string) error) error {
	token, err := dec.Token()
	if err != nil {
		return err
	}
	if token != json.Delim('{') {
		return fmt.Errorf("want an object, found %v", token)
	}
	seen := map[string]bool{}
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return err
		}
		key, ok := token.(string)
		if !ok {
			return fmt.Errorf("want a key, found %v", token)
		}
		if seen[key] {
			return fmt.Errorf("key %q comes twice", key)
		}
		seen[key] = true
		if err := visit(key); err != nil {
			return err
		}
	}
	_, err = dec.Token()
	return err
}
