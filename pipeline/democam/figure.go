package democam

import "math"

// figure is an actor on a canvas at one moment.
type figure struct {
	moment
	c              *canvas
	look           *look
	action         action
	style          style
	joints         skeleton
	sin, cos       float64 // of the body's roll
	person, object bounds  // drawn so far
}

func newFigure(c *canvas, a *actor, m moment) *figure {
	f := &figure{moment: m, c: c, look: &a.look, action: a.action, style: a.style, person: nothing(), object: nothing()}
	f.joints = newSkeleton(f.look, &f.pose)
	f.sin, f.cos = math.Sincos(f.pose.roll)
	return f
}

// showsObject says whether the action's object is there: objects change half way through a transition.
func (f *figure) showsObject() bool { return f.blend >= .5 }

// fromBody converts a point of the body (person units, origin at the pelvis) to the scene.
func (f *figure) fromBody(p point) point {
	x, y := p.x, p.y-f.joints.foot-f.pose.lift
	x, y = x*f.cos-y*f.sin, x*f.sin+y*f.cos
	if f.pose.roll != 0 {
		y -= .05 * math.Abs(f.sin)
	}
	return f.fromGround(x, y)
}

// fromGround converts person units, with the origin at the ground point, to the scene.
func (f *figure) fromGround(x, y float64) point {
	h := f.look.height
	return point{f.ground.x + f.facing*h*(x+f.pose.shift), f.ground.y + h*y}
}

// limb draws a capsule between two points of the body; radii in person units.
func (f *figure) limb(a, b point, ra, rb float64, k color) {
	h := f.look.height
	f.c.capsule(f.fromBody(a), f.fromBody(b), ra*h, rb*h, k)
}

// bar draws a capsule between two points of the scene; radius in person units.
func (f *figure) bar(a, b point, radius float64, k color) {
	h := f.look.height
	f.c.capsule(a, b, radius*h, radius*h, k)
}

// oval draws an ellipse at a point of the scene; radii in person units.
func (f *figure) oval(center point, rx, ry float64, k color) {
	h := f.look.height
	f.c.ellipse(center, rx*h, ry*h, k)
}

// block draws an upright rectangle at a point of the scene; half sides in person units.
func (f *figure) block(center point, halfW, halfH float64, k color) {
	h := f.look.height
	f.c.rect(center, halfW*h, halfH*h, 0, k)
}

func (f *figure) drawShadow() {
	h, rx := f.look.height, .16
	if math.Abs(f.pose.roll) > .5 {
		rx = .4
	}
	pelvis := f.fromBody(point{})
	f.c.partEllipse(point{pelvis.x, f.ground.y + .01*h}, rx*h, .035*h, 1, .35, color{20, 20, 25})
}

// drawBody draws all but the near arm, which comes over the objects held.
func (f *figure) drawBody() {
	l, j := f.look, &f.joints
	far := 1 - .28*(1-f.pose.front) // seen from the side, the far limbs are darker
	f.drawArm(0, far)
	f.drawLeg(0, far)
	f.drawLeg(1, 1)
	w := .075 * l.width
	f.limb(point{j.shoulder[0].x * .8, j.shoulder[0].y + .02}, j.hip[0], w*.75, w*.72, l.shirt)
	f.limb(point{j.shoulder[1].x * .8, j.shoulder[1].y + .02}, j.hip[1], w*.75, w*.72, l.shirt)
	f.limb(point{j.neck.x, j.neck.y + .04}, point{}, w*.8, w*.8, l.shirt)
	if l.coat || l.striped {
		f.drawGarment(w)
	}
	f.drawClothes(w)
	if l.skirt {
		f.limb(point{0, .02}, point{(j.knee[0].x + j.knee[1].x) * .35, .15}, w, w*1.4, l.pants)
	}
	f.drawHead()
}

func (f *figure) drawLeg(i int, light float64) {
	l, j := f.look, &f.joints
	lower := l.pants
	if l.shorts || l.skirt {
		lower = l.skin
	}
	w := (.8 + .2*l.width) * l.limbs
	f.limb(j.hip[i], j.knee[i], .05*w, .04*w, l.pants.scaled(light))
	f.limb(j.knee[i], j.ankle[i], .037*w, .027*w, lower.scaled(light))
	f.limb(j.ankle[i], j.toe[i], .026, .02, l.shoe.scaled(light))
}

func (f *figure) drawArm(i int, light float64) {
	l, j := f.look, &f.joints
	sleeve := l.skin
	if l.sleeves {
		sleeve = l.shirt
	}
	w := (.8 + .2*l.width) * l.limbs
	f.limb(j.shoulder[i], j.elbow[i], .035*w, .03*w, l.shirt.scaled(light*.93))
	f.limb(j.elbow[i], j.hand[i], .028*w, .023*w, sleeve.scaled(light*.97))
	hand := l.skin
	if l.wild.gloves {
		hand = l.wild.color
	}
	f.limb(j.hand[i], j.hand[i], .03, .03, hand.scaled(light))
}

func (f *figure) drawHead() {
	l, j := f.look, &f.joints
	r, side := l.headRadius, 1-f.pose.front
	f.limb(j.neck, j.head, .03, .03, l.skin.scaled(.92))
	if l.longHair {
		f.limb(j.head, point{j.head.x - .03*side, j.head.y + r}, r*1.05, r*.8, l.hair)
	}
	h := l.height
	f.c.ellipse(f.fromBody(j.head), r*h*.92, r*h*1.08, l.skin)
	f.c.ellipse(f.fromBody(point{j.head.x - .015*side, j.head.y - r*.35}), r*h*.95, r*h*.8, l.hair)
	if f.pose.front < .5 || f.action != climbing { // climbers show the back of the head
		f.c.ellipse(f.fromBody(point{j.head.x + r*.35*side, j.head.y + r*.25}), r*h*.72, r*h*.68, l.skin)
	}
	if l.hat {
		f.drawHat()
	}
	if l.wild.hood {
		f.drawHood()
	}
}
