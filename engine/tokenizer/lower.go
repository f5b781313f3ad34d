package tokenizer

import (
	"strings"
	"unicode"
)

// lower is Unicode's full lower-casing, as Python's: as strings.ToLower, but a capital sigma at a word's end becomes ς, and İ
// becomes an i with a dot above (Unicode Standard, section 3.13, SpecialCasing.txt).
func lower(text string) string {
	if !strings.ContainsAny(text, "Σİ") {
		return strings.ToLower(text)
	}
	runes := []rune(text)
	var b strings.Builder
	for i, r := range runes {
		switch {
		case r == 'İ':
			b.WriteString("i̇")
		case r == 'Σ' && endsWord(runes, i):
			b.WriteRune('ς')
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// endsWord is Unicode's Final_Sigma: a cased letter before, none after, marks and the like between not counted.
func endsWord(runes []rune, at int) bool {
	before := at - 1
	for before >= 0 && isCaseIgnorable(runes[before]) {
		before--
	}
	after := at + 1
	for after < len(runes) && isCaseIgnorable(runes[after]) {
		after++
	}
	return before >= 0 && isCased(runes[before]) && (after == len(runes) || !isCased(runes[after]))
}

func isCased(r rune) bool {
	return unicode.In(r, unicode.Lu, unicode.Ll, unicode.Lt, unicode.Other_Lowercase, unicode.Other_Uppercase)
}

func isCaseIgnorable(r rune) bool {
	return strings.ContainsRune("'.:·͵՟״‘’․‧︓﹒﹕＇．：", r) || unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Lm, unicode.Sk)
}
