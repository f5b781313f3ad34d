package engine_test

import (
	"image"
	"image/color"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/imaging"
	"github.com/videogem/videogem/engine/model"
)

// ramp is a picture whose red is its column and whose green is its row.
func ramp(w, h int) imaging.RGB {
	p := imaging.RGB{W: w, H: h, Pix: make([]byte, 0, w*h*3)}
	for y := range h {
		for x := range w {
			p.Pix = append(p.Pix, byte(x), byte(y), 0)
		}
	}
	return p
}

// TestFit: what the frame shows at a pixel is what the placement says lies under it, by every rule, wide and high.
func TestFit(t *testing.T) {
	for _, rule := range []model.Resize{model.BilinearStretch, model.BicubicStretch, model.BicubicCrop} {
		for _, size := range [][2]int{{200, 120}, {120, 200}, {201, 97}, {32, 32}, {33, 32}, {16, 20}} {
			s := engine.Spec{Name: "test", Frames: 3, Width: 32, Height: 32, Resize: rule}
			p := ramp(size[0], size[1])
			clip, places, err := s.Fit(p, p)
			require.NoError(t, err)
			require.Len(t, places, 3)
			require.Len(t, clip.Pix, 3*32*32*3)
			require.Equal(t, clip.Pix[32*32*3:2*32*32*3], clip.Pix[2*32*32*3:], "the last picture fills the rest")
			for _, at := range [][2]int{{4, 4}, {16, 20}, {27, 5}} { // away from the edges, where filters see less
				x, y := places[2].Source(at[0], at[1])
				pixel := clip.Pix[3*(at[1]*32+at[0]):]
				require.InDelta(t, x, int(pixel[0]), 1.01, "%s %v at %v", rule, size, at)
				require.InDelta(t, y, int(pixel[1]), 1.01, "%s %v at %v", rule, size, at)
			}
			x, y := places[0].Source(31, 31)
			require.Less(t, x, size[0])
			require.Less(t, y, size[1])
		}
	}
}

func TestFitTakesGoImages(t *testing.T) {
	s := engine.Spec{Name: "test", Frames: 1, Width: 2, Height: 2}
	m := image.NewNRGBA(image.Rect(5, 5, 7, 7))
	m.Set(5, 5, color.NRGBA{200, 100, 50, 255})
	m.Set(6, 5, color.NRGBA{200, 100, 50, 0})
	m.Set(6, 6, color.NRGBA{1, 2, 3, 255})
	clip, _, err := s.FitImages(m)
	require.NoError(t, err)
	require.Equal(t, []byte{200, 100, 50, 0, 0, 0, 0, 0, 0, 1, 2, 3}, clip.Pix)
	part := imaging.RGB{W: 4, H: 4, Pix: ramp(4, 4).Pix}.Image().SubImage(image.Rect(1, 1, 3, 3)) // its rows are longer than it is wide
	clip, _, err = s.FitImages(part)
	require.NoError(t, err)
	require.Equal(t, []byte{1, 1, 0, 2, 1, 0, 1, 2, 0, 2, 2, 0}, clip.Pix)
}

func TestFitRefuses(t *testing.T) {
	s := engine.Spec{Name: "test", Frames: 2, Width: 4, Height: 4}
	p := ramp(4, 4)
	for name, pictures := range map[string][]imaging.RGB{
		"none":      nil,
		"too many":  {p, p, p},
		"no pixels": {{W: 0, H: 4}},
		"too short": {{W: 9, H: 9, Pix: make([]byte, 9)}},
	} {
		_, _, err := s.Fit(pictures...)
		require.ErrorIs(t, err, engine.ErrClipShape, name)
	}
}
