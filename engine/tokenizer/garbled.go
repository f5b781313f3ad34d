package tokenizer

import (
	"strings"
	"unicode"
)

// class is what a character is when UTF-8 is misread: the bytes of a sequence come out as an accented letter, then symbols, in
// orders that people do not write. Which characters and orders these are is what the ftfy library has found out (6.x, Copyright Robyn Speer,
// Apache-2.0): tokens must equal those of a tokenizer that runs it, so the rules are its rules, written anew.
type class uint16

const (
	odd     class = 1 << iota // hardly ever written
	small                     // accented small letters, but those that faces made of characters use
	capital                   // accented capitals
	common                    // Greek and Cyrillic small letters
	opening                   // signs that stand before something
	closing                   // signs that stand behind something
	currency
	numeric
	law
	box

	accented = small | capital
	sign     = opening | closing | currency | numeric | law | box
)

func classOf(c rune) class {
	switch {
	case c < 0x80, c >= 'Ò' && c <= 'Ö', c >= 'Ù' && c <= 'Û', c >= 'ò' && c <= 'ö', c >= 'ø' && c <= 'û', strings.ContainsRune("ŌŐŪŲ", c):
		return 0
	case c >= 'α' && c <= 'ω', c >= 'ά' && c <= 'ί', c >= 'а' && c <= 'џ':
		return common
	case strings.ContainsRune("¦¤¨¬¯¸ƒˆˇ˘˛˜†‡‰⌐◊ªº\ufffd", c):
		return odd
	case strings.ContainsRune("¡«¿©΄΅‘‚“„•‹\uf8ff", c):
		return opening
	case strings.ContainsRune("®»˝”›™", c):
		return closing
	case strings.ContainsRune("¢£¥₧€", c):
		return currency
	case strings.ContainsRune("²³¹±¼½¾×µ÷⁄∂∆∏∑√∞∩∫≈≠≡≤≥№", c):
		return numeric
	case c == '¶', c == '§':
		return law
	case strings.ContainsRune("│┌┐┘├┤┬┼▀▄█▌▐░▒▓", c), c >= '═' && c <= '╬':
		return box
	case c == 'ﬁ', c == 'ﬂ', c == 'ґ', c >= 'ß' && c <= 'ž' && unicode.IsLower(c) && c != 'þ':
		return small
	case c == 'Ґ', c >= 'À' && c <= 'Ž' && unicode.IsUpper(c) && c != 'Þ':
		return capital
	}
	return 0
}

// looksGarbled says whether a text has neighbouring characters such as misreading makes. Pairs that usual punctuation can
// make ("CAFÉ…") do not count.
func looksGarbled(text string) bool {
	var earlier, before, last rune // three, two and one characters back
	for at, c := range text {
		switch {
		case c >= 0x80 && c <= 0x9f:
			return true
		case last >= 0x80 && garbledAt(before, last, c, text[at:]):
			return true
		case c == ' ' && (last == 'Â' || last == 'Ã') && (before == 0 || isPlain(before) || unicode.IsSpace(before) && isPlain(earlier)):
			return true // what was a no-break space or à
		}
		earlier, before, last = before, last, c
	}
	return last >= 0x80 && garbledAt(before, last, 0, "")
}

func isPlain(c rune) bool { return c >= 'a' && c <= 'z' }

// garbledAt looks at b, the character a before it and c after it; both are 0 at the text's ends. rest begins with c.
func garbledAt(a, b, c rune, rest string) bool {
	x, y, z := classOf(a), classOf(b), classOf(c)
	return y&(accented|sign|odd) != 0 && z&odd != 0 || y&odd != 0 && z&(accented|sign) != 0 ||
		y&(small|common|box|closing|currency|numeric) != 0 && z&capital != 0 ||
		y&(box|closing|currency|numeric) != 0 && z&small != 0 ||
		y&(small|box|closing) != 0 && z&currency != 0 ||
		y&(capital|box) != 0 && z&(numeric|law) != 0 ||
		y&(currency|numeric|box) != 0 && z&opening != 0 ||
		y&(accented|sign&^box) != 0 && z&box != 0 || y&box != 0 && z&closing != 0 ||
		x&(accented|box|currency|closing) != 0 && y&opening != 0 && z&numeric != 0 ||
		x&(accented|currency|numeric|box|law) != 0 && y&closing != 0 && z&opening != 0 ||
		isPlain(a) && y&capital != 0 && z&(opening|currency) != 0 ||
		unicode.IsSpace(a) && y&capital != 0 && z&currency != 0 ||
		x&accented != 0 && y&(opening|closing) != 0 && isWord(c) ||
		knownPair(a, b, c, rest)
}

// knownPair has the orders that only make sense by name: what frequent characters become in one of the code pages.
func knownPair(a, b, c rune, rest string) bool {
	switch b {
	case 'Â', 'Ã', 'Î', 'Ð':
		return strings.ContainsRune("€œŠš¢£Ÿž\u00a0\u00ad®©°·»¡«¿΄΅‘‚“„•‹˝”›™–—´", c) || c == '°'
	case 'œ', 'Œ':
		return c != 0 && (c > 'z' || !unicode.IsLetter(c))
	case 'à':
		return strings.ContainsRune("²µ¹¼½¾", c)
	case '×':
		return c == '²' || c == '³'
	case '√':
		return strings.ContainsRune("±∂†≠®™´≤≥¥µø", c)
	case '≈':
		return c == '°' || c == '¢'
	case '‚':
		return c == 'Ä' && startsWithAny(rest[len("Ä"):], "ìîïòôúùû†°¢π") || c == 'â' && startsWithAny(rest[len("â"):], "àä°ê") ||
			c == 'ó' && startsWithAny(rest[len("ó"):], "àä°ê")
	case 'в':
		return c == 'Ђ'
	case 'β', 'ā':
		return c == '€'
	}
	if c == '°' && classOf(b)&capital != 0 {
		return true
	}
	// Cyrillic and Greek capitals in turn with signs.
	between := classOf(b)&(odd|opening|closing|currency) != 0 || b == '°'
	cyrillic := "ВГРС"
	greek := "ΒΓΞΟ"
	return a != 0 && c != 0 && (strings.ContainsRune(cyrillic, a) && (between || b == 'µ') && strings.ContainsRune(cyrillic, c) ||
		strings.ContainsRune(greek, a) && between && strings.ContainsRune(greek, c))
}

func startsWithAny(text, characters string) bool {
	return text != "" && strings.IndexAny(text, characters) == 0
}

func isWord(c rune) bool { return c == '_' || unicode.IsLetter(c) || unicode.IsNumber(c) }
