package overlay

import "github.com/videogem/videogem/engine/gem"

// Kind is what is drawn of a prompt's heat; kinds add up.
type Kind uint

// The kinds.
const (
	KindHeat    Kind = 1 << iota // colour over the hot places
	KindContour                  // lines around them
	KindBox                      // the box
	KindPoint                    // a mark at the hottest point
	KindAll     = KindHeat | KindContour | KindBox | KindPoint
)

// Style is what all prompts share.
type Style struct {
	Opacity  float64 // alpha of the hottest place, 0..1; lines and labels fade with it below .6
	Floor    float64 // heat below this is not drawn, 0..1
	Kind     Kind    // 0 is KindHeat
	Colormap string  // one of engine/imaging's; any other: each prompt's own colour
	Label    bool    // write each prompt's text beside what was drawn of it
}

// Heat is what is known of one prompt and how to draw it.
type Heat struct {
	Map   gem.Map // normalised, 0..1; it may be empty
	Color Color
	Text  string // the label
	Box   *Box   // nil when there is none
	Point *Point // nil when there is none
}

// Box is a rectangle, in 0..1 of the frame.
type Box struct{ X0, Y0, X1, Y1 float64 }

// Point is a place, in 0..1 of the frame.
type Point struct{ X, Y float64 }
