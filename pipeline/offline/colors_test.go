package offline

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/engine/imaging"
)

// seen is the mean colour of a square of 16 pixels around a place.
func seen(p imaging.RGB, x, y int) (mean [3]float64) {
	for dy := -8; dy < 8; dy++ {
		for dx := -8; dx < 8; dx++ {
			for k := range 3 {
				mean[k] += float64(p.Pix[((y+dy)*p.W+x+dx)*3+k]) / 256
			}
		}
	}
	return mean
}

// TestColorsOfWrittenFilms: what is written has the colours of what was read, whatever the ending, the matrix, the range and the size; HDR
// that of an ordinary screen.
func TestColorsOfWrittenFilms(t *testing.T) {
	patches := [8][3]float64{{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {255, 255, 255}, {0, 0, 0}, {64, 64, 64}, {200, 150, 120}, {20, 80, 30}}
	// Colours at up to 90 cd/m2 where white is 203, and greys of 1000, 0, 50 and 203 by ITU-R BT.2390.
	hdr := [8][3]float64{{142, 43, 43}, {43, 142, 43}, {43, 43, 142}, {255, 255, 255}, {0, 0, 0}, {142, 142, 142}, {230, 230, 230}, {142, 107, 85}}
	for _, c := range [][2]string{{"709-limited-720", ".webm"}, {"709-limited-720", ".mp4"}, {"709-full-360", ".mkv"}, {"601-full-720", ".mp4"}, {"601-limited-360", ".webm"},
		{"pq-360", ".webm"}, {"hlg-360", ".mp4"}} {
		t.Run(c[0]+c[1], func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "out"+c[1])
			_, err := film(t.Context(), Options{Input: "../testdata/colors/" + c[0] + ".mp4", Out: out}, []timedHeat{{}}, nil) // no heat
			require.NoError(t, err)
			frames := readFilm(t, out)
			require.Len(t, frames, 10)
			want := patches
			if strings.HasPrefix(c[0], "pq") || strings.HasPrefix(c[0], "hlg") {
				want = hdr
			}
			for _, f := range []int{0, 9} {
				p := frames[f].Picture
				for i, want := range want {
					got := seen(p, (2*i+1)*p.W/16, p.H*3/4)
					for k := range 3 {
						require.InDelta(t, want[k], got[k], 4, "frame %d, patch %v: %.1f", f, want, got)
					}
				}
			}
		})
	}
}
