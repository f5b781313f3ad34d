package tokenizer

import "golang.org/x/text/encoding/charmap"

// codepage is a one-byte encoding whose unassigned bytes stand for the control characters of the same number, as lenient
// programs treat them.
type codepage struct{ table *charmap.Charmap }

// windows1252 is by far the most common culprit of garbled text; Latin-1 is a part of it but for the control characters.
func windows1252() codepage { return codepage{charmap.Windows1252} }

// codepages are those that UTF-8 text is misread in, the likelier first.
func codepages() []codepage {
	return []codepage{
		{charmap.ISO8859_1},
		windows1252(),
		{charmap.Windows1251},
		{charmap.Windows1250},
		{charmap.Windows1253},
		{charmap.Windows1254},
		{charmap.Windows1257},
		{charmap.ISO8859_2},
		{charmap.Macintosh},
		{charmap.CodePage437},
	}
}

// lastWindows is the end of Latin-1 and the Windows pages in codepages.
const lastWindows = 7

func (c codepage) decode(b byte) rune {
	if r := c.table.DecodeByte(b); r != '\ufffd' {
		return r
	}
	return rune(b)
}

// encode gives the byte a character was misread from; ok is false when the page does not have it.
func (c codepage) encode(r rune) (b byte, ok bool) {
	if b, ok = c.table.EncodeRune(r); ok {
		return b, true
	}
	if r >= 0x80 && r < 0xa0 && c.table.DecodeByte(byte(r)) == '\ufffd' {
		return byte(r), true
	}
	return 0, false
}
