package tokenizer

import (
	"strings"
	"unicode/utf8"
)

// fixEncoding undoes UTF-8 that was read in a one-byte encoding ("schÃ¶n" for "schön"), as long as the text looks garbled.
func fixEncoding(text string) string {
	for range maxRepairs {
		if !looksGarbled(text) {
			return text
		}
		fixed, ok := reread(text)
		if !ok {
			fixed = rereadParts(text)
		}
		if fixed == text {
			return text
		}
		text = fixed
	}
	return text
}

// reread takes the whole text back to bytes in one of the code pages and reads these as UTF-8.
func reread(text string) (string, bool) {
	for _, page := range codepages() {
		raw := make([]byte, 0, len(text))
		for _, c := range text {
			b, ok := page.encode(c)
			if !ok {
				raw = nil
				break
			}
			raw = append(raw, b)
		}
		if raw == nil {
			continue
		}
		raw = restoreSpaces(raw)
		if utf8.Valid(raw) {
			return string(raw), true
		}
	}
	return "", false
}

// restoreSpaces turns a blank back into the no-break space it was, where that completes a UTF-8 sequence: programs often
// flatten the one into the other. A lone "Ã " is the word à.
func restoreSpaces(raw []byte) []byte {
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		out = append(out, raw[i])
		if raw[i] != 0xc3 && raw[i] != 0xc2 || i+1 >= len(raw) || raw[i+1] != ' ' {
			continue
		}
		out = append(out, 0xa0)
		if raw[i] == 0xc2 || joinsAGrave(raw[i+2:]) {
			i++
		}
	}
	return out
}

// joinsAGrave tells "Ã s", "Ã quele" and the like, Portuguese words that begin with à, from à as a word.
func joinsAGrave(rest []byte) bool {
	for _, next := range []string{" ", "quele", "quela", "quilo", "s "} {
		if strings.HasPrefix(string(rest), next) {
			return true
		}
	}
	return false
}

// rereadParts repairs single garbled sequences in a text that as a whole is not.
func rereadParts(text string) string {
	runes := []rune(text)
	var b strings.Builder
	for i := 0; i < len(runes); {
		n := 0
		if i == 0 || !continues(runes[i-1]) {
			for more := -1; more != 0; n += more {
				more = sequenceLength(runes[i+n:])
			}
		}
		if n == 0 {
			b.WriteRune(runes[i])
			i++
			continue
		}
		part := string(runes[i : i+n])
		if fixed, ok := reread(part); ok && n < len(runes) && looksGarbled(part) {
			part = fixed
		}
		b.WriteString(part)
		i += n
	}
	return b.String()
}

// sequenceLength is the number of characters at the start that are one UTF-8 sequence misread in some code page, or 0.
func sequenceLength(runes []rune) int {
	if len(runes) == 0 || runes[0] < utf8.RuneSelf {
		return 0
	}
	for _, page := range codepages()[:lastWindows] {
		var raw []byte
		for _, c := range runes[:min(len(runes), utf8.UTFMax)] {
			b, ok := page.encode(c)
			if c >= 0x80 && c <= 0x9f { // a control character is from Latin-1, which mixes with all Windows pages
				b, ok = byte(c), true
			}
			if !ok {
				break
			}
			raw = append(raw, b)
		}
		if r, size := utf8.DecodeRune(raw); r != utf8.RuneError && raw[0] >= utf8.RuneSelf {
			return size
		}
	}
	return 0
}

// continues says that a character may be the later part of a misread sequence, so that no sequence starts after it.
// Usual punctuation is left out.
func continues(c rune) bool {
	if c < utf8.RuneSelf || strings.ContainsRune("–—―‘’‚“”„•…", c) {
		return false
	}
	for _, page := range codepages()[:lastWindows] {
		if b, ok := page.encode(c); ok && b < 0xc0 {
			return true
		}
	}
	return false
}
