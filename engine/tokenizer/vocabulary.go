package tokenizer

import (
	"bytes"
	"compress/gzip"
	_ "embed" // the vocabulary
	"fmt"
	"io"
	"strings"
)

//go:embed vocabulary/bpe_simple_vocab_16e6.txt.gz
var vocabularyFile []byte

// merges is the number of byte pairs CLIP uses: ids 0..511 are bytes (plain, then as a word's end), the last two are special.
const merges = 49152 - 256 - 2

// pair is two neighbouring symbols of a word, by id.
type pair struct{ left, right int32 }

// vocabulary knows, for a pair of ids, the id of their merge; lower ids were learned earlier and go first.
type vocabulary struct {
	bytes      [256]int32
	merged     map[pair]int32
	start, end int32
}

// loadVocabulary unpacks the embedded list of merges. Each line names two symbols; symbols are spelled with one letter for each
// byte (see alphabet) and a final </w> at a word's end.
func loadVocabulary() (*vocabulary, error) {
	r, err := gzip.NewReader(bytes.NewReader(vocabularyFile))
	if err != nil {
		return nil, fmt.Errorf("tokenizer vocabulary: %w", err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("tokenizer vocabulary: %w", err)
	}
	lines := strings.Split(string(text), "\n")
	if len(lines) < 1+merges {
		return nil, fmt.Errorf("tokenizer vocabulary: %d lines, want %d", len(lines), 1+merges)
	}
	v := &vocabulary{merged: make(map[pair]int32, merges), start: 512 + merges, end: 512 + merges + 1}
	ids := make(map[string]int32, 512+merges)
	for order, b := range alphabet() {
		v.bytes[b.value] = int32(order)
		ids[string(b.letter)] = int32(order)
		ids[string(b.letter)+"</w>"] = int32(order + 256)
	}
	for i, line := range lines[1 : 1+merges] {
		left, right, _ := strings.Cut(line, " ")
		l, hasLeft := ids[left]
		r, hasRight := ids[right]
		if !hasLeft || !hasRight {
			return nil, fmt.Errorf("tokenizer vocabulary, line %d: unknown symbol in %q", i+2, line)
		}
		id := int32(512 + i)
		v.merged[pair{l, r}] = id
		ids[left+right] = id
	}
	return v, nil
}

type letter struct {
	value  byte
	letter rune
}

// alphabet is GPT-2's spelling of bytes: printable Latin-1 characters stand for themselves and come first, the rest follow as
// the letters from U+0100 on. The order gives the ids.
func alphabet() []letter {
	var printable, other []letter
	for b := range 256 {
		switch {
		case b >= '!' && b <= '~', b >= 0xa1 && b <= 0xac, b >= 0xae:
			printable = append(printable, letter{byte(b), rune(b)})
		default:
			other = append(other, letter{byte(b), rune(256 + len(other))})
		}
	}
	return append(printable, other...)
}

// encode appends the ids of one word: its bytes, merged as long as a pair is in the vocabulary, the earliest learned pair first,
// each at all its places.
func (v *vocabulary) encode(ids []int32, word string) []int32 {
	symbols := make([]int32, len(word))
	for i := range len(word) {
		symbols[i] = v.bytes[word[i]]
	}
	symbols[len(symbols)-1] += 256 // a word's last byte has an id of its own
	for len(symbols) > 1 {
		best, id := pair{}, int32(-1)
		for i := range len(symbols) - 1 {
			p := pair{symbols[i], symbols[i+1]}
			if m, ok := v.merged[p]; ok && (id < 0 || m < id) {
				best, id = p, m
			}
		}
		if id < 0 {
			break
		}
		symbols = mergeAll(symbols, best, id)
	}
	return append(ids, symbols...)
}

func mergeAll(symbols []int32, p pair, id int32) []int32 {
	out := symbols[:0]
	for i := 0; i < len(symbols); i++ {
		if i+1 < len(symbols) && symbols[i] == p.left && symbols[i+1] == p.right {
			out = append(out, id)
			i++
			continue
		}
		out = append(out, symbols[i])
	}
	return out
}
