package democam

import "math"

// thing draws part of the actor's object and records where it is.
func (f *figure) thing(draw func()) {
	f.c.drawn = nothing()
	draw()
	f.object = f.object.union(f.c.drawn)
}

// drawObjectBehind draws what is behind the actor.
func (f *figure) drawObjectBehind() {
	switch f.action {
	case sitting:
		f.thing(f.drawChair)
	case climbing:
		f.thing(f.drawLadder)
	case hammering:
		f.thing(f.drawAnvil)
	}
}

// drawObjectInFront draws what is in front of the actor or in its hands.
func (f *figure) drawObjectInFront() {
	switch f.action {
	case kicking:
		f.thing(func() { f.drawBall(f.kickedBall(), .065, .025) })
	case throwing:
		if at, visible := f.thrownBall(); visible {
			f.thing(func() { f.drawBall(at, .06, .024) })
		}
	case lifting, carrying:
		f.thing(f.drawBox)
		f.c.drawn = f.person
		f.drawArm(1, 1)
		f.person = f.c.drawn
	case hammering:
		f.thing(f.drawHammer)
	case umbrella:
		f.thing(f.drawUmbrella)
	}
}

func (f *figure) drawChair() {
	k := f.look.object2
	seat := -(f.look.leg*math.Cos(f.pose.shin[0]) + .02)
	back, front := f.fromGround(-.1, seat+.085), f.fromGround(.16, seat+.085)
	f.bar(back, front, .025, k)
	f.bar(f.fromGround(-.1, seat+.07), f.fromGround(-.13, seat-.32), .022, k.scaled(.85))
	f.bar(back, f.fromGround(-.11, 0), .016, k.scaled(.7))
	f.bar(front, f.fromGround(.17, 0), .016, k.scaled(.7))
}

func (f *figure) drawLadder() {
	k := f.look.object2
	for i := range 9 {
		y := -.08 - float64(i)*.17
		f.bar(f.fromGround(-.15, y), f.fromGround(.15, y), .013, k.scaled(1.2))
	}
	f.bar(f.fromGround(-.15, 0), f.fromGround(-.15, -1.55), .017, k)
	f.bar(f.fromGround(.15, 0), f.fromGround(.15, -1.55), .017, k)
}

// drawAnvil draws the block that is hammered on.
func (f *figure) drawAnvil() {
	k := f.look.object2
	f.block(f.fromGround(.33, -.17), .12, .17, k.scaled(.8))
	f.block(f.fromGround(.33, -.345), .14, .02, k.scaled(1.2))
}

func (f *figure) drawHammer() {
	h := f.look.height
	hand := f.fromBody(f.joints.hand[1])
	angle := f.pose.forearm[1] - 1.35 + .15 + 1.2
	head := point{hand.x + f.facing*math.Sin(angle)*.17*h, hand.y + math.Cos(angle)*.17*h}
	f.bar(hand, head, .014, color{130, 90, 50})
	f.c.rect(head, .06*h, .028*h, f.facing*(math.Pi/2-angle)+math.Pi/2, color{90, 95, 105})
}

// drawGuitar draws the guitar and the hand on its neck, both over the body.
func (f *figure) drawGuitar() {
	body := f.c.drawn
	f.thing(f.drawInstrument)
	f.c.drawn = body
	f.drawArm(0, 1)
}

func (f *figure) drawInstrument() {
	l := f.look
	lower, upper := f.fromBody(point{.04, -.07}), f.fromBody(point{-.06, -.12})
	f.oval(lower, .1, .085, l.object)
	f.oval(upper, .075, .065, l.object)
	f.oval(point{(lower.x + upper.x) / 2, (lower.y + upper.y) / 2}, .028, .028, color{25, 20, 15})
	neck := f.fromBody(point{-.33, -.24})
	f.bar(upper, neck, .015, l.object2.scaled(.6))
	f.bar(neck, f.fromBody(point{-.37, -.26}), .022, l.object2.scaled(.5))
}

func (f *figure) drawBall(at point, radius, shine float64) {
	h, k := f.look.height, f.look.object
	f.oval(at, radius, radius, k)
	f.oval(point{at.x - .02*h, at.y - .02*h}, shine, shine, k.scaled(1.3))
}

// kickedBall lies before the foot, flies off in an arc, and rolls back.
func (f *figure) kickedBall() point {
	u := fraction(f.style.freq*f.time + f.style.phase)
	x, y := .24, 0.0
	if u > .41 && u <= .75 {
		way := (u - .41) / .34
		x += 1.05 * way
		y = -.25 * math.Sin(math.Pi*way) * f.style.a
	} else if u > .75 {
		x += 1.05 * (1 - (u-.75)/.25)
	}
	return f.fromGround(x, y-.065)
}

// thrownBall is in the hand, then flies off in an arc, then is gone.
func (f *figure) thrownBall() (at point, visible bool) {
	u := fraction(f.style.freq*f.time + f.style.phase)
	if u > .42 {
		way := (u - .42) / .4
		return f.fromGround(.38+1.3*way, -.85-.5*way+.9*way*way), way < 1
	}
	hand := f.fromBody(f.joints.hand[1])
	return point{hand.x, hand.y - .05*f.look.height}, true
}

func (f *figure) drawBox() {
	h := f.look.height
	hands := f.joints.hand
	between := f.fromBody(point{(hands[0].x + hands[1].x) / 2, (hands[0].y + hands[1].y) / 2})
	size := .1 + .05*f.style.b
	at := point{between.x + f.facing*size*.7*h, between.y - .01*h}
	if at.y+size*.85*h > f.ground.y { // it does not sink into the floor
		at.y = f.ground.y - size*.85*h
	}
	f.drawBoxAt(at, size)
}

// drawBoxAt draws a box of the given half width in person units.
func (f *figure) drawBoxAt(at point, size float64) {
	h, k := f.look.height, f.look.object
	f.block(at, size, size*.85, k)
	f.block(at, size, .012, k.scaled(.6))
	f.c.rect(point{at.x, at.y - size*.4*h}, .03*h, size*.42*h, 0, k.scaled(.75))
}

func (f *figure) drawUmbrella() {
	f.drawUmbrellaFrom(f.fromBody(f.joints.hand[1]))
}

func (f *figure) drawUmbrellaFrom(hand point) {
	h, k := f.look.height, f.look.object
	tip := point{hand.x + f.facing*.03*h, hand.y - .42*h}
	f.bar(hand, tip, .01, color{50, 45, 45})
	canopy := point{tip.x, tip.y + .09*h}
	f.c.partEllipse(canopy, .27*h, .17*h, 0, 1, k)
	f.c.partEllipse(canopy, .1*h, .17*h, 0, 1, k.scaled(.8))
	f.c.partEllipse(canopy, .035*h, .17*h, 0, 1, k)
}
