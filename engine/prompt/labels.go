package prompt

import (
	"strings"
	"unicode"
)

// FirstWord splits labels such as V-HICO's "catching fish" and GroundingYouTube's "crack eggs": the first word is the verb,
// the rest is the object (the paper's code, prompt_mode 1).
func FirstWord(label string) Parts {
	label = strings.Join(strings.Fields(label), " ")
	verb, object, _ := strings.Cut(label, " ")
	return Parts{Verb: verb, Object: object, Action: label}
}

// CamelCase splits labels such as DALY's "PlayingHarmonica": words begin with capitals, the first is the verb, the rest is the
// object; case is kept (the paper's code, prompt_mode 2).
func CamelCase(label string) Parts {
	var b strings.Builder
	for i, r := range label {
		if i > 0 && unicode.IsUpper(r) {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return FirstWord(b.String())
}
