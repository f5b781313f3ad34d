package democam

// Box is a rectangle in shares of the frame: (0, 0) is the top left corner, (1, 1) the bottom right one. The zero Box
// is no box.
type Box struct{ X0, Y0, X1, Y1 float64 }

// Empty says that the box has no area.
func (b Box) Empty() bool { return b.X1 <= b.X0 || b.Y1 <= b.Y0 }

// Contains says whether a point lies in the box.
func (b Box) Contains(x, y float64) bool {
	return x >= b.X0 && x <= b.X1 && y >= b.Y0 && y <= b.Y1
}

// Union returns the least box around both.
func (b Box) Union(o Box) Box {
	return Box{min(b.X0, o.X0), min(b.Y0, o.Y0), max(b.X1, o.X1), max(b.Y1, o.Y1)}
}

// withObject joins a person's box with its object's, unless the object has flown off: more than 0.3 body heights away.
func (b Box) withObject(object Box) Box {
	if object.X1 <= object.X0 {
		return b
	}
	height := max(b.Y1-b.Y0, .1)
	gapX := max(object.X0-b.X1, b.X0-object.X1, 0)
	gapY := max(object.Y0-b.Y1, b.Y0-object.Y1, 0)
	if max(gapX, gapY) >= .3*height {
		return b
	}
	return b.Union(object)
}

// inFrame converts bounds to the part of them in a frame of the given aspect.
func (b bounds) inFrame(aspect float64) Box {
	share := func(v float64) float64 { return max(0, min(1, v)) }
	return Box{share(b.x0 / aspect), share(b.y0), share(b.x1 / aspect), share(b.y1)}
}

// visible returns the share of the bounds' area in a frame of the given aspect.
func (b bounds) visible(aspect float64) float64 {
	area := (b.x1 - b.x0) * (b.y1 - b.y0)
	if !(area > 0) {
		return 0
	}
	w, h := min(b.x1, aspect)-max(b.x0, 0), min(b.y1, 1)-max(b.y0, 0)
	return max(w, 0) * max(h, 0) / area
}
