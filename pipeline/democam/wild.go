package democam

import "math"

// A wild clip draws people and places from far wider ranges than the demo camera does, so that a model trained on it
// learns what an action is and not what it usually looks like. None of it has what [Variety.HeldOut] shows: its body
// shapes, coats, stripes, hats, mountains, bricks and tiles.

// drawWild says whether the clip is a wild one.
func (v *variant) drawWild() bool { return v.Wild > 0 && v.rng.chance(v.Wild) }

// dressWild gives a person any colors, and perhaps a vest or a rucksack.
func (r *rng) dressWild(l *look) {
	l.torso, l.arm, l.leg = r.in(.26, .323), r.in(.14, .175), r.in(.223, .262)
	l.headRadius, l.width = r.in(.056, .0835), r.in(.81, 1.34)
	l.shirt, l.pants, l.shoe = r.color(0, 1, .08, 1), r.color(0, 1, .08, 1), r.color(0, 1, .05, 1)
	l.hair, l.skin = r.color(0, 1, .05, .95), l.skin.scaled(r.in(.75, 1.15))
	if r.chance(.4) {
		l.object, l.object2 = r.color(0, 1, .15, 1), r.color(0, 1, .1, .9)
	}
	l.longHair, l.skirt, l.shorts, l.sleeves = r.chance(.35), r.chance(.2), r.chance(.3), r.chance(.6)
	l.limbs, l.wild = r.in(.75, 1.35), r.clothes()
}

// paintWild covers parts of a backdrop with planks, blots, panels and cables in any colors.
func (r *rng) paintWild(b *backdrop, aspect float64) {
	if r.chance(.3) {
		width, k := r.in(.03, .12), r.color(0, .7, .2, .95)
		for x := -.1; x < aspect+.1; x += width {
			b.rect(point{x + width/2, .25}, width*.48, r.in(.3, .36), 0, k.scaled(r.in(.8, 1.2)))
		}
	}
	if r.chance(.3) {
		r.paintGrove(b, aspect)
	}
	if r.chance(.2) {
		r.paintShelves(b, aspect)
	}
	for n := 2 + r.below(7); n > 0; n-- {
		at, k := point{r.in(-.05, aspect+.05), r.in(0, 1)}, r.color(0, 1, .1, 1)
		switch r.below(4) {
		case 0:
			b.rect(at, r.in(.02, .25), r.in(.02, .2), r.in(0, math.Pi), k)
		case 1:
			b.partEllipse(at, r.in(.02, .25), r.in(.02, .2), 1, r.in(.3, 1), k)
		case 2:
			b.capsule(at, point{at.x + r.in(-.5, .5), at.y + r.in(-.4, .4)}, r.in(.004, .03), r.in(.004, .03), k)
		case 3:
			b.rect(at, r.in(.05, .5), r.in(.01, .05), 0, k)
		}
	}
}

// paintGrove paints leaves in three shades of a color.
func (r *rng) paintGrove(b *backdrop, aspect float64) {
	middle, size, k := point{r.in(0, aspect), r.in(.1, .8)}, r.in(.01, .04), r.color(.2, .9, .15, .9)
	shades := [...]color{k.scaled(.7), k, k.scaled(1.25)}
	for range 60 {
		at := point{middle.x + r.in(-.5, .5), middle.y + r.in(-.25, .25)}
		b.partEllipse(at, size*r.in(.6, 1.6), size*r.in(.6, 1.6), 1, .9, shades[r.below(len(shades))])
	}
}

// paintShelves paints boards with upright things of all colors on them.
func (r *rng) paintShelves(b *backdrop, aspect float64) {
	left, width, board := r.in(-.1, aspect), r.in(.2, .6), r.color(0, .6, .2, .8)
	for y := r.in(.1, .25); y < .7; y += r.in(.12, .2) {
		b.rect(point{left + width/2, y}, width/2, .008, 0, board)
		for x := left + .01; x < left+width; x += r.in(.02, .05) {
			tall := r.in(.03, .09)
			b.rect(point{x, y - tall/2}, .01, tall/2, 0, r.color(0, 1, .1, 1))
		}
	}
}

// lightWild gives the light any tint, and the sensor an offset.
func (r *rng) lightWild(o *optics) {
	bright := r.in(.65, 1.25)
	for q := range o.gain {
		o.gain[q] *= float32(bright * r.in(.8, 1.2))
		o.cast[q] += float32(r.in(-20, 25))
	}
}
