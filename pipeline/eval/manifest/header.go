package manifest

import (
	"fmt"
	"slices"
	"strings"
)

// Header is a manifest's first line.
type Header struct {
	Format  string `json:"format"`  // [Format]
	Dataset string `json:"dataset"` // such as "groundingyoutube"; names the paper's column
	Samples int    `json:"samples"` // lines that follow, so that a file cut off is noticed

	// Root is the folder that relative media paths start from; relative itself, it starts from the manifest's folder.
	Root string `json:"root,omitempty"`

	// Float32 says that boxes are scaled to the model's input in float32, as the paper's code does for V-HICO.
	Float32 bool `json:"float32,omitempty"`

	Absent []string `json:"absent,omitempty"` // prompts for what happens in none of the clips

	Options map[string]string `json:"options,omitempty"` // of the command that prepared it, for the report

	// Skipped counts annotations that became no sample, by reason. Incomplete counts, by reason, samples that lack neighbours of
	// the key frame: they are in the manifest, and what happens to them is [Sample].Missing's or the user's choice.
	Skipped    map[string]int `json:"skipped,omitempty"`
	Incomplete map[string]int `json:"incomplete,omitempty"`
}

func (h *Header) validate() error {
	switch {
	case !strings.HasPrefix(h.Format, "videogem-eval-"):
		return fmt.Errorf("%w: its first line does not begin with {\"format\":%q", ErrMalformed, Format)
	case h.Format != Format:
		return fmt.Errorf("%w: it is %q, this program reads %q; prepare the data set again", ErrVersion, h.Format, Format)
	case h.Dataset == "":
		return fmt.Errorf("%w: the header names no dataset", ErrMalformed)
	case h.Samples < 0:
		return fmt.Errorf("%w: %d samples", ErrMalformed, h.Samples)
	case slices.Contains(h.Absent, ""):
		return fmt.Errorf("%w: an absent prompt is empty", ErrMalformed)
	}
	for _, counts := range []map[string]int{h.Skipped, h.Incomplete} {
		for reason, n := range counts {
			if reason == "" || n < 0 {
				return fmt.Errorf("%w: the header counts %d of %q", ErrMalformed, n, reason)
			}
		}
	}
	return nil
}
