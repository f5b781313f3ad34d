package model_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/engine/model"
)

func TestManifestErrors(t *testing.T) {
	sum := strings.Repeat("0", 64)
	for text, says := range map[string]string{
		``:                             "EOF",
		`[]`:                           "array",
		`{} {}`:                        "closing brace",
		`{"famly": "clip"}`:            `"famly"`,
		`{"family": "blip"}`:           `family is "blip"`,
		`{"resize": "crop"}`:           `resize is "crop"`,
		`{"activation": "relu"}`:       `activation is "relu"`,
		`{"frames": -1}`:               "frames is -1",
		`{"frames": 1e3}`:              "frames",
		`{"vision_heads": 9000000}`:    "vision_heads is 9000000",
		`{"image_size": [224, 0]}`:     "image_size is [224 0]",
		`{"image_size": [-1, -1]}`:     "image_size is -1",
		`{"clip_seconds": 1e9}`:        "clip_seconds is 1e+09",
		`{"live_ages": [1, 0.5]}`:      "live_ages is [1 0.5]",
		`{"live_ages": [0, 1, 0]}`:     "live_ages is [0 1 0]",
		`{"live_ages": [2, 0]}`:        "live_ages is [2 0]",
		`{"threshold": 43}`:            "threshold is 43",
		`{"std": [1, 0, 1]}`:           "std is [1 0 1]",
		`{"std": [1e99, 1, 1]}`:        "std",
		`{"gem": {"weights": "some"}}`: "gem.weights",
		`{"gem": {"scope": "all"}}`:    "gem.scope",
		`{"gem": {"depth": -3}}`:       "gem.depth is -3",
		`{"gem": {"temperature": 0}}`:  "gem.temperature is 0",
		`{"files": [{"path": "../a", "size": 1, "sha256": "` + sum + `"}]}`: `files[0]`,
		`{"files": [{"path": "a", "size": -1, "sha256": "` + sum + `"}]}`:   `files[0]`,
		`{"files": [{"path": "a", "size": 1, "sha256": "00"}]}`:             `files[0]`,
	} {
		_, err := model.ParseManifest([]byte(text))
		require.ErrorIs(t, err, model.ErrManifest, text)
		require.ErrorContains(t, err, says, text)
	}
}

func FuzzManifest(f *testing.F) {
	demo, err := os.ReadFile(filepath.Join("demo", "model.json"))
	require.NoError(f, err)
	f.Add(demo)
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := model.ParseManifest(data)
		if err != nil {
			require.ErrorIs(t, err, model.ErrManifest)
			return
		}
		require.GreaterOrEqual(t, m.ClipDuration(), time.Duration(0))
		text, err := json.Marshal(m)
		require.NoError(t, err)
		again, err := model.ParseManifest(text)
		require.NoError(t, err, "%s", text)
		if len(m.Files) == 0 {
			m.Files = nil // [] is written as nothing
		}
		require.Equal(t, m, again)
	})
}
