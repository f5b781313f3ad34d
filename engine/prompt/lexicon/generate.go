//go:build ignore

// Command generate makes words.gz from a WordNet 3.0 dict folder (Debian: wordnet-base, /usr/share/wordnet):
//
//	go run generate.go /usr/share/wordnet words.gz
//
// One line a word: the word, then for verb, noun, adjective and adverb how often WordNet's tagged texts use it so, as one letter each:
// '-' never listed, '0' listed but never seen, then 'a' for once, 'b' for 2-3, 'c' for 4-7 and so on by powers of two.
// Only single words that are a verb, adjective or adverb are kept. A line "=form lemma" is an irregular verb form.
package main

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"log"
	"math/bits"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: go run generate.go DICT OUT")
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		log.Fatal(err)
	}
}

const parts = "vnar"

func run(dict, out string) error {
	words := map[string]*[len(parts)]int{} // -1: not listed
	for i, name := range []string{"verb", "noun", "adj", "adv"} {
		err := eachLine(filepath.Join(dict, "index."+name), func(fields []string) {
			if words[fields[0]] == nil {
				words[fields[0]] = &[len(parts)]int{-1, -1, -1, -1}
			}
			words[fields[0]][i] = 0
		})
		if err != nil {
			return err
		}
	}
	err := eachLine(filepath.Join(dict, "cntlist.rev"), func(fields []string) {
		word, key, _ := strings.Cut(fields[0], "%")
		count, err := strconv.Atoi(fields[2])
		if i := strings.IndexByte("2134", key[0]); err == nil && words[word] != nil {
			if key[0] == '5' { // an adjective that goes with another
				i = 2
			}
			words[word][i] += count
		}
	})
	if err != nil {
		return err
	}
	var lines []string
	for word, counts := range words {
		if strings.ContainsAny(word, "_.0123456789") || len(word) < 2 || counts[0] < 0 && counts[2] < 0 && counts[3] < 0 {
			continue
		}
		letters := ""
		for _, n := range counts {
			letters += letter(n)
		}
		lines = append(lines, word+" "+letters)
	}
	err = eachLine(filepath.Join(dict, "verb.exc"), func(fields []string) {
		if !strings.Contains(fields[0]+fields[1], "_") {
			lines = append(lines, "="+fields[0]+" "+fields[1])
		}
	})
	if err != nil {
		return err
	}
	slices.Sort(lines)
	return write(out, strings.Join(lines, "\n")+"\n")
}

func letter(n int) string {
	switch {
	case n < 0:
		return "-"
	case n == 0:
		return "0"
	default:
		return string(rune('a' + bits.Len(uint(n)) - 1))
	}
}

func eachLine(path string, visit func(fields []string)) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		if !strings.HasPrefix(s.Text(), "  ") { // the licence at the top
			visit(strings.Fields(s.Text()))
		}
	}
	return s.Err()
}

func write(path, text string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w, err := gzip.NewWriterLevel(f, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprint(w, text); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return f.Close()
}
