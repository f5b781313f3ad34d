package streaming

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/videogem/videogem/streaming/heat"
)

const (
	// ownMost is how many prompts a viewer may have for himself.
	ownMost = 4
	// ownLength bounds a prompt's text in bytes, and ownMessage a message with prompts.
	ownLength  = 500
	ownMessage = 4096
)

// DefaultMaxViewerPrompts is how many prompts all viewers of a stream together may have for themselves.
const DefaultMaxViewerPrompts = 16

// errGoneViewer means that a viewer asks for prompts who has left: what he is told he no longer hears.
var errGoneViewer = fmt.Errorf("%w: not watching", ErrBadRequest)

// ViewerPrompts is a Control that also looks for what single viewers ask for. The heat of these prompts goes to them alone.
type ViewerPrompts interface {
	// SetViewerPrompts replaces the prompts of all viewers together: StreamOptions.MaxViewerPrompts at most, no two alike, in the order in
	// which they were first asked for.
	SetViewerPrompts(prompts []string)
}

// Doubter is a Control that says in words for people why a prompt may not be understood; "": it has no doubt.
type Doubter interface{ Doubt(prompt string) string }

// takeOwn takes a viewer's message with prompts, and gives the doubts about each.
type takeOwn func(message []byte) (warnings map[string]string, err error)

// ownPrompts are the prompts that viewers have for themselves. It is not safe for concurrent use.
type ownPrompts struct {
	most   int // of all together
	by     map[*viewer][]string
	all    []ownPrompt // in the order in which they were first asked for
	wishes uint64      // so far
}

// ownPrompt is one that somebody has for himself.
type ownPrompt struct {
	text  string
	asked uint64 // the newest wish that named it
}

func newOwnPrompts(most int) ownPrompts { return ownPrompts{most: most, by: map[*viewer][]string{}} }

func (o *ownPrompts) of(v *viewer) []string { return o.by[v] }

// texts are the prompts of all viewers.
func (o *ownPrompts) texts() []string {
	all := []string{}
	for _, p := range o.all {
		all = append(all, p.text)
	}
	return all
}

// set replaces a viewer's prompts, or says that he still wants them; false when all viewers' prompts stay as they are. When there are too
// many, those go that nobody has asked for for longest, one by one; of those in one wish the last comes first.
func (o *ownPrompts) set(v *viewer, prompts []string) bool {
	before := o.texts()
	o.wishes++
	delete(o.by, v)
	if len(prompts) > 0 {
		o.by[v] = slices.Clone(prompts)
	}
	for _, text := range prompts {
		i := slices.IndexFunc(o.all, func(p ownPrompt) bool { return p.text == text })
		if i < 0 {
			i = len(o.all)
			o.all = append(o.all, ownPrompt{text: text})
		}
		o.all[i].asked = o.wishes
	}
	o.all = slices.DeleteFunc(o.all, func(p ownPrompt) bool { return !o.wanted(p.text) })
	for len(o.all) > o.most {
		o.drop()
	}
	return !slices.Equal(before, o.texts())
}

func (o *ownPrompts) wanted(text string) bool {
	for _, prompts := range o.by {
		if slices.Contains(prompts, text) {
			return true
		}
	}
	return false
}

// drop takes the prompt away that nobody has asked for for longest.
func (o *ownPrompts) drop() {
	oldest := 0
	for i, p := range o.all {
		if p.asked <= o.all[oldest].asked {
			oldest = i
		}
	}
	text := o.all[oldest].text
	o.all = slices.Delete(o.all, oldest, oldest+1)
	for v, prompts := range o.by {
		o.by[v] = slices.DeleteFunc(prompts, func(p string) bool { return p == text })
	}
}

// setOwn replaces a viewer's own prompts and tells the Control; it fails when he has left. No lock is held.
func (st *Stream) setOwn(v *viewer, prompts []string) error {
	control, ok := st.options.Control.(ViewerPrompts)
	if !ok {
		return fmt.Errorf("%w: this stream has no prompts for single viewers", ErrBadRequest)
	}
	st.asking.Lock()
	defer st.asking.Unlock()
	st.mu.Lock()
	if v.gone && len(prompts) > 0 {
		st.mu.Unlock()
		return errGoneViewer
	}
	changed := st.own.set(v, prompts)
	all := st.own.texts()
	st.mu.Unlock()
	if changed {
		control.SetViewerPrompts(all)
	}
	return nil
}

// doubts gives what the Control doubts of each prompt.
func (st *Stream) doubts(prompts []string) map[string]string {
	doubter, ok := st.options.Control.(Doubter)
	if !ok {
		return nil
	}
	warnings := map[string]string{}
	for _, p := range prompts {
		if why := doubter.Doubt(p); why != "" {
			warnings[p] = why
		}
	}
	return warnings
}

// ownOf leaves out the prompts that others have for themselves.
func ownOf(all []heat.Prompt, own []string) []heat.Prompt {
	var kept []heat.Prompt
	for _, p := range all {
		if !p.Own || slices.Contains(own, p.Text) {
			kept = append(kept, p)
		}
	}
	return kept
}

// parseOwn reads a viewer's message {"prompts": ["…"]}; none ends his wishes. An error wraps ErrBadRequest.
func parseOwn(message []byte) ([]string, error) {
	if len(message) > ownMessage {
		return nil, fmt.Errorf("%w: the message has %d bytes, at most %d", ErrBadRequest, len(message), ownMessage)
	}
	prompts, err := parsePrompts(bytes.TrimSpace(message))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBadRequest, err)
	}
	if len(prompts) > ownMost {
		return nil, fmt.Errorf("%w: %d prompts, at most %d for oneself", ErrBadRequest, len(prompts), ownMost)
	}
	for i, p := range prompts {
		p = strings.TrimSpace(p)
		if p == "" || len(p) > ownLength || !utf8.ValidString(p) || slices.Contains(prompts[:i], p) {
			return nil, fmt.Errorf("%w: prompt %d is empty, too long, or there twice", ErrBadRequest, i+1)
		}
		prompts[i] = p
	}
	return prompts, nil
}

// ownReply is what the viewer is told: {} when its prompts were taken, with "warnings": {"the prompt": "why"} where there are doubts, or {"error": "…"}, with "retry": true when the same message may do later.
func ownReply(warnings map[string]string, err error) string {
	answer := map[string]any{}
	if len(warnings) > 0 {
		answer["warnings"] = warnings
	}
	if err != nil {
		answer["error"] = err.Error()
	}
	if errors.Is(err, errTooOften) {
		answer["retry"] = true
	}
	b, err := json.Marshal(answer)
	if err != nil {
		return "{}"
	}
	return string(b)
}
