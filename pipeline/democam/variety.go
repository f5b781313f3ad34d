package democam

import "fmt"

// Variety makes clips more various than those the prototype was trained on. What a clip draws for it comes from a
// generator of its own, so that a field left zero changes nothing. All but EaseMin, Props and HeldOut are probabilities.
type Variety struct {
	EaseMin float64 `json:"ease_min,omitempty"` // the clip's ease is drawn between this and Ease; 0 keeps to Ease
	Props   int     `json:"props,omitempty"`    // up to so many objects lie about that nobody uses
	Twins   float64 `json:"twins,omitempty"`    // of a clip in which two actors are told apart by their motion only
	Change  float64 `json:"change,omitempty"`   // of an actor that does something else before or after
	Night   float64 `json:"night,omitempty"`    // of a clip at night
	Wild    float64 `json:"wild,omitempty"`     // of a clip with people and places in all colors and shapes but the held-out ones
	// Scramble is of an actor whose action is told by its course that the course is out of order.
	Scramble float64 `json:"scramble,omitempty"`
	HeldOut  bool    `json:"held_out,omitempty"` // people and places that no training clip shows
}

// maxProps limits Variety.Props.
const maxProps = 16

func (v *Variety) validate(ease float64) error {
	for name, p := range map[string]float64{"twins": v.Twins, "change": v.Change, "night": v.Night, "wild": v.Wild, "scramble": v.Scramble} {
		if !(p >= 0 && p <= 1) {
			return fmt.Errorf("%w: %s %g: want a probability, 0 to 1", ErrConfig, name, p)
		}
	}
	if !(v.EaseMin >= 0 && v.EaseMin <= ease) {
		return fmt.Errorf("%w: least ease %g: want 0 to the ease, %g", ErrConfig, v.EaseMin, ease)
	}
	if v.Props < 0 || v.Props > maxProps {
		return fmt.Errorf("%w: %d props: want 0 to %d", ErrConfig, v.Props, maxProps)
	}
	return nil
}

// variant is what one clip drew from a Variety.
type variant struct {
	*Variety
	rng  *rng
	ease float64
	wild bool
}

func (v *Variety) draw(seed uint64, ease float64) *variant {
	d := &variant{Variety: v, rng: newRNG(seed ^ 0x5EED0FADE), ease: ease}
	if v.EaseMin > 0 {
		d.ease = d.rng.in(v.EaseMin, ease)
	}
	d.wild = d.drawWild()
	return d
}

// twins lists the pairs that only their motion tells apart, the moving one first.
func twins() [3][2]action {
	return [...][2]action{{waving, raisingArm}, {walking, standing}, {carrying, lifting}}
}

// dress gives the cast its parts and clothes: twins, and the held-out look.
func (v *variant) dress(cast []*actor) {
	if v.Twins > 0 && len(cast) > 1 && v.rng.chance(v.Twins) {
		v.castTwins(cast)
	}
	for _, a := range cast {
		if v.Twins > 0 && (a.action == raisingArm || a.action == standing) && v.rng.chance(.7) {
			a.style.still = true
		}
		if v.wild {
			v.rng.dressWild(&a.look)
		}
		if v.HeldOut {
			v.rng.dressHeldOut(&a.look)
		}
	}
}

// castTwins lets the first two actors do a pair of twins in the same style. Whoever did one of the pair before swaps.
func (v *variant) castTwins(cast []*actor) {
	pairs := twins()
	pair := pairs[v.rng.below(len(pairs))]
	var was [2]action
	for i := range pair {
		was[i] = cast[i].action
	}
	for i, act := range pair {
		for _, other := range cast[2:] {
			if other.action == act {
				v.assign(other, v.unused(cast, pair, was))
			}
		}
		v.assign(cast[i], act)
	}
	shared := cast[0].style
	other := &cast[1].style
	other.a, other.b, other.c, other.phase, other.side = shared.a, max(shared.b, .46), shared.c, shared.phase, shared.side
}

// unused returns what one of the two had to give up and nobody else does.
func (v *variant) unused(cast []*actor, pair, was [2]action) action {
	for _, act := range was {
		taken := act == pair[0] || act == pair[1]
		for _, a := range cast[2:] {
			taken = taken || a.action == act
		}
		if !taken {
			return act
		}
	}
	return squatting
}

// assign gives an actor another action.
func (v *variant) assign(a *actor, act action) {
	a.action, a.style = act, v.rng.style(act)
	a.look.equip(act, v.ease, v.rng)
}

// light tints a wild clip, and darkens one that plays at night.
func (v *variant) light(o *optics) {
	if v.wild {
		v.rng.lightWild(o)
	}
	if v.Night <= 0 || !v.rng.chance(v.Night) {
		return
	}
	dark := float32(v.rng.in(.35, .65))
	for q, tint := range [...]float32{.85, .95, 1.2} {
		o.gain[q] *= dark * tint
	}
}
