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
	l.vest, l.rucksack = r.chance(.3), r.chance(.2)
	l.extra = r.color(0, 1, .05, 1)
}

// drawVest draws a vest, or a bib, over the chest; w is the torso's half width.
func (f *figure) drawVest(w float64) {
	j := &f.joints
	f.limb(point{j.neck.x * .85, j.neck.y * .85}, point{j.neck.x * .2, j.neck.y * .2}, w*.75, w*.6, f.look.extra)
}

// drawRucksack draws a sack on the back.
func (f *figure) drawRucksack() {
	j := &f.joints
	back := -.09 * (1 - f.pose.front)
	f.limb(point{j.neck.x*.8 + back, j.neck.y * .8}, point{j.neck.x*.3 + back, j.neck.y * .3}, .06, .07, f.look.extra)
}

// paintWild covers parts of a backdrop with planks, blots, panels and cables in any colors.
func (r *rng) paintWild(b *backdrop, aspect float64) {
	if r.chance(.3) {
		width, k := r.in(.03, .12), r.color(0, .7, .2, .95)
		for x := -.1; x < aspect+.1; x += width {
			b.rect(point{x + width/2, .25}, width*.48, r.in(.3, .36), 0, k.scaled(r.in(.8, 1.2)))
		}
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

// lightWild gives the light any tint, and the sensor an offset.
func (r *rng) lightWild(o *optics) {
	bright := r.in(.65, 1.25)
	for q := range o.gain {
		o.gain[q] *= float32(bright * r.in(.8, 1.2))
		o.cast[q] += float32(r.in(-20, 25))
	}
}
