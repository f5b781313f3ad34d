package dataset

import (
	"cmp"
	"crypto/sha256"
	_ "embed" // the words
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/videogem/videogem/engine/prompt"
)

// youCookCaption is what a segment of a video shows.
type youCookCaption struct {
	begin, end float64 // seconds
	text       string
}

// readYouCookCaptions gives the captions of the segments by video, in order of time. A segment without a caption is left out.
func readYouCookCaptions(segments, captions string) (map[string][]youCookCaption, error) {
	root, err := openPickle(segments)
	if err != nil {
		return nil, err
	}
	items, err := root.items()
	if err != nil {
		return nil, err
	}
	var all struct {
		Database map[string]struct {
			Annotations []struct {
				Segment  [2]float64 `json:"segment"`
				Sentence string     `json:"sentence"`
			} `json:"annotations"`
		} `json:"database"`
	}
	if err := readJSON(captions, &all); err != nil {
		return nil, err
	}
	if len(all.Database) == 0 {
		return nil, fmt.Errorf("%w: %s: it has no \"database\" of videos", ErrAnnotations, captions)
	}
	out := map[string][]youCookCaption{}
	for _, n := range items {
		fields, err := n.items()
		if err != nil {
			return nil, err
		}
		if len(fields) != 3 {
			return nil, n.wrong("video, start and end")
		}
		video, err := fields[0].text()
		if err != nil {
			return nil, err
		}
		begin, err := fields[1].number()
		if err != nil {
			return nil, err
		}
		end, err := fields[2].number()
		if err != nil {
			return nil, err
		}
		for _, a := range all.Database[video].Annotations {
			if text := strings.Join(strings.Fields(a.Sentence), " "); a.Segment == [2]float64{begin, end} && text != "" {
				out[video] = append(out[video], youCookCaption{begin, end, text})
				break
			}
		}
	}
	for _, list := range out { // a set has no order
		slices.SortFunc(list, func(a, b youCookCaption) int { return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.end, b.end)) })
	}
	return out, nil
}

// decomposer finds a caption's verbs and objects.
type decomposer func(caption string) (verbs, objects []string)

// words are the verbs and objects of a caption.
type words struct {
	Verbs   []string `json:"verbs"`
	Objects []string `json:"objects"`
}

//go:embed words/youcook.json
var taggedCaptions []byte

// ByRule as YouCookOptions.Decomposition splits captions by engine/prompt's rule.
const ByRule = "rule"

// youCookDecomposition gives what splits captions, and its name. Captions that a table lacks are split by the rule.
func youCookDecomposition(choice string) (d decomposer, how string, err error) {
	splitter, err := prompt.New()
	if err != nil {
		return nil, "", err
	}
	byRule := func(caption string) (verbs, objects []string) { return clauses(splitter, caption) }
	table := map[string]words{}
	name := func(caption string) string { return caption }
	switch choice {
	case ByRule:
		return byRule, choice, nil
	case "":
		how = "tagger"
		name = func(caption string) string {
			sum := sha256.Sum256([]byte(caption))
			return hex.EncodeToString(sum[:8])
		}
		err = json.Unmarshal(taggedCaptions, &table)
	default:
		how = "table"
		err = readJSON(choice, &table)
	}
	if err == nil && len(table) == 0 {
		err = fmt.Errorf("%w: %s holds no captions", ErrAnnotations, choice)
	}
	return func(caption string) (verbs, objects []string) {
		if w, ok := table[name(caption)]; ok {
			return distinct(w.Verbs), distinct(w.Objects)
		}
		return byRule(caption)
	}, how, err
}

// clauses splits a caption at commas and conjunctions and takes verb and object of every piece.
func clauses(s *prompt.Splitter, caption string) (verbs, objects []string) {
	var piece []string
	end := func() {
		p := s.Decompose(strings.Join(piece, " "))
		verbs, objects = append(verbs, p.Verb), append(objects, p.Object)
		piece = piece[:0]
	}
	for word := range strings.FieldsSeq(caption) {
		if slices.Contains([]string{"and", "then", "or", "while"}, strings.Trim(word, ".,;")) {
			end()
			continue
		}
		piece = append(piece, word)
		if strings.HasSuffix(word, ",") || strings.HasSuffix(word, ";") || strings.HasSuffix(word, ".") {
			end()
		}
	}
	end()
	return distinct(verbs), distinct(objects)
}

// distinct leaves out repetitions and empty texts.
func distinct(list []string) []string {
	var out []string
	for _, text := range list {
		if text = strings.TrimSpace(text); text != "" && !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}
