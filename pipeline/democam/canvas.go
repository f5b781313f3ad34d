package democam

import "math"

// point is a place, in frame heights or person units.
type point struct{ x, y float64 }

// bounds is the rectangle around things drawn, in frame heights.
type bounds struct{ x0, y0, x1, y1 float64 }

// nothing is the bounds of nothing: any union with it is the other one.
func nothing() bounds {
	return bounds{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
}

func (b bounds) union(o bounds) bounds {
	return bounds{min(b.x0, o.x0), min(b.y0, o.y0), max(b.x1, o.x1), max(b.y1, o.y1)}
}

// canvas is a picture of float32 RGB with antialiased shapes, measured in frame heights. Without pixels (width and
// height 0) it only records what would be drawn where.
type canvas struct {
	width, height  int
	pix            []float32 // [height, width, 3]
	scaleX, scaleY float64   // pixels per frame height
	offset         point     // of the top left corner: where the camera looks
	sharpness      float64   // pixels per frame height across an edge
	drawn          bounds    // of all shapes since it was last set, as seen by the camera
}

// newCanvas returns a canvas for a frame of the given aspect (width by height as displayed; the pixels need not be
// square).
func newCanvas(width, height int, aspect float64) *canvas {
	c := &canvas{width: width, height: height, pix: make([]float32, width*height*3)}
	c.scaleX, c.scaleY = float64(width)/aspect, float64(height)
	c.sharpness = math.Sqrt(c.scaleX * c.scaleY)
	return c
}

// newRuler returns a canvas without pixels.
func newRuler() *canvas {
	return &canvas{scaleX: 1, scaleY: 1, sharpness: 1, drawn: nothing()}
}

// area is the half-open range of pixels that a shape may touch.
type area struct{ i0, j0, i1, j1 int }

// touch records a shape's bounds and returns its pixels; ok is false where none is on the canvas.
func (c *canvas) touch(x0, y0, x1, y1 float64) (a area, ok bool) {
	c.drawn = c.drawn.union(bounds{x0 - c.offset.x, y0 - c.offset.y, x1 - c.offset.x, y1 - c.offset.y})
	a = area{
		i0: max(int((x0-c.offset.x)*c.scaleX)-1, 0),
		j0: max(int((y0-c.offset.y)*c.scaleY)-1, 0),
		i1: min(int((x1-c.offset.x)*c.scaleX)+2, c.width),
		j1: min(int((y1-c.offset.y)*c.scaleY)+2, c.height),
	}
	return a, a.i0 < a.i1 && a.j0 < a.j1
}

// centerX and centerY return a pixel centre's distance from x or y.
func (c *canvas) centerX(i int, x float64) float64 { return (float64(i)+.5)/c.scaleX + c.offset.x - x }

func (c *canvas) centerY(j int, y float64) float64 { return (float64(j)+.5)/c.scaleY + c.offset.y - y }

// blend lays color k over a pixel; alpha of 1 and more covers it.
func blend(px *[3]float32, k color, alpha float64) {
	if alpha >= 1 {
		*px = k
		return
	}
	f := float32(alpha)
	px[0] += float32((k[0] - px[0]) * f)
	px[1] += float32((k[1] - px[1]) * f)
	px[2] += float32((k[2] - px[2]) * f)
}

// pixel returns pixel i of a row.
func pixel(row []float32, i int) *[3]float32 { return (*[3]float32)(row[3*i:]) }

// row returns the pixels of row j.
func (c *canvas) row(j int) []float32 { return c.pix[j*c.width*3 : (j+1)*c.width*3] }
