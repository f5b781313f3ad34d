package engine

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// foreign are words that are none of English, but frequent in other languages with Latin letters: enough to tell a sentence by.
func foreign() []string {
	return []string{
		"ein", "eine", "einen", "einem", "einer", "der", "und", "mit", "auf", "ist", // German
		"une", "les", "avec", "dans", "sur", "qui", "est", // French
		"una", "uno", "los", "las", "del", "con", "por", "está", // Spanish
		"gli", "della", "che", "nel", // Italian
		"uma", "em", "não", "um", // Portuguese
		"een", "het", "naar", "op", // Dutch
	}
}

// DoubtTooLong is the doubt about a prompt whose end is cut off. The engine logs that itself, once a prompt.
const DoubtTooLong = "longer than the model reads: its end is ignored"

// mostListed is how many unknown words a doubt lists.
const mostListed = 5

// Doubts says why a model may not understand a prompt, in sentences for people without a capital letter or a full stop: words that it does
// not know, no English, more text than it reads. None: nothing is known against it.
func (e *Engine) Doubts(prompt string) []string { return e.text.doubts(prompt) }

func (t *textTower) doubts(prompt string) []string {
	var doubts, unknown []string
	letters, others := 0, 0
	language := false
	for _, w := range t.tokenizer.Words(prompt) {
		word := false
		for _, r := range w.Text {
			word = word || unicode.IsLetter(r)
			if unicode.IsLetter(r) && r > unicode.MaxASCII {
				others++
			}
		}
		if !word {
			continue // a digit, punctuation, an emoji
		}
		letters++
		language = language || slices.Contains(foreign(), w.Text)
		if t.trained != nil && !slices.Contains(unknown, w.Text) && slices.ContainsFunc(w.IDs, func(id int32) bool { return !t.trained[id] }) {
			unknown = append(unknown, w.Text)
		}
	}
	switch {
	case letters == 0:
		return []string{"it has no words: say what to look for in plain English, such as \"a person waving\""}
	case others > 0 || language:
		doubts = append(doubts, "the model reads English, and this does not look like it")
	}
	if len(unknown) > 0 {
		list := strings.Join(unknown[:min(mostListed, len(unknown))], ", ")
		if more := len(unknown) - mostListed; more > 0 {
			list += fmt.Sprintf(" and %d more", more)
		}
		doubts = append(doubts, "the model does not know: "+list)
	}
	if _, truncated := t.tokenizer.Tokenize(prompt, t.context); truncated {
		doubts = append(doubts, DoubtTooLong)
	}
	return doubts
}
