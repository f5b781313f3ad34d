package democam

import "math"

// transitionTime is how long an actor takes from one action's pose to the next one's, seconds.
const transitionTime = .45

// actor is one person of a scene and what it is doing.
type actor struct {
	look    look
	ground  point   // where it stands, or the middle of its way
	facing  float64 // 1 right, -1 left
	action  action
	style   style
	began   float64     // time of the scene at which the action began, seconds
	roaming float64     // half the length of its way to and fro
	from    *transition // what it did before; nil for an action that was always there
}

// transition is where an actor was when its action changed.
type transition struct {
	pose   pose
	ground point
}

// moment is an actor at one instant.
type moment struct {
	time   float64 // since the action began, seconds
	pose   pose
	ground point
	facing float64
	blend  float64 // from the former action (0) to the present one (1)
}

// at works out the actor's moment at time t of the scene.
func (a *actor) at(t float64) moment {
	m := moment{time: t - a.began, blend: 1}
	m.pose = poseAt(a.action, a.style, m.time)
	m.ground, m.facing = a.way(m.time)
	if a.from == nil {
		return m
	}
	if m.blend = smooth(0, transitionTime, m.time); m.blend < 1 {
		m.pose = blendPoses(a.from.pose, m.pose, m.blend)
		m.ground.x += (a.from.ground.x - m.ground.x) * (1 - m.blend)
		m.ground.y += (a.from.ground.y - m.ground.y) * (1 - m.blend)
	}
	return m
}

// way returns where the actor is and faces, u seconds into the action: one that roams goes to and fro.
func (a *actor) way(u float64) (point, float64) {
	if !a.action.roams() || a.roaming <= 0 {
		return a.ground, a.facing
	}
	round := fraction(a.style.speed*a.look.height*u/(4*a.roaming) + a.style.c)
	place := point{a.ground.x + a.roaming*(4*math.Abs(round-.5)-1)*a.facing, a.ground.y}
	if round < .5 {
		return place, -a.facing
	}
	return place, a.facing
}

// draw renders the actor at time t of the scene.
func (a *actor) draw(c *canvas, t float64) drawnActor {
	f := newFigure(c, a, a.at(t))
	f.drawShadow()
	if f.showsObject() {
		f.drawObjectBehind()
	}
	c.drawn = nothing()
	f.drawBody()
	if f.showsObject() && a.action == guitar {
		f.drawGuitar()
	}
	f.drawArm(1, 1)
	f.person = c.drawn
	if f.showsObject() {
		f.drawObjectInFront()
	}
	return drawnActor{person: f.person, object: f.object, hasObject: f.object != nothing(), joints: f.seenJoints()}
}
