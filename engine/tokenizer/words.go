package tokenizer

// Word is one of the words that a text is cut into, in lower case, and its ids.
type Word struct {
	Text string
	IDs  []int32
}

// Words are the words of a text as Encode sees them, without the texts of special ids.
func (t *Tokenizer) Words(text string) []Word {
	var words []Word
	for _, w := range split(clean(text), t.start, t.end) {
		if w != t.start && w != t.end {
			words = append(words, Word{w, t.vocabulary.encode(nil, w)})
		}
	}
	return words
}
