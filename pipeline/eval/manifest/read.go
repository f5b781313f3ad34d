package manifest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// maxLine bounds a line, bytes.
const maxLine = 4 << 20

// Manifest is a whole file.
type Manifest struct {
	Header  Header
	Samples []Sample
}

// Open reads a file and makes its media paths ready to be opened: relative ones are joined to the header's Root, and that to the
// manifest's folder. Errors wrap [ErrMalformed], [ErrVersion] or the file system's.
func Open(path string) (*Manifest, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open manifest: %w", err)
	}
	defer func() { _ = f.Close() }()
	m, err := Read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	root := join(filepath.Dir(path), m.Header.Root)
	for i := range m.Samples {
		media := &m.Samples[i].Media
		for k, p := range media.Paths {
			media.Paths[k] = join(root, p)
		}
		if media.Path != "" {
			media.Path = join(root, media.Path)
		}
	}
	return m, nil
}

// join puts a folder before a relative path with slashes.
func join(folder, path string) string {
	path = filepath.FromSlash(path)
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(folder, path)
}

// Read reads a manifest, paths as they stand there. Errors wrap [ErrMalformed] or [ErrVersion], and name the line.
func Read(r io.Reader) (*Manifest, error) {
	m := &Manifest{}
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 64<<10), maxLine)
	seen := map[string]int{}
	number := 0
	for lines.Scan() {
		number++
		if number == 1 {
			if err := readHeader(lines.Bytes(), &m.Header); err != nil {
				return nil, fmt.Errorf("line 1: %w", err)
			}
			continue
		}
		var s Sample
		err := readLine(lines.Bytes(), &s)
		if err == nil {
			err = s.validate()
		}
		if err == nil && seen[s.ID] > 0 {
			err = fmt.Errorf("id %q stands in line %d already", s.ID, seen[s.ID])
		}
		if err != nil {
			return nil, fmt.Errorf("%w: line %d: %w", ErrMalformed, number, err)
		}
		seen[s.ID] = number
		m.Samples = append(m.Samples, s)
	}
	err := lines.Err()
	switch {
	case errors.Is(err, bufio.ErrTooLong):
		return nil, fmt.Errorf("%w: line %d is longer than %d bytes", ErrMalformed, number+1, maxLine)
	case err != nil:
		return nil, fmt.Errorf("read manifest: line %d: %w", number+1, err)
	case number == 0:
		return nil, fmt.Errorf("%w: the file is empty", ErrMalformed)
	case len(m.Samples) != m.Header.Samples:
		return nil, fmt.Errorf("%w: it holds %d samples, the header says %d; the file is cut off or was edited", ErrMalformed, len(m.Samples), m.Header.Samples)
	}
	return m, nil
}

// readHeader tells a manifest of another version from what is none, before it minds unknown fields.
func readHeader(line []byte, h *Header) error {
	var version struct {
		Format string `json:"format"`
	}
	if err := json.Unmarshal(line, &version); err != nil {
		return fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	h.Format = version.Format
	if h.Format == Format {
		if err := readLine(line, h); err != nil {
			return fmt.Errorf("%w: %w", ErrMalformed, err)
		}
	}
	return h.validate()
}

// readLine decodes one line; a field nobody knows is an error, since it would be left out silently.
func readLine(line []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		if errors.Is(err, io.EOF) {
			return fmt.Errorf("it is empty")
		}
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("something follows the JSON object")
	}
	return nil
}
