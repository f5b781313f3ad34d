package manifest

import (
	"fmt"
	"math"
	"slices"

	"github.com/videogem/videogem/engine/prompt"
)

// Missing is what to do with a sample when frames beside the key frame cannot be had.
type Missing string

// The rules for missing neighbours.
const (
	Skip   Missing = "skip"   // leave the sample out, and count it
	Repeat Missing = "repeat" // show the key frame in every place, and count it
)

// maxBoxes bounds a sample's boxes.
const maxBoxes = 4096

// Prompts are the full texts to ground.
type Prompts struct {
	Action string `json:"action"`

	// Verbs and Objects have one text or more each; of several, the one most like the clip is used. Where a label has no verb or no
	// object, the text is the template's without one.
	Verbs   []string `json:"verbs"`
	Objects []string `json:"objects"`
}

// Sample is one question with its answer.
type Sample struct {
	ID      string  `json:"id"`    // unique in the manifest, the same in every preparation
	Label   string  `json:"label"` // as the data set spells it
	Class   string  `json:"class"` // the group whose mean accuracy is reported
	Prompts Prompts `json:"prompts"`
	Media   Media   `json:"media"`
	Key     int     `json:"key"` // index of the frame that is scored

	// Boxes are x1, y1, x2, y2 in a frame of Space = width, height. A hit in any box counts. A box may reach out of the frame, and
	// one with x2 < x1 or y2 < y1 is a target that cannot be hit (GroundingYouTube has 18).
	Boxes [][4]float64 `json:"boxes"`
	Space [2]int       `json:"space"`

	Missing Missing `json:"missing"`
}

func (s *Sample) validate() error {
	switch {
	case s.ID == "":
		return fmt.Errorf("no id")
	case s.Label == "":
		return fmt.Errorf("no label")
	case s.Class == "":
		return fmt.Errorf("no class")
	case s.Prompts.Action == "" || len(s.Prompts.Verbs) == 0 || len(s.Prompts.Objects) == 0:
		return fmt.Errorf("prompts: want action, and verbs and objects with a text each")
	case slices.Contains(s.Prompts.Verbs, "") || slices.Contains(s.Prompts.Objects, ""):
		return fmt.Errorf("prompts: an empty text")
	case s.Missing != Skip && s.Missing != Repeat:
		return fmt.Errorf("missing: %q, want %s or %s", s.Missing, Skip, Repeat)
	case s.Space[0] <= 0 || s.Space[1] <= 0:
		return fmt.Errorf("space: %v, want a width and a height", s.Space)
	case len(s.Boxes) == 0 || len(s.Boxes) > maxBoxes:
		return fmt.Errorf("%d boxes, want 1 to %d", len(s.Boxes), maxBoxes)
	}
	for _, text := range slices.Concat([]string{s.Prompts.Action}, s.Prompts.Verbs, s.Prompts.Objects) {
		if err := prompt.Check(text); err != nil {
			return fmt.Errorf("prompts: %w", err)
		}
	}
	for i, b := range s.Boxes {
		for _, v := range b {
			if math.IsNaN(v) || math.Abs(v) > math.MaxInt32 {
				return fmt.Errorf("box %d: %v", i, b)
			}
		}
	}
	if err := s.Media.validate(); err != nil {
		return err
	}
	if n := s.Media.Frames(); s.Key < 0 || s.Key >= n {
		return fmt.Errorf("key frame %d of %d frames", s.Key, n)
	}
	return nil
}
