package overlay

// Plane is one plane of a texture: dst = dst*(Keep+1)/256 + Add for each byte in Spans.
type Plane struct {
	Width int     // bytes a row
	Rows  int     // rows
	Add   []byte  // Rows*Width
	Keep  []byte  // Rows*Width
	Spans []int32 // for each row the half-open byte range that carries heat
}

// Texture is painted heat in a frame's layout. It is not changed once painted.
type Texture struct {
	Layout Layout
	Planes []Plane
}

// newTexture allocates an empty texture: laying it on changes nothing.
func newTexture(l Layout) *Texture {
	t := &Texture{Layout: l}
	for _, p := range l.planes {
		w, h := l.size(p)
		plane := Plane{Width: w, Rows: h, Add: make([]byte, w*h), Keep: make([]byte, w*h), Spans: make([]int32, 2*h)}
		for i := range plane.Keep {
			plane.Keep[i] = 255 // bytes that no component names are never painted
		}
		t.Planes = append(t.Planes, plane)
	}
	return t
}
