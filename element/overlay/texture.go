package overlay

import "github.com/videogem/videogem/element/gstshim"

// Plane is one plane of a texture: dst = dst*(Keep+1)/256 + Add for each byte in Spans, or, when it is wide, the same on 16-bit
// little-endian samples with 65536 for 256.
type Plane struct {
	Width int     // bytes a row
	Rows  int     // rows
	Wide  bool    // samples of 16 bits
	Add   []byte  // Rows*Width
	Keep  []byte  // Rows*Width
	Spans []int32 // for each row the half-open byte range that carries something
}

// Texture is a painted overlay in a frame's layout. It is not changed once painted.
type Texture struct {
	Layout Layout
	Planes []Plane
}

// newTexture allocates an empty texture: laying it on changes nothing.
func newTexture(l Layout) *Texture {
	t := &Texture{Layout: l}
	for _, p := range l.planes {
		w, h := l.size(p)
		plane := Plane{Width: w, Rows: h, Wide: p.wide, Add: make([]byte, w*h), Keep: make([]byte, w*h), Spans: make([]int32, 2*h)}
		for i := range plane.Keep {
			plane.Keep[i] = 255 // bytes that no component names are never painted
		}
		t.Planes = append(t.Planes, plane)
	}
	return t
}

// Lay lays the texture on a frame that is mapped for writing and has the texture's layout.
func (t *Texture) Lay(f *gstshim.Frame) {
	for i := range t.Planes {
		p := &t.Planes[i]
		blend := gstshim.Blend
		if p.Wide {
			blend = gstshim.BlendWide
		}
		blend(f.Plane(i, p.Rows), f.Stride(i), p.Add, p.Keep, p.Width, p.Spans)
	}
}
