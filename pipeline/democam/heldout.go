package democam

import "math"

// dressHeldOut gives a person a shape and clothes that no training clip has: slighter or stouter, with another head,
// in pale clothes with stripes, a coat or a hat.
func (r *rng) dressHeldOut(l *look) {
	l.width = r.in(1.35, 1.6)
	if r.chance(.5) {
		l.width = r.in(.68, .8)
	}
	l.headRadius = r.in(.084, .094)
	l.torso, l.leg = r.in(.325, .345), r.in(.21, .222)
	l.shirt = r.color(.2, .5, .75, 1)
	l.pants = hsv(r.in(0, .45), r.in(.1, .5), r.in(.5, .8))
	l.shoe = r.color(.5, .9, .5, .9)
	switch r.below(3) {
	case 0:
		l.coat = true
	case 1:
		l.striped = true
	}
	l.hat = r.chance(.4)
}

// drawGarment draws a coat's skirts, or stripes on the shirt; w is the torso's half width.
func (f *figure) drawGarment(w float64) {
	l, j := f.look, &f.joints
	if l.coat {
		f.limb(point{}, point{(j.knee[0].x + j.knee[1].x) * .4, .17}, w, w*1.25, l.shirt.scaled(.9))
		return
	}
	for _, along := range [...]float64{.2, .5, .8} {
		at := point{j.neck.x * along, j.neck.y * along}
		f.limb(point{at.x - w*.9, at.y}, point{at.x + w*.9, at.y}, .018, .018, l.shirt.scaled(.5))
	}
}

// drawHat draws a brimmed hat in the color of the trousers.
func (f *figure) drawHat() {
	r, head := f.look.headRadius, f.joints.head
	k := f.look.pants.scaled(.8)
	f.limb(point{head.x - r*1.5, head.y - r*.6}, point{head.x + r*1.5, head.y - r*.6}, .016, .016, k)
	f.limb(point{head.x - r*.4, head.y - r*1.05}, point{head.x + r*.4, head.y - r*1.05}, r*.6, r*.6, k)
}

// paintHeldOut paints scenery that no training clip has over a backdrop: mountains, a brick wall, or a tiled floor.
func (r *rng) paintHeldOut(b *backdrop, aspect float64) {
	switch r.below(3) {
	case 0:
		for range 4 {
			b.mountain(point{r.in(0, aspect), r.in(.05, .25)}, .5, r.in(.15, .3), hsv(r.in(.55, .75), .25, r.in(.4, .75)))
		}
	case 1:
		b.bricks(aspect, hsv(r.in(.02, .08), .35, r.in(.5, .75)))
	case 2:
		b.tiles(aspect, r.color(.05, .3, .5, .8))
	}
}

// mountain draws a triangle with its peak at top, down to a foot.
func (b *backdrop) mountain(top point, foot, halfWidth float64, k color) {
	const steps = 24
	for i := range steps {
		t := (float64(i) + .5) / steps
		y := top.y + (foot-top.y)*t
		b.rect(point{top.x, y}, halfWidth*t, (foot-top.y)/steps*.6, 0, k.scaled(1.15-.3*t))
	}
}

// bricks covers the upper half with a wall.
func (b *backdrop) bricks(aspect float64, k color) {
	b.rect(point{aspect / 2, .2}, aspect, .3, 0, k.scaled(.7))
	for row := range 10 {
		shift := .06 * math.Mod(float64(row), 2)
		for x := -.12 + shift; x < aspect+.12; x += .12 {
			b.rect(point{x, -.07 + .06*float64(row)}, .054, .024, 0, k)
		}
	}
}

// tiles covers the lower half with a checkered floor.
func (b *backdrop) tiles(aspect float64, k color) {
	b.rect(point{aspect / 2, .8}, aspect, .3, 0, k)
	for row := range 6 {
		for col := -1; col < int(aspect/.2)+1; col++ {
			if (row+col)%2 == 0 {
				b.rect(point{.1 + .2*float64(col), .55 + .1*float64(row)}, .1, .05, 0, k.scaled(.75))
			}
		}
	}
}
