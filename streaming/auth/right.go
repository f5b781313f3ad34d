package auth

import (
	"errors"
	"fmt"
	"slices"
)

// Errors of this package.
var (
	// ErrConfig means that a setting cannot be; its text names the setting.
	ErrConfig = errors.New("bad auth setting")
	// ErrToken means that a token is none of ours, or not of now. Its text is for the log, not for the client.
	ErrToken = errors.New("bad token")
)

// Right is something that a token allows.
type Right string

// The rights. Prompt includes View: nobody changes what he cannot see. Admin includes all.
const (
	View    Right = "view"    // watch, and read state
	Prompt  Right = "prompt"  // change prompts
	Publish Right = "publish" // be the source
	Admin   Right = "admin"
)

// AllStreams is the stream name of a grant for every stream.
const AllStreams = "*"

// Grant gives rights on one stream, or on all of them. It is an entry of the claim "videogem" of a JWT, and of a static token:
// {"stream": "gate", "rights": ["view", "prompt"]}.
type Grant struct {
	Stream string  `json:"stream"` // a stream's name, or AllStreams
	Rights []Right `json:"rights"`
}

func checkGrants(grants []Grant) error {
	if len(grants) == 0 {
		return errors.New("it grants nothing")
	}
	for _, g := range grants {
		if g.Stream == "" {
			return fmt.Errorf("a grant names no stream; use %q for all", AllStreams)
		}
		for _, r := range g.Rights {
			if !slices.Contains([]Right{View, Prompt, Publish, Admin}, r) {
				return fmt.Errorf("stream %s: right %q is none of view, prompt, publish and admin", g.Stream, r)
			}
		}
	}
	return nil
}
