package tokenizer

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// iotaBelow is no letter, but its capital is: an expression that ignores case matches it nowhere, so it has no ids.
const iotaBelow = '\u0345'

// split cuts clean text into words as SimpleTokenizer's expression does: a special text, an English contraction's end, a run of
// letters, one digit, or a run of other characters.
func split(text, start, end string) []string {
	var words []string
	for len(text) > 0 {
		first, size := utf8.DecodeRuneInString(text)
		switch {
		case unicode.IsSpace(first), first == iotaBelow:
			text = text[size:]
			continue
		case strings.HasPrefix(text, start):
			size = len(start)
		case strings.HasPrefix(text, end):
			size = len(end)
		case contraction(text) > 0:
			size = contraction(text)
		case unicode.IsLetter(first):
			size = runLength(text, unicode.IsLetter)
		case unicode.IsNumber(first):
		default:
			size = runLength(text, isOther)
		}
		words = append(words, text[:size])
		text = text[size:]
	}
	return words
}

// contraction is the length of 's, 't, 're, 've, 'm, 'll or 'd at the text's start, or 0. The long s counts as an s, as it
// does in an expression that ignores case.
func contraction(text string) int {
	for _, c := range []string{"'s", "'ſ", "'t", "'re", "'ve", "'m", "'ll", "'d"} {
		if strings.HasPrefix(text, c) {
			return len(c)
		}
	}
	return 0
}

func isOther(r rune) bool {
	return !unicode.IsSpace(r) && !unicode.IsLetter(r) && !unicode.IsNumber(r) && r != iotaBelow
}

func runLength(text string, in func(rune) bool) int {
	if i := strings.IndexFunc(text, func(r rune) bool { return !in(r) }); i >= 0 {
		return i
	}
	return len(text)
}
