package overlay

import (
	"image"
	"math"
	"slices"
)

// label writes the prompts' texts beside what was drawn of them, none over another: at the box's upper edge, else at the point,
// else at the hottest place, and where that is taken, at the nearest free height.
func (p *Painter) label(heats []Heat, s Style) {
	if p.writer == nil {
		w, err := newWriter(p.letterSize(), p.layout.PixelAspect)
		if err != nil {
			return // the font is part of the program: it parses, or no test has ever passed
		}
		p.writer = w
	}
	var taken []image.Rectangle
	frame := image.Rect(0, 0, p.layout.Width, p.layout.Height)
	for _, h := range heats {
		if h.Text == "" {
			continue
		}
		text := p.writer.write(h.Text, frame.Dx())
		at, ok := p.place(p.anchors(h, s, text.size()), text.size(), frame, taken)
		if !ok {
			continue
		}
		taken = append(taken, at)
		p.ink.write(text, at.Min, bright(h.Color), p.pen(h.Color, s).alpha)
	}
}

// letterSize is the letters' size in pixels: 30 on 1080 rows, never smaller than what can be read.
func (p *Painter) letterSize() float64 {
	return math.Min(math.Max(math.Min(p.ink.width()*9/16, float64(p.layout.Height))/36, 11), 64)
}

// anchors are upper left corners for a label in the order of preference.
func (p *Painter) anchors(h Heat, s Style, size image.Point) []image.Point {
	w, rows := float64(p.layout.Width), float64(p.layout.Height)
	if s.Kind&KindBox != 0 && h.Box != nil {
		x, y0, y1 := int(math.Min(h.Box.X0, h.Box.X1)*w), int(math.Min(h.Box.Y0, h.Box.Y1)*rows), int(math.Max(h.Box.Y0, h.Box.Y1)*rows)
		gap := int(math.Ceil(float64(p.lineWidth()))) + 1
		return []image.Point{{x, y0 - size.Y}, {x + gap, y0 + gap}, {x, y1}}
	}
	at, ok := h.peak()
	if !ok {
		return []image.Point{{}} // found nowhere: written in the corner
	}
	gap := 0
	if s.Kind&KindPoint != 0 && h.Point != nil {
		gap = int(p.ring() + float64(p.lineWidth())*1.5)
	}
	x, y := int(at.X*w), int(at.Y*rows)
	return []image.Point{{x - size.X/2, y + gap}, {x - size.X/2, y - gap - size.Y}, {x + gap, y - size.Y/2}, {x - gap - size.X, y - size.Y/2}}
}

// peak is the point, or the hottest place where no point is known.
func (h Heat) peak() (Point, bool) {
	if h.Point != nil {
		return *h.Point, true
	}
	x, y, ok := h.Map.Centre()
	return Point{x, y}, ok
}

// place finds where a label goes: the first anchor, moved into the frame, that is free, else the free height that is nearest to
// the first. ok is false when the frame has no room left.
func (p *Painter) place(anchors []image.Point, size image.Point, frame image.Rectangle, taken []image.Rectangle) (at image.Rectangle, ok bool) {
	for _, a := range anchors {
		if at = into(frame, a, size); free(at, taken) {
			return at, true
		}
	}
	first := into(frame, anchors[0], size)
	for move := 1; move < frame.Dy(); move++ {
		for _, d := range [...]int{move, -move} {
			at = first.Add(image.Pt(0, d))
			if at.Min.Y >= 0 && at.Max.Y <= frame.Max.Y && free(at, taken) {
				return at, true
			}
		}
	}
	return at, false
}

// into moves a rectangle into the frame, as far as it fits.
func into(frame image.Rectangle, at, size image.Point) image.Rectangle {
	x := max(0, min(at.X, frame.Max.X-size.X))
	y := max(0, min(at.Y, frame.Max.Y-size.Y))
	return image.Rectangle{image.Pt(x, y), image.Pt(x, y).Add(size)}
}

func free(r image.Rectangle, taken []image.Rectangle) bool {
	return !slices.ContainsFunc(taken, r.Overlaps)
}

// bright is a colour light enough for letters.
func bright(c Color) Color {
	light := func(v uint8) uint8 { return uint8(int(v) + (255-int(v))*45/100) }
	return Color{light(c.R), light(c.G), light(c.B)}
}

// write lays a text on the ink.
func (k *ink) write(t written, at image.Point, c Color, alpha float32) {
	k.begin()
	size := t.size()
	for y := max(0, -at.Y); y < min(size.Y, k.h-at.Y); y++ {
		for x := max(0, -at.X); x < min(size.X, k.w-at.X); x++ {
			k.dab(at.X+x, at.Y+y, shade, float32(t.edge.Pix[y*t.edge.Stride+x])/255*alpha*shadeAlpha)
			k.dab(at.X+x, at.Y+y, c, float32(t.letters.Pix[y*t.letters.Stride+x])/255*alpha)
		}
	}
}
