package element

import (
	"github.com/videogem/videogem/element/gstshim"
	"github.com/videogem/videogem/element/overlay"
)

// shown is a finding made ready for the frames of one layout: a texture to lay on them and meta to give them. A nil *shown adds
// nothing to a frame.
type shown struct {
	layout  *frameLayout
	texture *overlay.Texture   // nil: nothing is drawn
	meta    *gstshim.Analytics // nil: none
}

// close frees what Go's collector does not see.
func (s *shown) close() {
	if s != nil && s.meta != nil {
		s.meta.Close()
	}
}

// presenter makes findings ready. A texture stays valid until the second present after it.
type presenter struct {
	layout  *frameLayout
	painter *overlay.Painter
}

// present makes a finding ready under the settings of the moment; nil when there is nothing to add to the frames.
func (p *presenter) present(f *finding, s *values, l *frameLayout) (*shown, error) {
	if f == nil || l == nil || len(s.prompts) == 0 {
		return nil, nil //nolint:nilnil // nothing to show is no error
	}
	out := &shown{layout: l}
	if s.drawing != drawNone && s.opacity > 0 {
		if p.layout != l {
			p.layout, p.painter = l, overlay.NewPainter(l.layout)
		}
		out.texture = p.painter.Paint(f.heats(s), s.style())
	}
	if s.meta {
		regions, classes := f.analytics(s, l.info)
		meta, err := gstshim.NewAnalytics(regions, classes)
		if err != nil {
			return nil, err
		}
		out.meta = meta
	}
	return out, nil
}

// analytics are the finding as GstAnalytics has it: a detection with its heat mask for each prompt that is seen, and the scores of all.
// Where nobody judges, all prompts have one, whose confidence is 0: it says where, and claims nothing.
func (f *finding) analytics(s *values, info *gstshim.VideoInfo) (regions []gstshim.Region, classes []gstshim.Class) {
	for i := range f.prompts {
		p := &f.prompts[i]
		confidence := float32(max(0, p.score))
		classes = append(classes, gstshim.Class{Label: p.prompt, Confidence: confidence})
		box, ok := p.box(s.floor)
		if !ok || f.judged && !p.seen {
			continue
		}
		claim := confidence
		if !f.judged {
			claim = 0
		}
		x0, y0 := int(box.X0*float64(info.Width)), int(box.Y0*float64(info.Height))
		x1, y1 := int(box.X1*float64(info.Width)+.5), int(box.Y1*float64(info.Height)+.5)
		regions = append(regions, gstshim.Region{
			Label: p.prompt, Confidence: claim, X: x0, Y: y0, W: max(1, x1-x0), H: max(1, y1-y0),
			Mask: &gstshim.Mask{Width: p.heat.W, Height: p.heat.H, Pix: p.grey(), W: info.Width, H: info.Height},
		})
	}
	return regions, classes
}

// grey is the heat in 8 bits: 0 is cold, 255 hottest.
func (p *found) grey() []byte {
	pix := make([]byte, len(p.heat.Data))
	for i, v := range p.heat.Data {
		pix[i] = byte(v*255 + .5)
	}
	return pix
}
