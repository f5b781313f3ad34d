package manifest

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/videogem/videogem/pipeline/internal/wholefile"
)

// Write writes a manifest; Format and Samples of its header are filled in. What could not be read back is refused: errors wrap
// [ErrMalformed], or are the writer's.
func Write(w io.Writer, m *Manifest) error {
	h := m.Header
	h.Format, h.Samples = Format, len(m.Samples)
	if err := h.validate(); err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	lines := json.NewEncoder(out)
	lines.SetEscapeHTML(false)
	if err := lines.Encode(h); err != nil {
		return fmt.Errorf("write manifest: %w", err)
	}
	seen := make(map[string]bool, len(m.Samples))
	for i := range m.Samples {
		s := &m.Samples[i]
		err := s.validate()
		if err == nil && seen[s.ID] {
			err = fmt.Errorf("its id was used before")
		}
		if err != nil {
			return fmt.Errorf("%w: sample %q: %w", ErrMalformed, s.ID, err)
		}
		seen[s.ID] = true
		if err := lines.Encode(s); err != nil {
			return fmt.Errorf("write manifest: %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write manifest: %w", err)
	}
	return nil
}

// Save writes a file, whole or not at all.
func Save(ctx context.Context, path string, m *Manifest) error {
	if err := wholefile.Write(ctx, path, func(f *wholefile.File) error { return Write(f, m) }); err != nil {
		return fmt.Errorf("write manifest: %w", err)
	}
	return nil
}
