package pipeline

import (
	"errors"
	"net/url"
	"strings"
)

// leastSecret is the least length of what is taken out of texts wherever it stands: shorter words are in too many others.
const leastSecret = 4

// secrets takes what an address says about its user out of GStreamer's words, which go to the log and, as a stream's error, to all who
// watch.
type secrets struct{ words *strings.Replacer }

// secrets are those of the source's address; sources without a user have none.
func (s Source) secrets() secrets {
	if s.Kind != KindRTSP && s.Kind != KindURL {
		return secrets{strings.NewReplacer()}
	}
	return secretsOf(s.URI)
}

// secretsOf knows user name, password and query of an address. One that cannot be read is a secret altogether.
func secretsOf(uri string) secrets {
	u, err := url.Parse(uri)
	if err != nil {
		return secrets{strings.NewReplacer(uri, "…")}
	}
	var pairs []string
	if u.User != nil {
		_, after, _ := strings.Cut(uri, "://")
		rest := strings.IndexAny(after+"/", "/?#")
		if at := strings.LastIndex(after[:rest], "@"); at >= 0 {
			pairs = append(pairs, after[:at+1], "…@")
		}
		pairs = append(pairs, u.User.String()+"@", "…@")
		password, _ := u.User.Password()
		pairs = hideWord(pairs, password)
		pairs = hideWord(pairs, url.QueryEscape(password))
		_, escaped, _ := strings.Cut(u.User.String(), ":")
		pairs = hideWord(pairs, escaped)
	}
	pairs = hideWord(pairs, u.RawQuery)
	return secrets{strings.NewReplacer(pairs...)}
}

func hideWord(pairs []string, word string) []string {
	if len(word) < leastSecret {
		return pairs
	}
	return append(pairs, word, "…")
}

// hide takes the secrets out of a text.
func (s secrets) hide(text string) string { return s.words.Replace(text) }

// words are GStreamer's, whose secrets have been taken out.
type words string

// Error implements error.
func (w words) Error() string { return string(w) }

// hideError is hide for an error.
func (s secrets) hideError(err error) error { return words(s.hide(err.Error())) }

// hiddenError says an error's text without the secrets, and is what the error is.
type hiddenError struct {
	words
	of error // not to be printed
}

// Is implements what errors.Is asks for.
func (h hiddenError) Is(target error) bool { return errors.Is(h.of, target) }

// hidden is hideError for an error that somebody may want to tell from others.
func (s secrets) hidden(err error) error { return hiddenError{words(s.hide(err.Error())), err} }
