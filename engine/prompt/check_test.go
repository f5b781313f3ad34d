package prompt_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/engine/prompt"
)

func TestCheck(t *testing.T) {
	for text, want := range map[string]error{
		"a": nil, strings.Repeat("a", prompt.MaxBytes): nil, strings.Repeat("é", prompt.MaxBytes/2): nil,
		"": prompt.ErrEmpty, " \n\u00a0": prompt.ErrEmpty,
		strings.Repeat("a", prompt.MaxBytes+1): prompt.ErrLong, strings.Repeat("é", prompt.MaxBytes/2+1): prompt.ErrLong, strings.Repeat("\xff", 501): prompt.ErrLong,
	} {
		err := prompt.Check(text)
		require.ErrorIs(t, err, want)
		if want != nil {
			require.True(t, utf8.ValidString(err.Error()))
			require.Less(t, len(err.Error()), 300)
			require.Contains(t, err.Error(), "such as \"a person waving\"")
		}
	}
	require.ErrorContains(t, prompt.Check(strings.Repeat("very ", 101)), "has 505 bytes, at most 500")
}
