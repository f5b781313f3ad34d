package overlay

import (
	"encoding/binary"
	"math"
)

const (
	tile       = 16  // side of the squares that ink keeps account of, pixels; even, so that no chroma sample is cut
	fieldSteps = 16  // steps of the distance field a pixel
	far        = 255 // in the distance field: too far from anything to matter
)

// ink is the sharp part of an overlay at the frame's own resolution: lines and text. Lines are drawn in two steps: trace
// measures each pixel's distance to what is to be drawn, and stroke colours what is near. So joints are seamless and outlines
// lie under all of a line. Coordinates of lines are in units as high as a pixel, both ways: x is pixels times the aspect.
type ink struct {
	w, h   int
	aspect float64
	pix    []uint8 // premultiplied RGBA; nil until something is drawn
	field  []uint8 // distance to the lines in work, in steps
	work   area    // pixels where field holds something

	across int      // tiles a row
	tiles  []bool   // which hold ink
	rows   [][2]int // pixels [from, to) with ink, by row of tiles
}

// area is a rectangle of pixels, the ends not included.
type area struct{ x0, y0, x1, y1 int }

func newInk(w, h int, aspect float64) *ink {
	across, down := (w+tile-1)/tile, (h+tile-1)/tile
	return &ink{w: w, h: h, aspect: aspect, across: across, tiles: make([]bool, across*down), rows: make([][2]int, down)}
}

// width is the frame's width in units.
func (k *ink) width() float64 { return float64(k.w) * k.aspect }

// clear removes everything.
func (k *ink) clear() {
	k.eachTile(func(a area) {
		for y := a.y0; y < a.y1; y++ {
			clear(k.pix[(y*k.w+a.x0)*4 : (y*k.w+a.x1)*4])
		}
	})
	clear(k.tiles)
	clear(k.rows)
}

// eachTile visits the tiles that hold ink.
func (k *ink) eachTile(visit func(area)) {
	for i, inked := range k.tiles {
		if inked {
			x, y := i%k.across*tile, i/k.across*tile
			visit(area{x, y, min(x+tile, k.w), min(y+tile, k.h)})
		}
	}
}

// span is the range of pixels that may hold ink in row y and the other rows of its tiles.
func (k *ink) span(y int) (from, to int) {
	r := k.rows[min(y, k.h-1)/tile]
	return r[0], r[1]
}

// mark notes that pixels will be inked.
func (k *ink) mark(a area) {
	if a.x0 >= a.x1 || a.y0 >= a.y1 {
		return
	}
	for ty := a.y0 / tile; ty <= (a.y1-1)/tile; ty++ {
		for tx := a.x0 / tile; tx <= (a.x1-1)/tile; tx++ {
			k.tiles[ty*k.across+tx] = true
		}
		from, to := a.x0/tile*tile, min(((a.x1-1)/tile+1)*tile, k.w)
		k.rows[ty][0], k.rows[ty][1] = union(k.rows[ty][0], k.rows[ty][1], from, to)
	}
}

// pixels is the area of the frame that a rectangle of units covers.
func (k *ink) pixels(x0, y0, x1, y1 float64) area {
	return area{
		max(0, int(math.Floor(x0/k.aspect))), max(0, int(math.Floor(y0))),
		min(k.w, int(math.Ceil(x1/k.aspect))), min(k.h, int(math.Ceil(y1))),
	}
}

// trace takes the distance to a line into the field, for the pixels of a rectangle. Distances are in units.
func (k *ink) trace(x0, y0, x1, y1 float64, distance func(x, y float64) float64) {
	a := k.pixels(x0, y0, x1, y1)
	if a.x0 >= a.x1 || a.y0 >= a.y1 {
		return
	}
	k.begin()
	if k.work == (area{}) {
		k.work = a
	}
	k.work = area{min(k.work.x0, a.x0), min(k.work.y0, a.y0), max(k.work.x1, a.x1), max(k.work.y1, a.y1)}
	for y := a.y0; y < a.y1; y++ {
		row := k.field[y*k.w : (y+1)*k.w]
		for x := a.x0; x < a.x1; x++ {
			if d := distance((float64(x)+.5)*k.aspect, float64(y)+.5) * fieldSteps; d < float64(row[x]) {
				row[x] = uint8(max(0, d))
			}
		}
	}
}

// begin gets the memory when something is drawn for the first time: heat alone needs none.
func (k *ink) begin() {
	if k.pix != nil {
		return
	}
	k.pix, k.field = make([]uint8, k.w*k.h*4), make([]uint8, k.w*k.h)
	for i := range k.field {
		k.field[i] = far
	}
}

// pen is how lines are drawn.
type pen struct {
	color   Color
	half    float32 // of the width, units
	outline float32 // width of the dark edge, units
	alpha   float32
}

// reach is how far from its middle a line can be seen.
func (n pen) reach() float64 { return float64(n.half+n.outline) + 1 }

// stroke draws what was traced and empties the field.
func (k *ink) stroke(n pen) {
	for y := k.work.y0; y < k.work.y1; y++ {
		row := k.field[y*k.w : (y+1)*k.w]
		for x := k.work.x0; x < k.work.x1; x++ {
			if row[x] == far {
				continue
			}
			d := float32(row[x]) / fieldSteps
			row[x] = far
			if edge := n.half + n.outline + .5 - d; edge > 0 {
				k.dab(x, y, shade, min(edge, 1)*n.alpha*shadeAlpha)
				k.dab(x, y, n.color, min(max(n.half+.5-d, 0), 1)*n.alpha)
			}
		}
	}
	k.work = area{}
}

// shade is what lies behind lines and letters, so that they stand out on any picture.
var shade = Color{12, 14, 20} //nolint:gochecknoglobals // a constant

const shadeAlpha = .72

// dab lays a colour of alpha a (0..1) on one pixel.
func (k *ink) dab(x, y int, c Color, a float32) {
	if a <= 0 {
		return
	}
	i := y/tile*k.across + x/tile
	if !k.tiles[i] {
		k.mark(area{x, y, x + 1, y + 1})
	}
	p := k.pix[(y*k.w+x)*4:][:4]
	for i, v := range [...]uint8{c.R, c.G, c.B, 255} {
		p[i] = uint8(float32(p[i])*(1-a) + float32(v)*a + .5)
	}
}

// over lays the ink on a plane of a texture.
func (k *ink) over(dst *Plane, pl planeLayout, m matrix) {
	k.eachTile(func(a area) {
		for y := a.y0 >> pl.yShift; y < shifted(a.y1, pl.yShift); y++ {
			add, keep := dst.Add[y*dst.Width:(y+1)*dst.Width], dst.Keep[y*dst.Width:(y+1)*dst.Width]
			for _, c := range pl.components {
				for x := a.x0 >> c.xShift; x < shifted(a.x1, c.xShift); x++ {
					rgb, alpha := k.block(x<<c.xShift, y<<pl.yShift, 1<<c.xShift, 1<<pl.yShift)
					if alpha == 0 {
						continue
					}
					o, v := x*c.step+c.offset, m.value(c.channel, rgb, alpha)
					if pl.wide {
						kept := 1 - float32(binary.LittleEndian.Uint16(keep[o:]))/65535
						putWide(add[o:], keep[o:], alpha+kept*(1-alpha), v+float32(binary.LittleEndian.Uint16(add[o:]))/256*(1-alpha))
					} else {
						kept := 1 - float32(keep[o])/255
						put(add[o:], keep[o:], alpha+kept*(1-alpha), v+float32(add[o])*(1-alpha))
					}
				}
			}
		}
	})
}

// block is the mean premultiplied colour (0..255) and alpha (0..1) of a few pixels; those outside the frame do not count.
func (k *ink) block(x, y, w, h int) (rgb [3]float32, alpha float32) {
	w, h = min(w, k.w-x), min(h, k.h-y)
	var sum [4]uint32
	for dy := range h {
		row := k.pix[((y+dy)*k.w+x)*4:][:w*4]
		for i, v := range row {
			sum[i&3] += uint32(v)
		}
	}
	if sum[3] == 0 {
		return rgb, 0
	}
	n := float32(w * h)
	return [3]float32{float32(sum[0]) / n, float32(sum[1]) / n, float32(sum[2]) / n}, float32(sum[3]) / (n * 255)
}
