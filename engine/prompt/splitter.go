package prompt

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// ErrParts: a text with parts written out does not have the form ACTION | VERB | OBJECT.
var ErrParts = errors.New("cannot read the action's parts")

// Splitter finds verb and object in free text. It does not change after New and may be used by several goroutines.
type Splitter struct{ lexicon *lexicon }

// New loads the embedded lexicon; it takes some milliseconds and about 4 MB.
func New() (*Splitter, error) {
	l, err := loadLexicon()
	if err != nil {
		return nil, err
	}
	return &Splitter{lexicon: l}, nil
}

// Parse reads what a user types for an action: a phrase to be decomposed, or ACTION | VERB | OBJECT with parts written out. A part
// that is written wins; one left empty is found by the rule; "-" means that there is none. Without ACTION it is VERB OBJECT.
func (s *Splitter) Parse(text string) (Parts, error) {
	fields := strings.Split(text, "|")
	if len(fields) > 3 {
		return Parts{}, fmt.Errorf("%w: %d bars in %q, want ACTION | VERB | OBJECT", ErrParts, len(fields)-1, text)
	}
	var written [3]string
	for i, f := range fields {
		written[i] = strings.Join(strings.Fields(f), " ")
	}
	action, verb, object := written[0], written[1], written[2]
	if action == "" || action == "-" {
		action = strings.TrimSpace(strings.TrimPrefix(verb, "-") + " " + strings.TrimPrefix(object, "-"))
	}
	if action == "" {
		return Parts{}, fmt.Errorf("%w: the action is empty", ErrParts)
	}
	p := s.Decompose(action)
	p.Verb, p.Object = choose(verb, p.Verb), choose(object, p.Object)
	return p, nil
}

func choose(written, found string) string {
	switch written {
	case "":
		return found
	case "-":
		return ""
	default:
		return written
	}
}

// Decompose splits an action phrase in English: "cut the red onion" is cut and red onion; "a man is riding a brown horse" is riding and
// brown horse; "talking on the phone" is talking and phone. Words keep the form they are written in. The verb is one word; the
// object is the first noun phrase behind it, without articles and numbers. A part that is not found stays empty.
func (s *Splitter) Decompose(action string) Parts {
	action = strings.Join(strings.Fields(action), " ")
	words := s.words(action)
	p := Parts{Action: action}
	at := s.findVerb(words)
	if at >= 0 {
		p.Verb = words[at].text
	}
	p.Object = s.findObject(words, at+1)
	return p
}

// word is one word of a phrase as the rules see it.
type word struct {
	text  string // as written
	low   string // in lower case
	kind  kind
	form  form
	usage usage // of the verb's base if it can be a verb

	isListed bool // whether the lexicon has this very form, as it has "red" and "melted"
}

func (s *Splitter) words(text string) []word {
	var words []word
	for token := range strings.FieldsSeq(text) {
		inner := strings.TrimFunc(token, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		if inner == "" {
			continue
		}
		w := word{text: inner, low: strings.ToLower(inner)}
		if w.kind = kindOf(w.low); len(words) == 0 && w.low == "using" {
			w.kind = content // a preposition only behind something
		}
		if w.kind == content || w.kind == auxiliary {
			w.form, w.usage = s.lexicon.verbForm(w.low)
		}
		if w.kind == content && w.form == noVerb {
			w.usage = s.lexicon.usage(w.low)
			if len(words) == 0 && len(w.low) > 4 && strings.HasSuffix(w.low, "ing") {
				w.form = gerund // a verb WordNet does not have, such as texting
			}
		}
		w.isListed = s.lexicon.has(w.low)
		words = append(words, w)
		if last := token[len(token)-1]; last == ',' || last == ';' || last == '.' {
			words = append(words, word{kind: joiner})
		}
	}
	return words
}
