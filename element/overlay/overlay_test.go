package overlay

import (
	"encoding/binary"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/engine/gem"
)

// lay is the reference for what the element does with a texture: dst = dst*(keep+1)/256 + add within the spans, on wide planes
// with 65536.
func lay(t *Texture, planes [][]byte) {
	for i, p := range t.Planes {
		for y := range p.Rows {
			row, from, to := y*p.Width, int(p.Spans[2*y]), int(p.Spans[2*y+1])
			for o := row + from; o < row+to && !p.Wide; o++ {
				planes[i][o] = byte(int(planes[i][o])*(int(p.Keep[o])+1)>>8) + p.Add[o]
			}
			for o := row + from; o < row+to && p.Wide; o += 2 {
				d := int(binary.LittleEndian.Uint16(planes[i][o:]))
				d = d*(int(binary.LittleEndian.Uint16(p.Keep[o:]))+1)>>16 + int(binary.LittleEndian.Uint16(p.Add[o:]))
				binary.LittleEndian.PutUint16(planes[i][o:], uint16(d)&^63)
			}
		}
	}
}

func frame(t *Texture, value byte) [][]byte {
	var planes [][]byte
	for _, p := range t.Planes {
		b := make([]byte, p.Width*p.Rows)
		for i := range b {
			b[i] = value
		}
		planes = append(planes, b)
	}
	return planes
}

// hill is a heat map with its peak in the given patch.
func hill(h, w, py, px int) gem.Map {
	m := gem.Map{H: h, W: w, Data: make([]float32, h*w)}
	for y := range h {
		for x := range w {
			m.Data[y*w+x] = float32(math.Exp(-float64((y-py)*(y-py)+(x-px)*(x-px)) / 2))
		}
	}
	return m
}

func TestPaintCoversTheHotPlaceAlone(t *testing.T) {
	for _, format := range Formats() {
		for _, size := range [][2]int{{320, 240}, {321, 241}, {17, 9}, {1, 1}} {
			t.Run(fmt.Sprintf("%s %dx%d", format, size[0], size[1]), func(t *testing.T) {
				l, err := NewLayout(format, size[0], size[1])
				require.NoError(t, err)
				tex := NewPainter(l).Paint([]Heat{{Map: hill(8, 8, 2, 6), Color: Color{255, 0, 0}}}, Style{Opacity: .8, Floor: .5})
				got := frame(tex, 100)
				lay(tex, got)
				if size[0] < 100 {
					return // too small for a cold corner
				}
				first := tex.Planes[0]
				step := first.Width / size[0]
				hot := int(2.5/8*float64(size[1]))*first.Width + int(6.5/8*float64(size[0]))/2*2*step
				cold := (size[1]-1)*first.Width + 0
				if format == "ARGB" || format == "xRGB" {
					require.Equal(t, byte(100), got[0][hot], "the frame's own alpha stays")
					hot++
				}
				require.NotEqual(t, byte(100), got[0][hot], "the hottest place is drawn")
				for i, p := range tex.Planes {
					require.Equal(t, byte(100), got[i][(p.Rows-1)*p.Width], "plane %d: the cold corner is left alone", i)
				}
				require.Equal(t, byte(100), got[0][cold])
				if format == "RGBA" {
					require.Equal(t, byte(100), got[0][hot+3], "the frame's own alpha stays")
					require.Greater(t, got[0][hot], got[0][hot+1], "red heat is red")
				}
			})
		}
	}
}

func TestPaintOfYUVEqualsPaintOfRGB(t *testing.T) {
	const w, h = 64, 48
	for _, bt709 := range []bool{false, true} {
		for _, full := range []bool{false, true} {
			heats := []Heat{{Map: hill(8, 8, 2, 2), Color: Color{255, 90, 54}}, {Map: hill(8, 8, 5, 5), Color: Color{30, 200, 255}}}
			style := Style{Opacity: .6, Floor: .4}
			rgbLayout, err := NewLayout("RGBA", w, h)
			require.NoError(t, err)
			rgb := NewPainter(rgbLayout).Paint(heats, style)
			rgbFrame := frame(rgb, 0)
			for i := range rgbFrame[0] {
				rgbFrame[0][i] = 128
			}
			lay(rgb, rgbFrame)
			l, err := NewLayout("I420", w, h)
			require.NoError(t, err)
			l.BT709, l.FullRange = bt709, full
			yuv := NewPainter(l).Paint(heats, style)
			yuvFrame := frame(yuv, 128)
			for i := range yuvFrame[0] {
				yuvFrame[0][i] = byte(lumaOf(128, full))
			}
			lay(yuv, yuvFrame)
			for y := 0; y < h; y += 2 {
				for x := 0; x < w; x += 2 {
					r, g, b := toRGB(yuvFrame[0][y*w+x], yuvFrame[1][y/2*w/2+x/2], yuvFrame[2][y/2*w/2+x/2], bt709, full)
					o := (y*w + x) * 4
					for i, v := range []float64{r, g, b} {
						require.InDelta(t, float64(rgbFrame[0][o+i]), v, 12, "709=%v full=%v pixel %d,%d channel %d", bt709, full, x, y, i)
					}
				}
			}
		}
	}
}

func lumaOf(v float64, full bool) float64 {
	if full {
		return v
	}
	return 16 + v*219/255
}

// toRGB is the inverse matrix, written out from ITU-R BT.601-7 and BT.709-6 on its own.
func toRGB(y, u, v byte, bt709, full bool) (r, g, b float64) {
	kr, kb := .299, .114
	if bt709 {
		kr, kb = .2126, .0722
	}
	yy, cb, cr := float64(y), float64(u)-128, float64(v)-128
	if full {
		cb, cr = cb/255, cr/255
		yy /= 255
	} else {
		yy, cb, cr = (yy-16)/219, cb/224, cr/224
	}
	r = yy + 2*(1-kr)*cr
	b = yy + 2*(1-kb)*cb
	g = (yy - kr*r - kb*b) / (1 - kr - kb)
	return r * 255, g * 255, b * 255
}

func TestPaintOfTenBitsEqualsPaintOfEight(t *testing.T) {
	const w, h = 67, 45
	style := Style{Opacity: .6, Floor: .4, Kind: KindAll, Label: true}
	heats := []Heat{{Map: hill(8, 8, 2, 2), Color: Color{255, 90, 54}, Text: "ab", Box: &Box{.1, .1, .6, .6}, Point: &Point{.3, .3}}}
	narrow, err := NewLayout("NV12", w, h)
	require.NoError(t, err)
	wide, err := NewLayout("P010_10LE", w, h)
	require.NoError(t, err)
	a, b := NewPainter(narrow).Paint(heats, style), NewPainter(wide).Paint(heats, style)
	frameA, frameB := frame(a, 120), frame(b, 0)
	for _, p := range frameB {
		for o := 0; o < len(p); o += 2 {
			p[o+1] = 120 // 120*256: the same grey
		}
	}
	lay(a, frameA)
	lay(b, frameB)
	for i := range frameA {
		for o, v := range frameA[i] {
			require.InDelta(t, float64(v), float64(binary.LittleEndian.Uint16(frameB[i][2*o:]))/256, 3.5, "plane %d sample %d", i, o)
		}
	}
}

func TestPaintNothing(t *testing.T) {
	l, err := NewLayout("NV12", 33, 21)
	require.NoError(t, err)
	p := NewPainter(l)
	p.Paint([]Heat{{Map: hill(4, 4, 1, 1), Color: Color{1, 2, 3}}}, Style{Opacity: 1})
	p.Paint([]Heat{{Map: hill(4, 4, 1, 1), Color: Color{1, 2, 3}}}, Style{Opacity: 1})
	tex := p.Paint(nil, Style{Opacity: 1}) // reuses the first texture: nothing of it may stay
	got := frame(tex, 77)
	lay(tex, got)
	for i := range got {
		for _, v := range got[i] {
			require.Equal(t, byte(77), v)
		}
	}
}

func TestPaintAlternatesTextures(t *testing.T) {
	l, err := NewLayout("RGBA", 16, 16)
	require.NoError(t, err)
	p := NewPainter(l)
	a, b := p.Paint(nil, Style{}), p.Paint(nil, Style{})
	require.NotSame(t, a, b)
	require.Same(t, a, p.Paint(nil, Style{}))
}

func TestPaintNeverWrapsAround(t *testing.T) {
	l, err := NewLayout("RGBA", 40, 40)
	require.NoError(t, err)
	tex := NewPainter(l).Paint([]Heat{{Map: hill(8, 8, 4, 4), Color: Color{255, 255, 255}}}, Style{Opacity: 1})
	for i, add := range tex.Planes[0].Add {
		require.LessOrEqual(t, int(add)+int(tex.Planes[0].Keep[i]), 255)
	}
	l, err = NewLayout("P010_10LE", 40, 40)
	require.NoError(t, err)
	l.FullRange = true
	p := NewPainter(l).Paint([]Heat{{Map: hill(8, 8, 4, 4), Color: Color{255, 255, 255}}}, Style{Opacity: 1}).Planes[0]
	for o := 0; o < len(p.Add); o += 2 {
		require.LessOrEqual(t, int(binary.LittleEndian.Uint16(p.Add[o:]))+int(binary.LittleEndian.Uint16(p.Keep[o:])), 65535)
	}
}

func TestUnknownFormat(t *testing.T) {
	_, err := NewLayout("Y42B", 8, 8)
	require.ErrorIs(t, err, ErrFormat)
	require.ErrorContains(t, err, "Y42B")
}

func TestPromptColors(t *testing.T) {
	require.Equal(t, "#ff5a36", PromptColor(0).String())
	require.Equal(t, PromptColor(0), PromptColor(8))
	require.NotEqual(t, PromptColor(0), PromptColor(1))
}

// BenchmarkPaint is what an inference costs in painting: three prompts at 1080p, heat alone and all there is.
func BenchmarkPaint(b *testing.B) {
	for _, format := range []string{"I420", "NV12", "RGBA", "P010_10LE"} {
		for name, s := range map[string]Style{
			"heat": {Opacity: .6, Floor: .5},
			"all":  {Opacity: .6, Floor: .5, Kind: KindAll, Label: true},
			"full": {Opacity: .6, Floor: -1}, // heat on the whole frame
		} {
			b.Run(format+" "+name, func(b *testing.B) {
				l, err := NewLayout(format, 1920, 1080)
				require.NoError(b, err)
				p := NewPainter(l)
				for b.Loop() {
					p.Paint(acts(), s)
				}
			})
		}
	}
}
