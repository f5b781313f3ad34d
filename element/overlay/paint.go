package overlay

import (
	"math"

	"github.com/videogem/videogem/engine/gem"
)

// Heat is one prompt's normalised heat map (0..1) and how to draw it.
type Heat struct {
	Map   gem.Map
	Color Color
}

// Style is what all prompts share.
type Style struct {
	Opacity float64 // alpha of the hottest place, 0..1
	Floor   float64 // heat below this is not drawn, 0..1
}

// texel is the size in pixels of a coarse texel: heat maps are a few dozen patches wide, so an eighth of the frame's
// resolution, interpolated, is finer than anything they hold.
const texel = 8

// Painter turns heat maps into textures of one layout. It keeps two textures and paints the one that was not painted
// last, so the caller may go on laying on the previous one while a new one is made. Not safe for concurrent use.
type Painter struct {
	layout   Layout
	cols     int // coarse texels across
	rows     int // coarse texels down
	alpha    []float32
	shares   []float32              // sum of the prompts' weights
	channels [numChannels][]float32 // premultiplied, 0..255
	samples  [2][]colSample         // for full and half horizontal resolution
	textures [2]*Texture
	next     int
}

// NewPainter makes a painter for a layout.
func NewPainter(l Layout) *Painter {
	p := &Painter{layout: l, cols: (l.Width + texel - 1) / texel, rows: (l.Height + texel - 1) / texel}
	p.alpha = make([]float32, p.cols*p.rows)
	p.shares = make([]float32, p.cols*p.rows)
	for i := range p.channels {
		p.channels[i] = make([]float32, p.cols*p.rows)
	}
	for shift := range p.samples {
		p.samples[shift] = colSamples(shifted(l.Width, uint(shift)), p.cols)
	}
	for i := range p.textures {
		p.textures[i] = newTexture(l)
	}
	return p
}

// Paint draws the heat maps together: where several are hot, their colours mix by how hot they are, so that none hides
// another. A texture stays valid until the second Paint after it.
func (p *Painter) Paint(heats []Heat, s Style) *Texture {
	clear(p.alpha)
	clear(p.shares)
	for i := range p.channels {
		clear(p.channels[i])
	}
	for _, h := range heats {
		p.collect(h, s)
	}
	p.mix()
	p.toYUV()
	t := p.textures[p.next]
	p.next = 1 - p.next
	for i, pl := range p.layout.planes {
		p.fill(&t.Planes[i], pl)
	}
	return t
}

// collect adds one prompt's colour to every texel, weighted by the square of its alpha: the hotter prompt prevails.
func (p *Painter) collect(h Heat, s Style) {
	m := h.Map.Resize(p.rows, p.cols)
	span := math.Max(1e-6, 1-s.Floor)
	for i, v := range m.Data {
		t := (float64(v) - s.Floor) / span
		if t <= 0 {
			continue
		}
		t = math.Min(t, 1)
		a := float32(s.Opacity * t * (2 - t)) // rises fast, flat at the top
		glow := float32(.35 * t * t * t)      // the peak shines
		p.alpha[i] = max(p.alpha[i], a)
		p.shares[i] += a * a
		for c, v := range [...]uint8{h.Color.R, h.Color.G, h.Color.B} {
			lit := float32(v) + (255-float32(v))*glow
			p.channels[chR+channel(c)][i] += lit * a * a
		}
	}
}

// mix turns the collected colours into premultiplied ones.
func (p *Painter) mix() {
	for i, share := range p.shares {
		if share == 0 {
			continue
		}
		f := p.alpha[i] / share
		for c := chR; c <= chB; c++ {
			p.channels[c][i] *= f
		}
	}
}

// toYUV derives the premultiplied Y, U and V of every texel. The matrix is linear, so it may be applied to premultiplied
// values as long as the offsets (16 and 128) are premultiplied too. Coefficients: ITU-R BT.601-7 and BT.709-6.
func (p *Painter) toYUV() {
	kr, kb := float32(.299), float32(.114)
	if p.layout.BT709 {
		kr, kb = .2126, .0722
	}
	yScale, yOffset, cScale := float32(219./255), float32(16), float32(224./255)
	if p.layout.FullRange {
		yScale, yOffset, cScale = 1, 0, 1
	}
	for i, a := range p.alpha {
		if a == 0 {
			continue
		}
		r, g, b := p.channels[chR][i], p.channels[chG][i], p.channels[chB][i]
		y := kr*r + (1-kr-kb)*g + kb*b
		p.channels[chY][i] = y*yScale + yOffset*a
		p.channels[chU][i] = (b-y)/(2*(1-kb))*cScale + 128*a
		p.channels[chV][i] = (r-y)/(2*(1-kr))*cScale + 128*a
	}
}
