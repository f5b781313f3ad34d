package pipeline

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCheckPrompts(t *testing.T) {
	for _, c := range []struct {
		name    string
		prompts []string
		says    string // "": they are taken
	}{
		{"none", nil, ""},
		{"two", []string{"a person waving", "a person running"}, ""},
		{"as long as can be", []string{strings.Repeat("x", 500)}, ""},
		{"too long", []string{"a", strings.Repeat("x", 501)}, "has 501 bytes, at most 500"},
		{"too long in other letters", []string{strings.Repeat("ж", 251)}, "has 502 bytes"},
		{"blank", []string{" "}, "one is empty"},
		{"two in one", []string{"a; b"}, "leave the ';' out"},
		{"many", make([]string, 17), "there are 17"},
	} {
		err := CheckPrompts(c.prompts)
		if c.says == "" {
			require.NoError(t, err, c.name)
			continue
		}
		require.ErrorIs(t, err, ErrPrompts, c.name)
		require.ErrorContains(t, err, c.says, c.name)
	}
}
