package democam

import "math"

// pose holds the angles of a body in radians (0 hangs down, or stands up for the torso; positive turns towards where
// the actor faces) and its place. Limbs: [0] is the left or far one, [1] the right or near one.
type pose struct {
	lean, head               float64 // of the torso, and of the head against the torso
	lift                     float64 // height over the ground, body heights
	roll                     float64 // of the whole body about the ground point
	front                    float64 // 0 is seen from the side, 1 from the front
	shift                    float64 // forward, body heights
	upperArm, forearm, thigh [2]float64
	shin                     [2]float64
}

// blendPoses returns the pose a share t of the way from a to b.
func blendPoses(a, b pose, t float64) pose {
	mix := func(x, y float64) float64 { return x + (y-x)*t }
	p := pose{
		lean: mix(a.lean, b.lean), head: mix(a.head, b.head), lift: mix(a.lift, b.lift),
		roll: mix(a.roll, b.roll), front: mix(a.front, b.front), shift: mix(a.shift, b.shift),
	}
	for i := range 2 {
		p.upperArm[i], p.forearm[i] = mix(a.upperArm[i], b.upperArm[i]), mix(a.forearm[i], b.forearm[i])
		p.thigh[i], p.shin[i] = mix(a.thigh[i], b.thigh[i]), mix(a.shin[i], b.shin[i])
	}
	return p
}

// fraction returns x's distance from the integer below it.
func fraction(x float64) float64 { return x - math.Floor(x) }

// smooth rises from 0 at x = a to 1 at x = b, with no kink.
func smooth(a, b, x float64) float64 {
	t := (x - a) / (b - a)
	if t <= 0 {
		return 0
	}
	if t >= 1 {
		return 1
	}
	return t * t * (3 - 2*t)
}

// poser works out a pose: it starts from someone standing at ease, and an action's method moves what the action moves.
type poser struct {
	pose
	style
	time     float64 // seconds since the action began
	angle    float64 // of the repetition
	sin, cos float64 // of angle
	sway     float64 // idle movement
}

// poseAt returns the pose of an action, t seconds after it began.
func poseAt(a action, s style, t float64) pose {
	angle := 2 * math.Pi * (s.freq*t + s.phase)
	sin, cos := math.Sincos(angle)
	sway := .03 * math.Sin(2*math.Pi*(.3*t+s.a))
	p := poser{style: s, time: t, angle: angle, sin: sin, cos: cos, sway: sway}
	p.front, p.lean, p.head = .85, sway*.6, sway
	p.upperArm = [2]float64{-.12 + sway, .12 + sway}
	p.forearm = [2]float64{-.06, .1}
	p.thigh = [2]float64{-.05 - .1*s.c, .05 + .1*s.c}
	p.shin = p.thigh
	p.perform(a)
	return p.pose
}

func (p *poser) perform(a action) {
	switch a {
	case standing:
		p.stand()
	case waving, raisingArm:
		p.raiseArm(a == waving)
	case clapping:
		p.clap()
	case jumping:
		p.jump()
	case walking:
		p.stride(p.angle, .42+.12*p.a, .65)
	case running:
		p.run()
	case squatting:
		p.squat()
	case kicking:
		p.kick()
	case throwing:
		p.throw()
	case lifting:
		p.liftBox()
	case carrying:
		p.carry()
	case falling:
		p.fall()
	case sitting:
		p.sit()
	case climbing:
		p.climb()
	case hammering:
		p.hammer()
	case umbrella:
		p.holdUmbrella()
	case pushups:
		p.pushUp()
	case guitar:
		p.playGuitar()
	}
}

// outward is the sign that turns limb i away from a body seen from the front.
func outward(i int) float64 { return float64(i*2 - 1) }

// arm sets the angles of arm i, outward positive.
func (p *poser) arm(i int, upper, fore float64) {
	p.upperArm[i], p.forearm[i] = outward(i)*upper, outward(i)*fore
}

// stride sets arms and legs of a step: amplitude is the thigh's greatest angle, knee how much the shin bends.
func (p *poser) stride(angle, amplitude, knee float64) {
	p.front = .15
	for i := range 2 {
		s, c := math.Sincos(angle + math.Pi*float64(i))
		p.thigh[i] = amplitude * s
		p.shin[i] = p.thigh[i] - knee*(.12+math.Max(0, c))
		p.upperArm[i] = -amplitude * .8 * s
		p.forearm[i] = p.upperArm[i] + .25
	}
	p.lean = .05
}

// crouch bends the legs, seen from the side: 0 stands, 1 is down.
func (p *poser) crouch(depth float64) {
	p.front = .25
	for i := range 2 {
		p.thigh[i] = 1.35*depth + outward(i)*.06
		p.shin[i] = -.55*depth + outward(i)*.06
	}
	p.lean = .5 * depth
}
