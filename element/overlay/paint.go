package overlay

import (
	"github.com/videogem/videogem/engine/imaging"
)

// texel is the size in pixels of a coarse texel: heat maps are a few dozen patches wide, so an eighth of the frame's
// resolution, interpolated, is finer than anything they hold.
const texel = 8

// Painter turns what is known of the prompts into textures of one layout. It keeps two textures and paints the one that was
// not painted last, so the caller may go on laying on the previous one while a new one is made. Not safe for concurrent use.
type Painter struct {
	layout   Layout
	matrix   matrix
	cols     int // coarse texels across
	rows     int // coarse texels down
	alpha    []float32
	shares   []float32              // sum of the prompts' weights
	channels [numChannels][]float32 // premultiplied, 0..255
	samples  [2][]colSample         // for full and half horizontal resolution
	lines    [2][]float32           // coarse rows between two, for fill
	ink      *ink                   // what is drawn sharp: lines and text
	writer   *writer                // nil until the first label
	colormap string                 // name of colors
	colors   *[256][3]uint8         // nil: the prompts' own colours
	textures [2]*Texture
	next     int
}

// NewPainter makes a painter for a layout.
func NewPainter(l Layout) *Painter {
	if l.PixelAspect <= 0 {
		l.PixelAspect = 1
	}
	p := &Painter{layout: l, matrix: newMatrix(l), cols: (l.Width + texel - 1) / texel, rows: (l.Height + texel - 1) / texel}
	p.alpha = make([]float32, p.cols*p.rows)
	p.shares = make([]float32, p.cols*p.rows)
	for i := range p.channels {
		p.channels[i] = make([]float32, p.cols*p.rows)
	}
	for shift := range p.samples {
		p.samples[shift] = colSamples(shifted(l.Width, uint(shift)), p.cols)
	}
	for i := range p.lines {
		p.lines[i] = make([]float32, p.cols)
	}
	for i := range p.textures {
		p.textures[i] = newTexture(l)
	}
	p.ink = newInk(l.Width, l.Height, l.PixelAspect)
	return p
}

// Paint draws the prompts together: where several are hot, their colours mix by how hot they are, so that none hides another;
// lines and labels lie above all heat, and labels beside each other. A texture stays valid until the second Paint after it.
func (p *Painter) Paint(heats []Heat, s Style) *Texture {
	if s.Kind == 0 {
		s.Kind = KindHeat
	}
	p.useColormap(s.Colormap)
	clear(p.alpha)
	clear(p.shares)
	for i := range p.channels {
		clear(p.channels[i])
	}
	p.ink.clear()
	for _, h := range heats {
		m := smooth(h.Map, p.rows, p.cols)
		if s.Kind&KindHeat != 0 {
			p.collect(m, h.Color, s)
		}
		p.draw(m, h, s)
	}
	if s.Label {
		p.label(heats, s)
	}
	p.mix()
	p.toYUV()
	t := p.textures[p.next]
	p.next = 1 - p.next
	for i, pl := range p.layout.planes {
		p.fill(&t.Planes[i], pl)
		p.ink.over(&t.Planes[i], pl, p.matrix)
	}
	return t
}

// useColormap looks a colour map up when its name has changed.
func (p *Painter) useColormap(name string) {
	if name == p.colormap {
		return
	}
	p.colormap = name
	colors, err := imaging.Colormap(name)
	if err != nil {
		colors = nil // no such map: the prompts' own colours
	}
	p.colors = colors
}
