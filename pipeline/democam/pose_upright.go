package democam

import "math"

// stand is seldom empty: many stand frozen mid-stride, and only the lack of motion tells them from walking.
func (p *poser) stand() {
	switch {
	case p.still:
		p.stride(2*math.Pi*p.phase, .42+.12*p.a, .65)
	case p.b > .45:
		p.stride(2*math.Pi*p.phase, .25+.25*p.a, .4)
	case p.b > .3: // hands on hips
		p.arm(0, .75, -.6)
		p.arm(1, .75, -.6)
	}
}

func (p *poser) raiseArm(wave bool) {
	upper, fore := 2.0+.7*p.a, 2.1+1.3*p.c
	switch {
	case p.still:
		sin := math.Sin(2 * math.Pi * p.phase)
		fore = 2.75 + .15*p.b + (.45+.25*p.c)*sin
		upper += .12 * sin
	case wave:
		fore = 2.75 + .15*p.b + (.45+.25*p.c)*p.sin
		upper += .12 * p.sin
	}
	p.arm(p.side, upper, fore)
	if p.b > .8 && p.a > .3 {
		p.arm(1-p.side, upper, fore)
	}
}

func (p *poser) clap() {
	open := .5 + .5*p.sin
	for i := range 2 {
		p.arm(i, .1+.35*open, math.Pi-1.05+1.15*open-.3*p.a)
	}
}

func (p *poser) sit() {
	p.front = .1
	for i := range 2 {
		p.thigh[i] = 1.48 + .06*float64(i)
		p.shin[i] = .02 + .25*(p.b-.5) + .12*float64(i)
		p.upperArm[i], p.forearm[i] = .35+.1*p.a, 1.1+.3*p.c
	}
	p.lean = -.08 + .12*p.a + p.sway
}

func (p *poser) hammer() {
	up := .5 + .5*p.sin
	up *= up
	p.front = .3
	p.upperArm[1] = 1.0 + 1.35*up
	p.forearm[1] = 1.2 + 1.9*up
	p.upperArm[0], p.forearm[0] = .5, 1.15
	p.lean = .22 - .12*up
	p.thigh, p.shin = [2]float64{.25, -.2}, [2]float64{.05, -.3}
}

// holdUmbrella stands, or steps in place.
func (p *poser) holdUmbrella() {
	p.front = .5
	if p.c > .6 {
		p.stride(2*math.Pi*(.8*p.time+p.phase), .3, .5)
	}
	p.upperArm[1], p.forearm[1] = .35+.15*p.a, 2.6+.2*p.b
}

func (p *poser) playGuitar() {
	p.upperArm[0], p.forearm[0] = -.55, -1.9+.25*math.Sin(2*math.Pi*(.4*p.time+p.c))
	p.upperArm[1], p.forearm[1] = .42+.1*p.sin, -.75+.55*p.sin
	p.lean = .03 * p.sin
}
