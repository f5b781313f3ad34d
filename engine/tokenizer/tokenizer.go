// Package tokenizer turns text into the token ids of CLIP's text towers, equal to the SimpleTokenizer of OpenAI's CLIP, of
// OpenCLIP and of ViCLIP: repair of broken text (as the ftfy library does it), HTML entities, white space, lower case, then
// byte-pair encoding with CLIP's vocabulary.
package tokenizer

import (
	"strings"
)

// Tokenizer holds the vocabulary. It does not change after New and may be used by several goroutines.
type Tokenizer struct {
	vocabulary *vocabulary
	start, end string // the texts that stand for the special ids
}

// New gives the tokenizer of OpenAI's CLIP and of ViCLIP, in which <|startoftext|> and <|endoftext|> stand for the special ids.
func New() (*Tokenizer, error) {
	return newTokenizer("<|startoftext|>", "<|endoftext|>")
}

// NewOpenCLIP gives OpenCLIP's tokenizer. It differs from New only in the special texts: <start_of_text> and <end_of_text>.
func NewOpenCLIP() (*Tokenizer, error) {
	return newTokenizer("<start_of_text>", "<end_of_text>")
}

func newTokenizer(start, end string) (*Tokenizer, error) {
	v, err := loadVocabulary()
	if err != nil {
		return nil, err
	}
	return &Tokenizer{vocabulary: v, start: start, end: end}, nil
}

// Encode gives the ids of a text without the start and end ids around it. Text of any content is accepted.
func (t *Tokenizer) Encode(text string) []int32 {
	ids := []int32{}
	for _, word := range split(clean(text), t.start, t.end) {
		switch word {
		case t.start:
			ids = append(ids, t.vocabulary.start)
		case t.end:
			ids = append(ids, t.vocabulary.end)
		default:
			ids = t.vocabulary.encode(ids, word)
		}
	}
	return ids
}

// Tokenize gives contextLength ids: start, the text's, end, then zeros. A text that does not fit is cut so that the last id is
// end, and truncated is true, as CLIP's tokenize does with truncate set.
func (t *Tokenizer) Tokenize(text string, contextLength int) (ids []int32, truncated bool) {
	if contextLength <= 0 {
		return nil, true
	}
	ids = make([]int32, 0, contextLength)
	ids = append(ids, t.vocabulary.start)
	ids = append(ids, t.Encode(text)...)
	ids = append(ids, t.vocabulary.end)
	if len(ids) > contextLength {
		ids = ids[:contextLength:contextLength]
		ids[contextLength-1] = t.vocabulary.end
		return ids, true
	}
	return append(ids, make([]int32, contextLength-len(ids))...), false
}

// clean is what SimpleTokenizer does before it splits: repair, unescape twice, one blank for white space, lower case.
func clean(text string) string {
	text = repair(strings.ToValidUTF8(text, "\ufffd"))
	text = unescapeHTML(unescapeHTML(text))
	return lower(strings.Join(strings.Fields(text), " "))
}
