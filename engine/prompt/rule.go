package prompt

import "strings"

// findVerb gives the index of the phrase's verb, or -1.
func (s *Splitter) findVerb(words []word) int {
	first := 0
	for first < len(words) && (words[first].low == "to" || words[first].isAdverb()) {
		first++
	}
	if first == len(words) {
		return -1
	}
	if at := afterStarter(words, first); at >= 0 {
		return at
	}
	w := words[first]
	subject := finite(words, first+1)
	if canLead(words, first) && (subject < 0 || !isSubject(words, first, subject)) {
		return first
	}
	if w.kind == content && w.form == third && subject < 0 {
		return first // "rides a horse"
	}
	return subject
}

// canLead says whether a phrase's first word can be its verb. A participle that is also an adjective ("melted chocolate") only is
// before an article.
func canLead(words []word, at int) bool {
	w := words[at]
	switch {
	case w.kind == starter:
		return true
	case w.kind != content:
		return false
	case w.form == past && w.isListed:
		return at+1 < len(words) && (words[at+1].kind == determiner || words[at+1].kind == pronoun)
	default:
		return w.form == base || w.form == gerund || w.form == past
	}
}

// afterStarter finds the verb in "keep walking" and "start to cut".
func afterStarter(words []word, at int) int {
	if words[at].kind != starter {
		return -1
	}
	next := at + 1
	if next < len(words) && words[next].low == "to" {
		next++
	}
	if next < len(words) && words[next].kind == content && (words[next].form == gerund || next > at+1 && words[next].form == base) {
		return next
	}
	return -1
}

// finite finds the verb that follows a subject: a gerund, else "opens", else "opened". In "the man who wears a hat opens the
// door" that is opens.
func finite(words []word, from int) int {
	for _, wanted := range []form{gerund, third, past} {
		clause, found := -1, -1
		for i := from; i < len(words); i++ {
			w := words[i]
			if w.kind == joiner && w.low == "" { // a comma
				continue
			}
			if w.kind != content && w.kind != starter || w.form != wanted || wanted == third && w.isNominal() || afterDeterminer(words, i) {
				continue
			}
			if i > 0 && words[i-1].kind == relative {
				clause = i
				continue
			}
			found = i
			break
		}
		switch {
		case found >= 0:
			if at := afterStarter(words, found); at >= 0 {
				return at
			}
			return found
		case clause >= 0:
			return clause
		}
	}
	return -1
}

// afterDeterminer is true for "melted" in "the melted chocolate": a participle that belongs to a noun behind it.
func afterDeterminer(words []word, i int) bool {
	return i > 0 && words[i-1].kind == determiner && i+1 < len(words) && words[i+1].kind == content && words[i+1].form != gerund
}

// isSubject decides whether a word that could be the verb, like "dog" or "cook", is rather the one who does what verb says: "dog
// running", "cook stirring the soup".
func isSubject(words []word, at, verb int) bool {
	w, v := words[at], words[verb]
	if w.kind != content || w.form != base || v.form == past {
		return false
	}
	takesObject := v.form == gerund && verb+1 < len(words) && words[verb+1].kind == determiner
	return w.isNominal() || takesObject && w.usage.noun >= 0 && verb == at+1
}

// isNominal says that a word is far more usual as a noun than as a verb (twice in each step of the scale).
func (w word) isNominal() bool { return w.usage.noun >= w.usage.verb+2 }

func (w word) isAdverb() bool {
	return w.kind == content && (w.form == noVerb || w.form == base && w.usage.verb < w.usage.adverb) && w.usage.adverb >= 0 &&
		(strings.HasSuffix(w.low, "ly") || w.usage.adverb > w.usage.noun && w.usage.adverb > w.usage.adjective)
}

// findObject gives the first noun phrase from index at on, without what stands before its first adjective or noun.
func (s *Splitter) findObject(words []word, at int) string {
	var phrase []word
	for i := at; i < len(words); i++ {
		w := words[i]
		if w.kind == content && !w.isAdverb() && !isNumber(w.low) {
			if len(phrase) == 0 && i > at && words[i-1].kind == joiner && (w.form == base || w.form == gerund) {
				continue // "chop and mix the tomatoes"
			}
			phrase = append(phrase, w)
			continue
		}
		if object := nounPhrase(phrase); object != "" || w.kind == relative {
			return object
		}
		phrase = nil
	}
	return nounPhrase(phrase)
}

// nounPhrase joins the words up to the last that can be a noun.
func nounPhrase(words []word) string {
	for len(words) > 0 && !words[len(words)-1].canBeNoun() {
		words = words[:len(words)-1]
	}
	texts := make([]string, len(words))
	for i, w := range words {
		texts[i] = w.text
	}
	return strings.Join(texts, " ")
}

// canBeNoun is false for words that are adjectives or adverbs first: "happy", "fast".
func (w word) canBeNoun() bool {
	u := w.usage
	if w.form == third || w.form == gerund {
		return true
	}
	return u.noun >= 0 && u.noun+1 >= max(u.adjective, u.adverb)
}

func isNumber(low string) bool { return strings.Trim(low, "0123456789.,") == "" }
