package democam

// furnish puts objects that nobody uses into the backdrop, and wild or held-out scenery.
func (v *variant) furnish(b *backdrop, aspect float64) {
	if v.wild {
		v.rng.paintWild(b, aspect)
	}
	if v.HeldOut {
		v.rng.paintHeldOut(b, aspect)
	}
	if v.Props <= 0 {
		return
	}
	for n := v.rng.below(v.Props + 1); n > 0; n-- {
		v.putProp(b, aspect)
	}
}

// putProp draws one of the actions' objects at rest.
func (v *variant) putProp(b *backdrop, aspect float64) {
	r := v.rng
	users := [...]action{kicking, lifting, sitting, climbing, hammering, umbrella, guitar}
	a := &actor{action: users[r.below(len(users))], facing: r.sign()}
	a.look = r.look(r.in(.35, .6), v.ease)
	a.look.equip(a.action, v.ease, r)
	a.ground = point{r.in(0, aspect), r.in(.6, .97)}
	f := newFigure(&b.canvas, a, moment{ground: a.ground, facing: a.facing, blend: 1})
	switch a.action {
	case kicking:
		f.drawBall(f.fromGround(0, -.065), .065, .025)
	case lifting:
		f.drawBoxAt(f.fromGround(0, -.1), .12)
	case sitting:
		f.drawChair()
	case climbing:
		f.drawLadder()
	case hammering:
		f.drawAnvil()
	case umbrella:
		f.drawUmbrellaFrom(f.fromGround(0, .22))
	case guitar:
		f.ground.y -= .1 * a.look.height
		f.drawInstrument()
	}
}
