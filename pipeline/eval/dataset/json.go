package dataset

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// eachMember goes through an object's members in the file's order; member reads the value from the decoder.
func eachMember(d *json.Decoder, member func(name string) error) error {
	if err := delimiter(d, '{'); err != nil {
		return err
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		text, ok := name.(string)
		if !ok {
			return fmt.Errorf("a name that is no text")
		}
		if err := member(text); err != nil {
			return fmt.Errorf("%q: %w", text, err)
		}
	}
	return delimiter(d, '}')
}

func delimiter(d *json.Decoder, want json.Delim) error {
	token, err := d.Token()
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	if err == nil && token != want {
		err = fmt.Errorf("%v where %v is wanted", token, want)
	}
	return err
}

// readJSON reads a whole file; fields that nobody asks for are left out.
func readJSON(file string, into any) error {
	f, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("annotations: %w", err)
	}
	defer func() { _ = f.Close() }()
	if err := json.NewDecoder(f).Decode(into); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrAnnotations, file, err)
	}
	return nil
}
