package pipeline

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/videogem/videogem/element"
	"github.com/videogem/videogem/engine/prompt"
	"github.com/videogem/videogem/streaming"
)

// ErrPrompts means that the prompts cannot be used as they are: the user's fault.
var ErrPrompts = errors.New("bad prompts")

// SetPrompts replaces the prompts; the running inference's successor uses them.
func (s *Stream) SetPrompts(_ context.Context, prompts []string) error {
	for i, p := range prompts {
		prompts[i] = strings.TrimSpace(p)
	}
	if err := CheckPrompts(prompts); err != nil {
		return fmt.Errorf("%w: %w", streaming.ErrBadRequest, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.prompts = append([]string(nil), prompts...)
	if s.gem != nil {
		s.gem.SetObjectProperty("prompts", element.JoinPrompts(s.prompts))
	}
	s.status.keepPrompts(s.prompts)
	return nil
}

// maxPrompts bounds what one stream grounds at a time; each prompt costs a pass over the patches' read-out.
const maxPrompts = 16

// CheckPrompts tells whether prompts can be used as they are. The error wraps ErrPrompts and says what to do.
func CheckPrompts(prompts []string) error {
	if len(prompts) > maxPrompts {
		return fmt.Errorf("%w: there are %d, at most %d can be looked for at a time", ErrPrompts, len(prompts), maxPrompts)
	}
	for _, p := range prompts {
		if strings.TrimSpace(p) == "" {
			return fmt.Errorf("%w: one is empty; say what to look for, such as \"a person waving\"", ErrPrompts)
		}
		if err := prompt.Check(p); err != nil {
			return fmt.Errorf("%w: %w", ErrPrompts, err)
		}
		if strings.Contains(p, ";") {
			return fmt.Errorf("%w: leave the ';' out of %q, it separates prompts", ErrPrompts, p)
		}
	}
	return nil
}

// SetViewerPrompts is streaming.ViewerPrompts': what single viewers look for, in the same inference as the stream's prompts.
func (s *Stream) SetViewerPrompts(prompts []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.viewers = prompts
	if s.gem != nil {
		element.SetExtraPrompts(s.gem, prompts)
	}
}

// Doubt is streaming.Doubter's: why the model may not understand a prompt.
func (s *Stream) Doubt(text string) string {
	if s.status.doubts == nil {
		return ""
	}
	return strings.Join(s.status.doubts(text), "; ")
}

// Decompose is streaming.Decomposer's: the prompts of a prompt's verb and object as the method has them, empty where it has none.
func (s *Stream) Decompose(text string) (verb, object string) {
	splitter, err := s.splitter()
	if err != nil {
		s.log.Error("a prompt cannot be taken apart", "error", err)
		return "", ""
	}
	parts := splitter.Decompose(text)
	verb, object, _ = parts.Prompts()
	if parts.Verb == "" {
		verb = ""
	}
	if parts.Object == "" {
		object = ""
	}
	return verb, object
}
