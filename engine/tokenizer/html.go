package tokenizer

import (
	"html"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxEntity is the longest entity name looked for, in characters, as in Python's html.unescape.
const maxEntity = 32

// unescapeHTML replaces character references by the rules of HTML 5, with or without the semicolon: Python's html.unescape.
func unescapeHTML(text string) string {
	var b strings.Builder
	for {
		at := strings.IndexByte(text, '&')
		if at < 0 {
			b.WriteString(text)
			return b.String()
		}
		b.WriteString(text[:at])
		text = text[at:]
		out, size := reference(text)
		b.WriteString(out)
		text = text[size:]
	}
}

// reference reads one character reference at text's start: what it stands for, and how many bytes it takes.
func reference(text string) (out string, size int) {
	if strings.HasPrefix(text, "&#") {
		return numericReference(text)
	}
	end := 1
	for n := 0; n < maxEntity && end < len(text) && !strings.ContainsRune("\t\n\f <&#;", rune(text[end])); n++ {
		_, w := utf8.DecodeRuneInString(text[end:])
		end += w
	}
	if end < len(text) && text[end] == ';' {
		if out, ok := entity(text[1 : end+1]); ok && end > 1 {
			return out, end + 1
		}
	}
	for ; end > 2; end-- { // the longest name that needs no semicolon, such as &amp in &ample
		if out, ok := entity(text[1:end]); ok {
			return out, end
		}
	}
	return "&", 1
}

// entity looks up a name of HTML 5's table, which the standard library has but does not export. A known name leaves only what it
// stands for: one character without a semicolon, at most two with one; anything longer has unread letters in it.
func entity(name string) (string, bool) {
	out := html.UnescapeString("&" + name)
	most := 1
	if strings.HasSuffix(name, ";") && name != ";" {
		most = 2
	}
	return out, utf8.RuneCountInString(out) <= most
}

func numericReference(text string) (out string, size int) {
	base, at := 10, 2
	if len(text) > 2 && (text[2] == 'x' || text[2] == 'X') {
		base, at = 16, 3
	}
	end := at
	for end < len(text) && isDigit(text[end], base) {
		end++
	}
	if end == at {
		return "&", 1
	}
	digits := text[at:end]
	if end < len(text) && text[end] == ';' {
		end++
	}
	return codePoint(digits, base), end
}

func isDigit(c byte, base int) bool {
	return c >= '0' && c <= '9' || base == 16 && (c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F')
}

// codePoint is what a number stands for: numbers of C1 controls mean Windows-1252, those outside Unicode a replacement
// character, controls and non-characters nothing.
func codePoint(digits string, base int) string {
	n, err := strconv.ParseUint(digits, base, 32)
	switch {
	case err != nil || n > 0x10ffff || n == 0 || n >= 0xd800 && n <= 0xdfff:
		return "\ufffd"
	case n == '\r':
		return "\r"
	case n >= 0x80 && n <= 0x9f:
		return string(windows1252().decode(byte(n)))
	case n <= 8, n >= 0xe && n <= 0x1f, n == 0x7f, n == 0xb, n >= 0xfdd0 && n <= 0xfdef, n&0xfffe == 0xfffe:
		return ""
	}
	return string(rune(n))
}
