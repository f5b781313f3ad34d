package democam

import "math"

// backdropMargin is how far the backdrop goes on beyond each edge of the frame, as a share of the frame's size: the
// camera may look around a little.
const backdropMargin = .08

// backdrop is the picture behind the actors, drawn once.
type backdrop struct {
	canvas
	margin point // frame heights
}

// newBackdrop draws sky, ground and what stands about. ease (0..1) mutes the colors and clears things away.
func newBackdrop(width, height int, aspect, ease float64, r *rng) *backdrop {
	b := &backdrop{margin: point{backdropMargin * aspect, backdropMargin}}
	b.width, b.height = int(float64(width)*(1+2*backdropMargin)), int(float64(height)*(1+2*backdropMargin))
	b.pix = make([]float32, b.width*b.height*3)
	b.scaleX, b.scaleY = float64(width)/aspect, float64(height)
	b.sharpness = (b.scaleX + b.scaleY) / 2
	b.offset = point{-b.margin.x, -b.margin.y}
	horizon := b.paintGround(aspect, ease, r)
	for n := r.below(7 - int(4*ease)); n > 0; n-- {
		b.putThing(aspect, horizon, ease, r)
	}
	for n := r.below(3); n > 0; n-- { // marks on the floor
		at := point{r.in(0, aspect), r.in(horizon+.08, 1)}
		b.partEllipse(at, r.in(.05, .25), r.in(.01, .05), 1, r.in(.2, .7), r.color(0, .5, .2, .9))
	}
	return b
}

// gradient runs from one color to another.
type gradient struct{ from, to color }

func (g *gradient) at(t float32) color {
	var k color
	for q := range k {
		k[q] = g.from[q] + float32((g.to[q]-g.from[q])*t)
	}
	return k
}

// paintGround fills the backdrop with sky and ground, roughened by smooth noise, and returns the horizon's height.
func (b *backdrop) paintGround(aspect, ease float64, r *rng) (horizon float64) {
	vivid := 1 - .8*ease
	sky := gradient{r.color(0, .6*vivid, .35+.2*ease, 1), r.color(0, .6*vivid, .3+.2*ease, 1)}
	ground := gradient{r.color(.05, .5*vivid, .25+.1*ease, .8), r.color(.05, .5*vivid, .2+.15*ease, .7)}
	horizon = r.in(.3, .55)
	rough := newRoughness(r, r.in(0, 14*vivid))
	stripePhase, stripeFreq := r.in(0, 6), r.in(4, 30)
	stripes := r.chance(.3)
	for j := range b.height {
		row, y := b.row(j), b.centerY(j, 0)
		base, stripe := sky.at(float32((y+b.margin.y)/(horizon+b.margin.y))), 0.0
		if y >= horizon {
			base = ground.at(float32((y - horizon) / (1 + b.margin.y - horizon)))
		}
		if stripes && y > horizon {
			stripe = 8 * math.Sin(stripePhase+stripeFreq*6*(y-horizon)/(.3+y-horizon))
		}
		for i := range b.width {
			light := float32(rough.at(b.centerX(i, 0)/aspect, y) + stripe)
			px := pixel(row, i)
			px[0], px[1], px[2] = base[0]+light, base[1]+light, base[2]+light
		}
	}
	return horizon
}

// roughnessCells is how many nodes a side of the noise lattice has.
const roughnessCells = 17

// roughness is value noise: random numbers on a lattice, interpolated.
type roughness struct {
	nodes     [roughnessCells * roughnessCells]float64
	amplitude float64
}

func newRoughness(r *rng, amplitude float64) *roughness {
	n := &roughness{amplitude: amplitude}
	for i := range n.nodes {
		n.nodes[i] = r.in(-1, 1)
	}
	return n
}

// at returns the noise at x and y in 0..1 of the frame, in grey levels.
func (n *roughness) at(x, y float64) float64 {
	u, v := max(0, min(15.99, (x+.1)*13)), max(0, min(15.99, (y+.1)*13))
	iu, iv := int(u), int(v)
	fu, fv := u-float64(iu), v-float64(iv)
	top, bottom := n.nodes[iv*roughnessCells+iu:], n.nodes[(iv+1)*roughnessCells+iu:]
	return ((top[0]*(1-fu)+top[1]*fu)*(1-fv) + (bottom[0]*(1-fu)+bottom[1]*fu)*fv) * n.amplitude
}

// putThing sets a building, a tree, a pole or a shelf into the scene.
func (b *backdrop) putThing(aspect, horizon, ease float64, r *rng) {
	vivid := 1 - .8*ease
	x, halfW, halfH := r.in(-.1, aspect+.1), r.in(.04, .3), r.in(.05, .3)
	k := r.color(0, .7*vivid, .25+.15*ease, .9)
	switch r.below(5) {
	case 0, 1:
		b.putBuilding(point{x, horizon - halfH + r.in(0, .03)}, halfW, halfH, k, r)
	case 2:
		b.putTree(x, horizon, halfH, r)
	case 3: // pole
		b.capsule(point{x, horizon + .05}, point{x, r.in(-.1, .2)}, .008, .008, k)
	case 4: // bench or shelf
		y := r.in(horizon+.05, .95)
		b.rect(point{x, y}, halfW*.5, halfH*.25, 0, k)
		b.rect(point{x, y - halfH*.25}, halfW*.55, .01, 0, k.scaled(1.2))
	}
}

func (b *backdrop) putBuilding(at point, halfW, halfH float64, k color, r *rng) {
	b.rect(at, halfW, halfH, 0, k)
	if !r.chance(.6) {
		return
	}
	window := r.color(0, .4, .3, 1)
	for x := -.75; x < .8; x += .5 {
		for y := -.7; y < .8; y += .45 {
			b.rect(point{at.x + x*halfW, at.y + y*halfH}, halfW*.15, halfH*.13, 0, window)
		}
	}
}

func (b *backdrop) putTree(x, horizon, halfH float64, r *rng) {
	top := horizon - halfH
	b.capsule(point{x, horizon + .02}, point{x, top}, .018, .012, color{90, 65, 45})
	for range 4 {
		at := point{x + r.in(-.08, .08), top + r.in(-.08, .05)}
		b.ellipse(at, r.in(.05, .12), r.in(.05, .1), hsv(r.in(.22, .4), .6, r.in(.25, .6)))
	}
}

// view copies what a camera with the canvas's offset sees to the canvas, interpolating between pixels.
func (b *backdrop) view(c *canvas) {
	x, y := (c.offset.x+b.margin.x)*c.scaleX, (c.offset.y+b.margin.y)*c.scaleY
	i, j := int(math.Floor(x)), int(math.Floor(y))
	fx, fy := float32(x-float64(i)), float32(y-float64(j))
	w00, w10, w01, w11 := (1-fx)*(1-fy), fx*(1-fy), (1-fx)*fy, fx*fy
	i, j = max(0, min(i, b.width-1-c.width)), max(0, min(j, b.height-1-c.height))
	n := c.width * 3
	for row := range c.height {
		top, bottom := b.row(j + row)[i*3:], b.row(j + row + 1)[i*3:]
		p00, p10, p01, p11, out := top[:n], top[3:3+n], bottom[:n], bottom[3:3+n], c.row(row)[:n]
		for q := range out {
			out[q] = float32(p00[q]*w00) + float32(p10[q]*w10) + float32(p01[q]*w01) + float32(p11[q]*w11)
		}
	}
}
