package democam

import "math"

func (p *poser) jump() {
	up, crouch := math.Max(0, p.sin), math.Max(0, -p.sin)
	p.lift = (.14 + .12*p.a) * up
	p.front = .6
	for i := range 2 {
		if p.b > .5 { // jumping jack
			p.arm(i, .3+2.2*up, .3+2.6*up)
			p.thigh[i] = outward(i) * (.06 + .35*up)
			p.shin[i] = p.thigh[i]
		} else {
			p.arm(i, .3+2.5*up, .2+2.8*up)
			p.thigh[i], p.shin[i] = .9*crouch+outward(i)*.08, -.5*crouch+outward(i)*.05-.35*up
		}
	}
	p.lean = .25 * crouch
}

func (p *poser) run() {
	p.stride(p.angle, .8+.15*p.a, 1.3)
	p.lean = .2 + .08*p.b
	for i := range 2 {
		p.upperArm[i] *= 1.1
		p.forearm[i] = p.upperArm[i] + 1.5
	}
	p.lift = .04 * math.Abs(p.sin)
}

func (p *poser) squat() {
	depth := .5 - .5*p.cos
	p.crouch(.05 + .95*depth)
	for i := range 2 {
		p.upperArm[i] = .2 + 1.25*depth
		p.forearm[i] = .3 + 1.2*depth
	}
	if p.a > .6 { // seen from the front
		p.front = .9
		for i := range 2 {
			p.thigh[i], p.shin[i] = outward(i)*(.1+1.15*depth), outward(i)*(-.02-.05*depth)
			p.arm(i, .3+.2*depth, -.2-.9*depth)
		}
		p.lean = 0
	}
}

// kick: the ball leaves at .41 of the repetition, see figure.kickedBall.
func (p *poser) kick() {
	u := fraction(p.freq*p.time + p.phase)
	back := smooth(.05, .3, u) * (1 - smooth(.3, .42, u))
	forward := smooth(.3, .42, u) * (1 - smooth(.5, .8, u))
	p.front = .2
	p.thigh = [2]float64{-.05, -.7*back + 1.15*forward}
	p.shin = [2]float64{-.12, -1.5*back + 1.0*forward - .1}
	p.lean = .12*back - .18*forward
	p.upperArm[0], p.upperArm[1] = .9*forward-.5*back, -.9*forward+.6*back
	p.forearm = [2]float64{p.upperArm[0] + .3, p.upperArm[1] + .2}
}

// throw: the ball leaves at .42 of the repetition, see figure.thrownBall.
func (p *poser) throw() {
	u := fraction(p.freq*p.time + p.phase)
	wind := smooth(.0, .28, u) * (1 - smooth(.32, .44, u))
	release := smooth(.32, .44, u) * (1 - smooth(.55, .9, u))
	p.front = .25
	p.upperArm[1] = .1 - 2.3*wind + 1.5*release
	p.forearm[1] = .9 - 4.0*wind + .5*release
	p.upperArm[0] = .1 + 1.2*wind - .5*release
	p.forearm[0] = p.upperArm[0] + .3
	p.lean = -.18*wind + .25*release
	p.thigh = [2]float64{.25 + .15*wind, -.25 - .15*release}
	p.shin = [2]float64{.1, -.35}
}

func (p *poser) liftBox() {
	depth := smooth(.1, .9, .5+.5*math.Cos(p.angle))
	p.crouch(depth)
	p.lean = .7 * depth
	for i := range 2 {
		p.upperArm[i] = .5 + .05*depth
		p.forearm[i] = 1.45 - .95*depth
	}
}

func (p *poser) carry() {
	p.stride(p.angle, .38+.1*p.a, .6)
	for i := range 2 {
		p.upperArm[i], p.forearm[i] = .45, 1.45+.1*p.sin
	}
	p.lean = -.06
}

// fall goes down, lies, and gets up again.
func (p *poser) fall() {
	u := fraction(p.freq*p.time + p.phase)
	down := smooth(.16, .40, u) * (1 - smooth(.8, 1, u))
	p.roll = down * 1.5 * (float64(p.side*2) - 1)
	p.front = .4
	flail := math.Sin(math.Pi*math.Min(1, down*1.2)) * 1.5
	p.upperArm = [2]float64{-.2 - flail, .2 + flail}
	p.forearm = [2]float64{-.3 - flail*1.3, .3 + flail*1.2}
	p.thigh = [2]float64{-.1 - .2*down, .1 + .45*down}
	p.shin = [2]float64{-.15 - .3*down, .05 - .3*down}
	p.shift = -p.roll / 1.5 * .35
}

// climb goes up and down the ladder within 4 to 9 seconds.
func (p *poser) climb() {
	p.front = .9
	height := 1 - math.Abs(2*fraction(.11*p.time*(1+p.b)+p.a)-1)
	p.lift = .12 + .55*height
	for i := range 2 {
		reach := .5 + .5*math.Sin(p.angle+math.Pi*float64(i))
		p.arm(i, 1.9+.95*reach, 3.0)
		p.thigh[i], p.shin[i] = outward(i)*(.15+.65*(1-reach)), outward(i)*(.05-.35*(1-reach))
	}
}

// pushUp lays the body down on toes and hands: shoulders .78 from the toes, at a height the bent arms (.31) leave.
func (p *poser) pushUp() {
	up := .5 + .5*p.cos
	height := .09 + .20*up
	roll := math.Pi/2 - math.Asin(height/.78)
	bend := math.Acos(math.Min(1, height/.31))
	p.front, p.roll = .1, roll
	for i := range 2 {
		p.upperArm[i], p.forearm[i] = roll-bend, roll+bend
		p.thigh[i], p.shin[i] = 0, .02*float64(i)
	}
	p.lean, p.head, p.shift = 0, -.25, -.45
}
