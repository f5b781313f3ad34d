package media

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTracks(t *testing.T) {
	tracks, err := Tracks(t.Context(), "../../offline/testdata/av.mp4")
	require.NoError(t, err)
	require.ElementsMatch(t, []Track{{Media: "video/x-h264"}, {Media: "audio/mpeg", Version: 4}}, tracks)
}
