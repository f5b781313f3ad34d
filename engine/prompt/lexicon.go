package prompt

import (
	"bytes"
	"compress/gzip"
	_ "embed" // the words
	"fmt"
	"io"
	"strings"
)

//go:embed lexicon/words.gz
var wordsFile []byte

// usage is how often a word is verb, noun, adjective and adverb in WordNet's tagged texts, on a scale of powers of two:
// -1 not listed as such, 0 never seen, 1 once, 2 two or three times, and so on.
type usage struct{ verb, noun, adjective, adverb int8 }

// lexicon knows single words that are verbs, adjectives or adverbs; a word it does not know counts as a noun.
// See lexicon/generate.go for the file's form.
type lexicon struct {
	words     map[string]usage
	irregular map[string]string // verb form to its base
}

func loadLexicon() (*lexicon, error) {
	r, err := gzip.NewReader(bytes.NewReader(wordsFile))
	if err != nil {
		return nil, fmt.Errorf("prompt lexicon: %w", err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("prompt lexicon: %w", err)
	}
	l := &lexicon{words: map[string]usage{}, irregular: map[string]string{}}
	for line := range strings.Lines(string(text)) {
		word, rest, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		form, isIrregular := strings.CutPrefix(word, "=")
		switch {
		case isIrregular && ok:
			l.irregular[form] = rest
		case len(rest) == 4:
			l.words[word] = usage{level(rest[0]), level(rest[1]), level(rest[2]), level(rest[3])}
		default:
			return nil, fmt.Errorf("prompt lexicon: unreadable line %q", line)
		}
	}
	return l, nil
}

func level(c byte) int8 {
	switch {
	case c == '-':
		return -1
	case c == '0':
		return 0
	default:
		return int8(c-'a') + 1
	}
}

func (l *lexicon) usage(word string) usage {
	if u, ok := l.words[word]; ok {
		return u
	}
	return usage{verb: -1, noun: 0, adjective: -1, adverb: -1}
}

func (l *lexicon) has(word string) bool {
	_, ok := l.words[word]
	return ok
}

// form is the shape of a verb.
type form int

const (
	noVerb form = iota
	base        // cut
	third       // cuts
	gerund      // cutting
	past        // cut, rode, melted
)

// verbForm tells whether a word can be a verb, in which form, and how usual its base is as a verb and as a noun.
func (l *lexicon) verbForm(word string) (form, usage) {
	if u, ok := l.words[word]; ok && u.verb >= 0 {
		return base, u
	}
	if b, ok := l.irregular[word]; ok {
		f := past
		switch {
		case strings.HasSuffix(word, "ing"):
			f = gerund
		case strings.HasSuffix(word, "s"):
			f = third
		}
		return f, l.usage(b)
	}
	for _, ending := range []struct {
		suffix string
		form   form
	}{{"ing", gerund}, {"ed", past}, {"s", third}} {
		stem, ok := strings.CutSuffix(word, ending.suffix)
		if !ok || len(stem) < 2 {
			continue
		}
		for _, b := range bases(stem, ending.form) {
			if u, ok := l.words[b]; ok && u.verb >= 0 {
				return ending.form, u
			}
		}
	}
	return noVerb, usage{}
}

// bases lists what a stem without its ending may be the base of: "bak" bake, "cutt" cut, "carri" carry, "watche" watch.
func bases(stem string, f form) []string {
	out := []string{stem}
	if f != third {
		out = append(out, stem+"e")
		if n := len(stem); stem[n-1] == stem[n-2] {
			out = append(out, stem[:n-1])
		}
	}
	if s, ok := strings.CutSuffix(stem, "e"); ok && f == third {
		out = append(out, s)
	}
	if s, ok := strings.CutSuffix(stem, "i"); ok && f == past {
		out = append(out, s+"y")
	}
	if s, ok := strings.CutSuffix(stem, "ie"); ok && f == third {
		out = append(out, s+"y")
	}
	return out
}
