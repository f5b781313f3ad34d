package dataset

import (
	"image/jpeg"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/pipeline/eval/manifest"
)

// TestRealSet opens the small set that ships: every frame is there and can be decoded.
func TestRealSet(t *testing.T) {
	m, err := manifest.Open("../../../examples/eval-real/manifest.jsonl")
	require.NoError(t, err)
	require.Equal(t, "real", m.Header.Dataset)
	require.Len(t, m.Samples, 37)
	seen := map[string]bool{}
	for _, s := range m.Samples {
		require.Len(t, s.Media.Paths, clipFrames, s.ID)
		for _, b := range s.Boxes {
			require.True(t, 0 <= b[0] && b[0] < b[2] && b[2] <= 1000 && 0 <= b[1] && b[1] < b[3] && b[3] <= 1000, "%s: %v", s.ID, b)
		}
		for _, path := range s.Media.Paths {
			if seen[path] {
				continue
			}
			seen[path] = true
			f, err := os.Open(path)
			require.NoError(t, err)
			img, err := jpeg.Decode(f)
			require.NoError(t, err, path)
			require.NoError(t, f.Close())
			require.Equal(t, 320, img.Bounds().Dx(), path)
		}
	}
	require.Len(t, seen, 284)
}
