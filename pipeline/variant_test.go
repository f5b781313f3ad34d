package pipeline

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/element/gstshim"
	"github.com/videogem/videogem/streaming"
)

// TestVariantsBitrates: the qualities of `videogem serve --rungs` meet at half the bitrate.
func TestVariantsBitrates(t *testing.T) {
	gstshim.Init()
	variants, err := newVariants(StreamOptions{Codec: "vp8", Overlay: OverlayBoth, Rungs: true, Bitrate: 2_500_000, MinBitrate: 300_000})
	require.NoError(t, err)
	require.Len(t, variants, 4)
	for i, v := range variants {
		offered := v.offer()
		require.Equal(t, []string{streaming.OverlayNone, streaming.OverlayBurned}[i/2], offered.Overlay)
		require.Equal(t, i%2, offered.Rung)
		require.Equal(t, [][2]int{{1_250_000, 2_500_000}, {300_000, 1_250_000}}[i%2], [2]int{offered.MinBitrate, offered.MaxBitrate})
		require.NotNil(t, offered.SetBitrate)
	}
	variants, err = newVariants(StreamOptions{Codec: "vp8", Overlay: OverlayClient, Bitrate: 2_500_000, MinBitrate: 300_000})
	require.NoError(t, err)
	require.Len(t, variants, 1)
	require.Equal(t, [2]int{300_000, 2_500_000}, [2]int{variants[0].least, variants[0].most}, "with one quality it goes all the way")
	variants, err = newVariants(StreamOptions{Codec: "vp8", Overlay: OverlayClient, Rungs: true, Bitrate: 2_500_000})
	require.NoError(t, err)
	require.Nil(t, variants[0].offer().SetBitrate, "it stays")
}
