package democam

// clothes are what only people of wild clips wear. None of it is a coat, a striped shirt or a brimmed hat, which are held out.
type clothes struct {
	vest, rucksack, gown, cape, dots, sash, hood, gloves bool
	color, color2                                        color
	length, flare                                        float64 // of the gown: person units, and its hem's width by its waist's
}

func (r *rng) clothes() clothes {
	return clothes{
		vest: r.chance(.25), rucksack: r.chance(.2), gown: r.chance(.25), cape: r.chance(.15), dots: r.chance(.2), sash: r.chance(.15),
		hood: r.chance(.3), gloves: r.chance(.25), color: r.color(0, 1, .05, 1), color2: r.color(0, 1, .05, 1),
		length: r.in(.1, .38), flare: r.in(1.1, 2),
	}
}

// drawClothes draws what is worn on the trunk and over the legs; w is the torso's half width.
func (f *figure) drawClothes(w float64) {
	j, c := &f.joints, &f.look.wild
	if c.vest {
		f.limb(point{j.neck.x * .85, j.neck.y * .85}, point{j.neck.x * .2, j.neck.y * .2}, w*.75, w*.6, c.color)
	}
	if c.dots {
		for i := range 6 {
			along, across := .15+.14*float64(i), w*.5*float64(i%3-1)
			f.limb(point{j.neck.x*along + across, j.neck.y * along}, point{j.neck.x*along + across, j.neck.y * along}, .018, .018, c.color2)
		}
	}
	if c.sash {
		f.limb(point{j.shoulder[0].x, j.shoulder[0].y}, j.hip[1], .022, .022, c.color2)
	}
	if c.rucksack {
		back := -.09 * (1 - f.pose.front)
		f.limb(point{j.neck.x*.8 + back, j.neck.y * .8}, point{j.neck.x*.3 + back, j.neck.y * .3}, .06, .07, c.color)
	}
	if c.gown {
		hem := point{(j.knee[0].x + j.knee[1].x) * .4, c.length}
		f.limb(point{}, hem, w, w*c.flare, c.color)
	}
	if c.cape {
		f.limb(j.neck, point{j.neck.x*.5 - .05*(1-f.pose.front), j.neck.y * .5}, w*.8, w*1.3, c.color2)
	}
}

// drawHood draws a cap without a brim, down to the brow.
func (f *figure) drawHood() {
	r, head, h := f.look.headRadius, f.joints.head, f.look.height
	f.c.ellipse(f.fromBody(point{head.x - r*.1*(1-f.pose.front), head.y - r*.45}), r*h*1.05, r*h*.75, f.look.wild.color2)
}
