package democam

import "math"

// look is how an actor looks: proportions in body heights, and colors.
type look struct {
	height                           float64 // in frame heights
	torso, arm, leg, headRadius      float64 // arm and leg are the lengths of one of their two bones
	width                            float64 // 1 is usual
	skin, shirt, pants, hair, shoe   color
	object, object2                  color
	longHair, skirt, shorts, sleeves bool
	coat, striped, hat               bool    // seen on held-out people only
	wild                             clothes // seen in wild clips only
	limbs                            float64 // thickness of arms and legs, 1 is usual
}

// look draws a person. ease > 0 dresses it in strong shirts and dark trousers, which stand out from a calm background.
func (r *rng) look(height, ease float64) look {
	l := look{height: height}
	l.torso, l.arm, l.leg = r.in(.27, .32), r.in(.145, .17), r.in(.225, .255)
	l.headRadius, l.width, l.limbs = r.in(.062, .082), r.in(.85, 1.3), 1
	skins := [...]color{{241, 205, 178}, {224, 172, 138}, {198, 140, 100}, {150, 100, 70}, {105, 68, 48}, {80, 52, 40}}
	l.skin = skins[r.below(len(skins))].scaled(r.in(.9, 1.05))
	l.shirt, l.pants = r.color(.2, 1, .25, 1), r.color(0, .8, .1, .75)
	if r.chance(.15) {
		l.shirt = r.color(0, .1, .05, 1)
	}
	hairs := [...]color{{30, 22, 18}, {70, 45, 25}, {120, 80, 40}, {205, 170, 100}, {150, 150, 150}, {140, 50, 25}}
	l.hair = hairs[r.below(len(hairs))]
	l.shoe = r.color(0, .6, .05, .9)
	l.object, l.object2 = r.color(.4, 1, .4, 1), r.color(0, .7, .15, .7)
	if ease > 0 {
		l.shirt, l.pants = r.color(.55, 1, .5, 1), hsv(r.in(.5, .75), r.in(.2, .7), r.in(.12, .45))
		l.shoe = color{40, 38, 38}
	}
	l.longHair, l.skirt, l.shorts, l.sleeves = r.chance(.3), r.chance(.1), r.chance(.2), r.chance(.6)
	return l
}

// equip gives the action's object its usual color (a red umbrella, a cardboard box) with probability ease.
func (l *look) equip(a action, ease float64, r *rng) {
	h, s, v, ok := usualObjectColor(a)
	if !ok || ease <= 0 || !r.chance(ease) {
		return
	}
	l.object = hsv(h+r.in(-.025, .025)+1, s*r.in(.85, 1), v*r.in(.85, 1))
	l.object2 = l.object
	if a == guitar {
		l.object2 = l.object.scaled(.5)
	}
}

func usualObjectColor(a action) (h, s, v float64, ok bool) {
	switch a {
	case kicking:
		return .15, .95, 1, true
	case throwing:
		return .06, .95, 1, true
	case lifting, carrying:
		return .09, .55, .68, true
	case umbrella:
		return .97, .95, .9, true
	case guitar:
		return .07, .85, .75, true
	case sitting:
		return .62, .8, .55, true
	case climbing:
		return .14, .3, .85, true
	case hammering:
		return 0, 0, .25, true
	default:
		return 0, 0, 0, false
	}
}

// shirtDistance tells how unlike two actors' shirts are, in grey levels.
func (l *look) shirtDistance(other *look) float64 {
	var sum float64
	for i := range l.shirt {
		d := float64(l.shirt[i]) - float64(other.shirt[i])
		sum += d * d
	}
	return math.Sqrt(sum)
}
