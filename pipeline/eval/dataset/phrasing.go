package dataset

import (
	_ "embed" // the phrasings
	"encoding/json"
	"fmt"
	"strings"

	"github.com/videogem/videogem/engine/prompt"
)

// The ways to ask for the demo camera's actions.
const (
	Plain   = ""         // as in all other data sets: A photo of a person {action}.
	Trained = "trained"  // in all the words and forms of sentences that the demo model was trained on
	HeldOut = "held-out" // in words and forms that training never joined
)

//go:embed words/demo.json
var demoWords []byte

// phrasings are the file's: written by examples/demo-model/phrasings.py.
type phrasings struct {
	Trained phrasing `json:"trained"`
	HeldOut phrasing `json:"held-out"`
	Unknown []string `json:"unknown"` // actions that nobody of the demo camera does
}

// phrasing is one way to ask.
type phrasing struct {
	Templates []string            `json:"templates"` // with {} for the phrase
	Phrases   map[string][]string `json:"phrases"`   // by action
	asked     map[string]int      // how often so far
}

// newPhrasing gives a way to ask by its name, and the actions that nobody does. The error wraps ErrOptions.
func newPhrasing(name string) (p phrasing, unknown []string, err error) {
	var all phrasings
	if err := json.Unmarshal(demoWords, &all); err != nil {
		return phrasing{}, nil, fmt.Errorf("built-in phrasings: %w", err)
	}
	switch name {
	case Plain:
		_, _, plain := prompt.Parts{Action: "{}"}.Prompts()
		p.Templates = []string{plain}
	case Trained:
		p = all.Trained
	case HeldOut:
		p = all.HeldOut
	default:
		return phrasing{}, nil, fmt.Errorf("%w: phrasing %q: use %s or %s", ErrOptions, name, Trained, HeldOut)
	}
	p.asked = map[string]int{}
	return p, all.Unknown, nil
}

// next asks for an action in other words than the last time.
func (p *phrasing) next(action string) string {
	p.asked[action]++
	return p.text(action, p.asked[action]-1)
}

// text asks for an action in the nth way: its phrases in turn, and when all have been used, with the next template.
func (p *phrasing) text(action string, n int) string {
	phrases := p.Phrases[action]
	if phrases == nil {
		phrases = []string{action}
	}
	return strings.ReplaceAll(p.Templates[n/len(phrases)%len(p.Templates)], "{}", phrases[n%len(phrases)])
}
