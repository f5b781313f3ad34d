package engine_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/engine"
)

// wrapped copies a safetensors file with a prefix before all names.
func wrapped(t *testing.T, path, prefix string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	end := 8 + binary.LittleEndian.Uint64(data)
	var header, renamed map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(data[8:end], &header))
	renamed = map[string]json.RawMessage{}
	for name, entry := range header {
		renamed[prefix+name] = entry
	}
	text, err := json.Marshal(renamed)
	require.NoError(t, err)
	out := append(binary.LittleEndian.AppendUint64(nil, uint64(len(text))), text...)
	copied := filepath.Join(t.TempDir(), "wrapped.safetensors")
	require.NoError(t, os.WriteFile(copied, append(out, data[end:]...), 0o600))
	return copied
}

// TestAWrappedModelAnswersAlike: what stands before the names of the tensors changes no number.
func TestAWrappedModelAnswersAlike(t *testing.T) {
	plain := small(t)
	o := engine.Options{Model: plain, Cache: t.TempDir()}
	want := answer(t, o)
	for _, prefix := range []string{"module.", "clip_model.", "model._orig_mod.module."} {
		o.Model = wrapped(t, plain, prefix)
		require.Equal(t, want, answer(t, o), prefix)
	}
}

// TestWhatWasAssumedIsLogged: the small model is a bare file of no published size.
func TestWhatWasAssumedIsLogged(t *testing.T) {
	var log bytes.Buffer
	path := small(t)
	o := engine.Options{Model: path, Cache: t.TempDir(), Logger: slog.New(slog.NewTextHandler(&log, nil))}
	e := open(t, o)
	require.Len(t, e.Spec().Assumed, 1)
	for _, s := range []string{"level=WARN", "vision_heads, text_heads, activation", "assumed 2, 1, quick_gelu", filepath.Join(filepath.Dir(path), "model.json")} {
		require.Contains(t, log.String(), s)
	}
	require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(path), "model.json"), []byte(`{"vision_heads": 2, "text_heads": 1, "activation": "quick_gelu"}`), 0o600))
	log.Reset()
	require.Empty(t, open(t, o).Spec().Assumed)
	require.Equal(t, 0, strings.Count(log.String(), "assumed"), log.String())
}
