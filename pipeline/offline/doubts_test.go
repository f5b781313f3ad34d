package offline

import (
	"bytes"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWarn(t *testing.T) {
	var log bytes.Buffer
	a := asked{texts: []string{"a dog", "a person", "a dog", "a verb"}, kinds: []string{kindPrompt, kindPrompt, kindPrompt, kindVerb}}
	doubts := func(p string) []string {
		if p == "a person" {
			return nil
		}
		return []string{"the model does not know: dog"}
	}
	a.warn(doubts, slog.New(slog.NewTextHandler(&log, nil)))
	require.Equal(t, 2, bytes.Count(log.Bytes(), []byte("WARN")), "one of the dog, one of the second dog, none of the rest: %s", &log)
	require.Contains(t, log.String(), `because="the model does not know: dog"`)
	require.Contains(t, log.String(), "given twice")
	a.warn(doubts, nil)
}
