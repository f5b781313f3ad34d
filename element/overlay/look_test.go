package overlay

import (
	"flag"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/engine/gem"
)

var update = flag.Bool("update", false, "write the golden pictures anew")

// scene is a picture with dark, bright, flat and busy places, as RGB.
func scene(w, h int) []byte {
	pix := make([]byte, w*h*3)
	for y := range h {
		for x := range w {
			u, v := float64(x)/float64(w), float64(y)/float64(h)
			base := 40 + 150*u*(1-.5*v)
			if (x/12+y/12)%2 == 0 && u > .45 && v > .5 {
				base += 45
			}
			if math.Hypot((u-.22)*16/9, v-.55) < .2 {
				base = 205
			}
			o := (y*w + x) * 3
			pix[o], pix[o+1], pix[o+2] = byte(base*.85), byte(base*.95), byte(base)
		}
	}
	return pix
}

// blob is heat with a peak at (x, y) in 0..1, on a grid as models have it.
func blob(x, y, size float64) gem.Map {
	m := gem.Map{H: 14, W: 14, Data: make([]float32, 14*14)}
	for r := range 14 {
		for c := range 14 {
			d := math.Hypot((float64(c)+.5)/14-x, (float64(r)+.5)/14-y)
			m.Data[r*14+c] = float32(math.Exp(-d*d/size/size/2) + .08*math.Sin(float64(r*5+c*3)))
		}
	}
	n, _ := m.Normalize()
	return n
}

// acts are three prompts; the boxes of two meet, so their labels have to give way.
func acts() []Heat {
	return []Heat{
		{Map: blob(.22, .5, .12), Color: PromptColor(0), Text: "a person waving 0.31", Box: &Box{.1, .25, .36, .8}, Point: &Point{.22, .5}},
		{Map: blob(.74, .4, .1), Color: PromptColor(1), Text: "a person kicking a ball 0.27", Box: &Box{.6, .16, .88, .66}, Point: &Point{.74, .4}},
		{Map: blob(.7, .55, .07), Color: PromptColor(2), Text: "Größe: ein Hund läuft 0.22", Box: &Box{.6, .17, .83, .75}, Point: &Point{.7, .55}},
	}
}

// look paints on the scene.
func look(t *testing.T, l Layout, heats []Heat, s Style) *image.NRGBA {
	t.Helper()
	tex := NewPainter(l).Paint(heats, s)
	planes := [][]byte{scene(l.Width, l.Height)}
	lay(tex, planes)
	out := image.NewNRGBA(image.Rect(0, 0, l.Width, l.Height))
	for i := range l.Width * l.Height {
		p := planes[0][i*3:]
		out.SetNRGBA(i%l.Width, i/l.Width, color.NRGBA{p[0], p[1], p[2], 255})
	}
	return out
}

// TestLook compares what is painted with pictures that somebody has looked at. After a change that is meant to be seen:
// go test ./element/overlay -run TestLook -update, then look at testdata.
func TestLook(t *testing.T) {
	for name, c := range map[string]struct {
		style  Style
		aspect float64
		w, h   int
	}{
		"heat":      {style: Style{Opacity: .6, Floor: .5}},
		"turbo":     {style: Style{Opacity: .7, Floor: .35, Colormap: "turbo"}},
		"magma":     {style: Style{Opacity: .8, Floor: .35, Kind: KindHeat | KindContour, Colormap: "magma"}},
		"contour":   {style: Style{Opacity: .6, Floor: .45, Kind: KindContour, Label: true}},
		"box":       {style: Style{Opacity: .6, Floor: .5, Kind: KindBox, Label: true}},
		"point":     {style: Style{Opacity: .6, Floor: .5, Kind: KindPoint, Label: true}},
		"all":       {style: Style{Opacity: .6, Floor: .5, Kind: KindAll, Label: true}},
		"anamorph":  {style: Style{Opacity: .6, Floor: .5, Kind: KindAll, Label: true}, aspect: 4. / 3, w: 360, h: 270},
		"thumbnail": {style: Style{Opacity: .6, Floor: .5, Kind: KindAll, Label: true}, w: 97, h: 55},
	} {
		t.Run(name, func(t *testing.T) {
			w, h := 480, 270
			if c.w > 0 {
				w, h = c.w, c.h
			}
			l, err := NewLayout("RGB", w, h)
			require.NoError(t, err)
			l.PixelAspect = c.aspect
			got := look(t, l, acts(), c.style)
			path := filepath.Join("testdata", "look", name+".png")
			if *update {
				require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
				f, err := os.Create(path)
				require.NoError(t, err)
				require.NoError(t, png.Encode(f, got))
				require.NoError(t, f.Close())
			}
			f, err := os.Open(path)
			require.NoError(t, err)
			defer f.Close()
			want, err := png.Decode(f)
			require.NoError(t, err)
			require.Equal(t, want.Bounds(), got.Bounds())
			requireAlike(t, want, got)
		})
	}
}

// requireAlike allows for another processor's rounding.
func requireAlike(t *testing.T, want, got image.Image) {
	t.Helper()
	r := want.Bounds()
	for y := range r.Dy() {
		for x := range r.Dx() {
			a, b := color.NRGBAModel.Convert(want.At(x, y)).(color.NRGBA), color.NRGBAModel.Convert(got.At(x, y)).(color.NRGBA)
			for i, d := range [...]int{int(a.R) - int(b.R), int(a.G) - int(b.G), int(a.B) - int(b.B)} {
				if max(d, -d) > 2 {
					require.Failf(t, "other picture", "pixel %d,%d channel %d: %v, %v", x, y, i, a, b)
				}
			}
		}
	}
}
