package tokenizer

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxRepairs bounds how often a text is repaired again; text garbled more than a few times over is not met.
const maxRepairs = 16

// repairer holds what repair needs; a tag in one line switches the entities of all later lines off.
type repairer struct{ entities bool }

// repair mends text the way the ftfy library's fix_text does, which SimpleTokenizer runs first: HTML entities (unless the text has
// tags), text whose UTF-8 was read in another encoding, ligatures, full- and half-width forms, curly quotes, line breaks, terminal
// escapes and control characters; then Unicode's form C. It works line by line.
func repair(text string) string {
	if isASCII(text) {
		return text
	}
	r := repairer{entities: true}
	var b strings.Builder
	for len(text) > 0 {
		size := strings.IndexByte(text, '\n') + 1
		if size == 0 {
			size = len(text)
		}
		if strings.Contains(text[:size], "<") {
			r.entities = false
		}
		b.WriteString(r.line(text[:size]))
		text = text[size:]
	}
	return b.String()
}

// isASCII says that there is nothing to repair: printable ASCII without an ampersand.
func isASCII(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '&' {
			return false
		}
	}
	return true
}

// line repeats all repairs until nothing changes.
func (r repairer) line(text string) string {
	entities := r.entities && !strings.Contains(text, "<")
	for range maxRepairs {
		before := text
		if entities {
			text = unescapeCarefully(text)
		}
		text = fixEncoding(text)
		text = fixCharacters(text)
		text = norm.NFC.String(text)
		if text == before {
			break
		}
	}
	return text
}

// terminalEscape is an ANSI sequence such as a colour's.
var terminalEscape = regexp.MustCompile(`\x1b\[[\d;]*[a-zA-Z]`)

func fixCharacters(text string) string {
	var b strings.Builder
	for _, c := range text {
		if c >= 0x80 && c <= 0x9f {
			c = windows1252().decode(byte(c))
		}
		switch {
		case c < utf8.RuneSelf:
			b.WriteRune(c)
		case c >= 'ʼ' && (c == 'ʼ' || c >= '‘' && c <= '‛'):
			b.WriteByte('\'')
		case c >= '“' && c <= '‟':
			b.WriteByte('"')
		case c == '\u2028', c == '\u2029', c == '\u0085':
			b.WriteByte('\n')
		case c == '\u3000':
			b.WriteByte(' ')
		case c >= 0xff01 && c <= 0xffef:
			b.WriteString(norm.NFKC.String(string(c)))
		case c == 'ŉ': // taken apart, then its quote straightened
			b.WriteString("'n")
		case c == 'ﬅ':
			b.WriteString("ſt")
		case isLatinLigature(c):
			b.WriteString(norm.NFKC.String(string(c)))
		default:
			b.WriteRune(c)
		}
	}
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(b.String())
	text = terminalEscape.ReplaceAllString(text, "")
	return strings.Map(dropControl, text)
}

// isLatinLigature is true for one-character forms of several Latin letters that compatibility normalisation takes apart.
func isLatinLigature(c rune) bool {
	return c == 'Ĳ' || c == 'ĳ' || c >= 'Ǆ' && c <= 'ǌ' || c >= 'Ǳ' && c <= 'ǳ' || c >= 'ﬀ' && c <= 'ﬆ'
}

// dropControl drops characters that have no place in text: controls but white space, deprecated Arabic shaping, annotation
// marks, the object replacement and the byte order mark.
func dropControl(c rune) rune {
	switch {
	case c < 0x09, c == 0x0b, c >= 0x0e && c < 0x20, c == 0x7f, c >= 0x206a && c <= 0x206f, c == 0xfeff, c >= 0xfff9 && c <= 0xfffc:
		return -1
	}
	return c
}

// carefulEntity is a reference that is meant as one: with its semicolon.
var carefulEntity = regexp.MustCompile(`&#?[0-9A-Za-z]{1,24};`)

// unescapeCarefully replaces only references with a semicolon, and knows names in capitals whose small form exists (&EACUTE;).
func unescapeCarefully(text string) string {
	return carefulEntity.ReplaceAllStringFunc(text, func(ref string) string {
		name := ref[1:]
		if strings.HasPrefix(name, "#") {
			if out := unescapeHTML(ref); !strings.Contains(out, ";") {
				return out
			}
			return ref
		}
		if out, ok := entity(name); ok {
			return out
		}
		small := strings.ToLower(name)
		if out, ok := entity(small); ok && strings.ToUpper(name) == name && unescapeHTML(ref) == ref {
			return strings.ToUpper(strings.ReplaceAll(out, "ß", "SS"))
		}
		return ref
	})
}
