package animation

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"io"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const side = 8

// pixels are colours at the upper left and lower right pixel of each frame.
type pixels [2]color.RGBA

var (
	red   = color.RGBA{255, 0, 0, 255}
	green = color.RGBA{0, 255, 0, 255}
	none  = color.RGBA{}
)

// smallGIF has a red canvas, a green corner that is taken away by disposal, and a green corner again.
func smallGIF(t testing.TB, disposal byte) []byte {
	t.Helper()
	palette := color.Palette{color.RGBA{}, red, green}
	paint := func(r image.Rectangle, c uint8) *image.Paletted {
		p := image.NewPaletted(r, palette)
		for i := range p.Pix {
			p.Pix[i] = c
		}
		return p
	}
	whole, corner := image.Rect(0, 0, side, side), image.Rect(side-2, side-2, side, side)
	var b bytes.Buffer
	require.NoError(t, gif.EncodeAll(&b, &gif.GIF{
		Image: []*image.Paletted{paint(whole, 1), paint(corner, 2), paint(image.Rect(0, 0, 1, 1), 2)},
		Delay: []int{7, 0, 30}, Disposal: []byte{gif.DisposalNone, disposal, gif.DisposalNone},
		Config: image.Config{ColorModel: palette, Width: side, Height: side},
	}))
	return b.Bytes()
}

// smallPNG is the same as an APNG.
func smallPNG(t testing.TB, disposal byte) []byte {
	t.Helper()
	chunks := func(r image.Rectangle, c color.RGBA) (header, data []byte) {
		img := image.NewRGBA(r)
		for i := 0; i < len(img.Pix); i += 4 {
			copy(img.Pix[i:], []byte{c.R, c.G, c.B, c.A})
		}
		var b bytes.Buffer
		require.NoError(t, png.Encode(&b, img))
		n := binary.BigEndian.Uint32(b.Bytes()[33:])
		return b.Bytes()[16:29], b.Bytes()[41 : 41+n]
	}
	control := func(seq uint32, r image.Rectangle, num, den uint16, dispose byte) []byte {
		b := binary.BigEndian.AppendUint32(nil, seq)
		for _, v := range []int{r.Dx(), r.Dy(), r.Min.X, r.Min.Y} {
			b = binary.BigEndian.AppendUint32(b, uint32(v))
		}
		b = binary.BigEndian.AppendUint16(b, num)
		return append(binary.BigEndian.AppendUint16(b, den), dispose, 0)
	}
	out := []byte(pngSignature)
	for i, f := range []struct {
		r        image.Rectangle
		c        color.RGBA
		num, den uint16
		dispose  byte
	}{
		{image.Rect(0, 0, side, side), red, 7, 100, 0},
		{image.Rect(side-2, side-2, side, side), green, 0, 0, disposal},
		{image.Rect(0, 0, 1, 1), green, 3, 10, 0},
	} {
		header, data := chunks(f.r, f.c)
		if i == 0 {
			out = append(append(out, pngChunk("IHDR", header)...), pngChunk("acTL", []byte{0, 0, 0, 3, 0, 0, 0, 0})...)
			out = append(append(out, pngChunk("fcTL", control(0, f.r, f.num, f.den, f.dispose))...), pngChunk("IDAT", data)...)
			continue
		}
		seq := uint32(2*i - 1)
		out = append(out, pngChunk("fcTL", control(seq, f.r, f.num, f.den, f.dispose))...)
		out = append(out, pngChunk("fdAT", append(binary.BigEndian.AppendUint32(nil, seq+1), data...))...)
	}
	return append(out, pngChunk("IEND", nil)...)
}

func TestComposing(t *testing.T) {
	for name, ca := range map[string]struct {
		data []byte
		last color.RGBA // lower right, after the disposal
	}{
		"gif, kept":      {smallGIF(t, gif.DisposalNone), green},
		"gif, cleared":   {smallGIF(t, gif.DisposalBackground), none},
		"gif, restored":  {smallGIF(t, gif.DisposalPrevious), red},
		"apng, kept":     {smallPNG(t, 0), green},
		"apng, cleared":  {smallPNG(t, 1), none},
		"apng, restored": {smallPNG(t, 2), red},
	} {
		t.Run(name, func(t *testing.T) {
			a, err := Parse(ca.data)
			require.NoError(t, err)
			for range 2 {
				var got []pixels
				var times []time.Duration
				for {
					f, err := a.Next()
					if errors.Is(err, io.EOF) {
						break
					}
					require.NoError(t, err)
					c := f.Canvas
					got = append(got, pixels{c.RGBAAt(0, 0), c.RGBAAt(side-1, side-1)})
					times = append(times, f.Time)
				}
				require.Equal(t, []pixels{{red, red}, {red, green}, {green, ca.last}}, got)
				require.Equal(t, []time.Duration{0, 70 * time.Millisecond, 170 * time.Millisecond}, times, "0 is 100 ms, as in browsers")
				a.Rewind()
			}
		})
	}
}

func TestStillsAreNotAnimated(t *testing.T) {
	var still bytes.Buffer
	require.NoError(t, png.Encode(&still, image.NewRGBA(image.Rect(0, 0, 2, 2))))
	for name, data := range map[string][]byte{"png": still.Bytes(), "text": []byte("text"), "nothing": nil} {
		_, err := Parse(data)
		require.ErrorIs(t, err, ErrStill, name)
	}
}

func TestCutOff(t *testing.T) {
	webp, err := os.ReadFile("../../offline/testdata/anim_s.webp")
	require.NoError(t, err)
	for name, data := range map[string][]byte{"gif": smallGIF(t, 0), "apng": smallPNG(t, 0), "webp": webp} {
		whole, err := Parse(data)
		require.NoError(t, err, name)
		cut, err := Parse(data[:len(data)-20])
		require.NoError(t, err, name)
		require.Less(t, cut.Len(), whole.Len(), name)
		for range cut.Len() {
			_, err := cut.Next()
			require.NoError(t, err, name)
		}
	}
}

func FuzzParse(f *testing.F) {
	for i := range 3 {
		f.Add(smallGIF(f, byte(i+1)))
		f.Add(smallPNG(f, byte(i)))
	}
	if webp, err := os.ReadFile("../../offline/testdata/anim_s.webp"); err == nil {
		f.Add(webp)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := Parse(data)
		if err != nil {
			require.True(t, errors.Is(err, ErrStill) || errors.Is(err, ErrFormat), err)
			return
		}
		if a.Width*a.Height > 1<<16 {
			return // who opens one bounds it
		}
		for range min(a.Len(), 8) {
			f, err := a.Next()
			if err != nil {
				require.ErrorIs(t, err, ErrFormat)
				return
			}
			require.Equal(t, image.Rect(0, 0, a.Width, a.Height), f.Canvas.Rect)
			require.Positive(t, f.Duration)
		}
	})
}
