package engine_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/engine"
)

// TestDoubts: what the demo model cannot read is said, and of what it knows nothing is said.
func TestDoubts(t *testing.T) {
	e := open(t, engine.Options{})
	for _, known := range e.Spec().Known {
		require.Empty(t, e.Doubts(known))
	}
	for prompt, want := range map[string][]string{
		"a dog catching a frisbee":                {"the model does not know: dog, catching, frisbee"},
		"A Person WAVING!":                        nil,
		"人が箱を運んでいる":                               {"the model reads English, and this does not look like it", "the model does not know: 人が箱を運んでいる"},
		"ein Mann winkt":                          {"the model reads English, and this does not look like it", "the model does not know: ein, mann, winkt"},
		"🔥":                                       {`it has no words: say what to look for in plain English, such as "a person waving"`},
		strings.Repeat("a person waving ", 30):    {"longer than the model reads: its end is ignored"},
		"one two three four five six seven eight": {"the model does not know: one, two, three, four, five and 3 more"},
	} {
		require.Equal(t, want, e.Doubts(prompt), prompt)
	}
}
