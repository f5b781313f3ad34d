package engine

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/engine/backend"
	"github.com/videogem/videogem/engine/prompt"
	"github.com/videogem/videogem/engine/tokenizer"
)

var errHiccup = errors.New("no memory at the moment")

// hiccup is a text tower that fails as often as it is told to, and otherwise answers with a text's number of ids.
type hiccup struct {
	mu    sync.Mutex
	fails int
	ran   []int // texts of each run that went well
}

func (h *hiccup) Run(in ...backend.Tensor) ([]backend.Tensor, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.fails > 0 {
		h.fails--
		return nil, errHiccup
	}
	h.ran = append(h.ran, in[0].Shape[0])
	return []backend.Tensor{{Shape: []int{in[0].Shape[0], 1}, Data: make([]float32, in[0].Shape[0])}}, nil
}

func (h *hiccup) Close() error { return nil }

func hiccupTower(t *testing.T, h *hiccup, log *slog.Logger) *textTower {
	t.Helper()
	tok, err := tokenizer.New()
	require.NoError(t, err)
	return &textTower{tokenizer: tok, session: h, context: 8, embed: 1, log: log, known: map[string]*embedded{}}
}

// TestAFailedTextIsTriedAgain: a hiccup of the text tower costs the inference at hand, and no prompt its life.
func TestAFailedTextIsTriedAgain(t *testing.T) {
	h := &hiccup{fails: 2}
	tower := hiccupTower(t, h, slog.New(slog.DiscardHandler))
	texts := []string{"a person waving", "a person running"}
	for range 2 {
		_, err := tower.lookUp(t.Context(), texts)
		require.ErrorIs(t, err, errHiccup)
	}
	for range 3 {
		found, err := tower.lookUp(t.Context(), texts)
		require.NoError(t, err)
		require.Len(t, found, 2)
		require.Len(t, found[0].vector, 1)
	}
	require.Equal(t, []int{2}, h.ran, "what went well is remembered")
	require.Equal(t, uint64(2), tower.runs.Load())
}

// TestAFailedTextFailsOnlyThoseWhoWaited: others that share no text with it go on.
func TestAFailedTextFailsOnlyThoseWhoWaited(t *testing.T) {
	tower := hiccupTower(t, &hiccup{}, slog.New(slog.DiscardHandler))
	_, err := tower.lookUp(t.Context(), []string{"a"})
	require.NoError(t, err)
	tower.session = &hiccup{fails: 1}
	_, err = tower.lookUp(t.Context(), []string{"a", "b"})
	require.ErrorIs(t, err, errHiccup)
	_, err = tower.lookUp(t.Context(), []string{"a"})
	require.NoError(t, err)
	_, err = tower.lookUp(t.Context(), []string{"b"})
	require.NoError(t, err)
}

// TestALongPromptIsLoggedOnce: whoever reads the log learns which prompt was cut, and is not told at every inference.
func TestALongPromptIsLoggedOnce(t *testing.T) {
	var log bytes.Buffer
	tower := hiccupTower(t, &hiccup{fails: 1}, slog.New(slog.NewTextHandler(&log, nil)))
	long := "a person " + strings.Repeat("very ", 20) + "waving"
	_, err := tower.lookUp(t.Context(), []string{long})
	require.ErrorIs(t, err, errHiccup)
	require.Empty(t, log.String())
	for range 3 {
		found, err := tower.lookUp(t.Context(), []string{long, "a person waving"})
		require.NoError(t, err)
		require.True(t, found[0].truncated)
		require.False(t, found[1].truncated)
	}
	require.Equal(t, 1, strings.Count(log.String(), "longer than the model reads"), log.String())
	require.Contains(t, log.String(), long)
}

// TestPromptsThatAreNone: they are refused before any tower runs.
func TestPromptsThatAreNone(t *testing.T) {
	f := &fakeTower{}
	e := fake(t, f, Options{})
	most := strings.Repeat("é", prompt.MaxBytes/2)
	for text, want := range map[string]error{"": ErrEmptyPrompt, " \t": ErrEmptyPrompt, most + "e": ErrLongPrompt} {
		_, err := e.Ground(t.Context(), dot(1, "a", text))
		require.ErrorIs(t, err, want)
		require.ErrorContains(t, err, "number 2")
		_, err = e.Embed(context.Background(), []string{text})
		require.ErrorIs(t, err, want)
	}
	require.Empty(t, f.seen())
	require.NoError(t, checkPrompts([]string{most}))
}
