package streaming

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/videogem/videogem/streaming/heat"
)

const (
	// ownMost is how many prompts a viewer may have for himself, and ownTotal how many all viewers of a stream together.
	ownMost  = 4
	ownTotal = 16
	// ownLength bounds a prompt's text in bytes, and ownMessage a message with prompts.
	ownLength  = 500
	ownMessage = 4096
)

// ViewerPrompts is a Control that also looks for what single viewers ask for. The heat of these prompts goes to them alone.
type ViewerPrompts interface {
	// SetViewerPrompts replaces the prompts of all viewers together: 16 at most, no two alike.
	SetViewerPrompts(prompts []string)
}

// ownPrompts are the prompts that viewers have for themselves. It is not safe for concurrent use.
type ownPrompts struct {
	by    map[*viewer][]string
	order []*viewer // who changed his prompts longest ago comes first
}

func newOwnPrompts() ownPrompts { return ownPrompts{by: map[*viewer][]string{}} }

func (o *ownPrompts) of(v *viewer) []string { return o.by[v] }

// set replaces a viewer's prompts; false when nothing changes. When there are too many, those of the viewers who have not touched theirs
// for longest leave.
func (o *ownPrompts) set(v *viewer, prompts []string) bool {
	if slices.Equal(o.by[v], prompts) {
		return false
	}
	o.order = slices.DeleteFunc(o.order, func(w *viewer) bool { return w == v })
	delete(o.by, v)
	if len(prompts) > 0 {
		o.by[v] = prompts
		o.order = append(o.order, v)
	}
	for len(o.all()) > ownTotal {
		delete(o.by, o.order[0])
		o.order = o.order[1:]
	}
	return true
}

// all are the prompts of all viewers.
func (o *ownPrompts) all() []string {
	all := []string{}
	for _, v := range o.order {
		for _, p := range o.by[v] {
			if !slices.Contains(all, p) {
				all = append(all, p)
			}
		}
	}
	return all
}

// setOwn replaces a viewer's own prompts and tells the Control. No lock is held.
func (st *Stream) setOwn(v *viewer, prompts []string) {
	control, ok := st.options.Control.(ViewerPrompts)
	if !ok {
		return
	}
	st.asking.Lock()
	defer st.asking.Unlock()
	st.mu.Lock()
	changed := st.own.set(v, prompts)
	all := st.own.all()
	st.mu.Unlock()
	if changed {
		control.SetViewerPrompts(all)
	}
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

// ownReply is what the viewer is told: {} when his prompts were taken, or {"error": "…"}.
func ownReply(err error) string {
	answer := map[string]string{}
	if err != nil {
		answer["error"] = err.Error()
	}
	b, err := json.Marshal(answer)
	if err != nil {
		return "{}"
	}
	return string(b)
}
