package democam

import "math"

const (
	slotHeight   = 1.1  // greatest height of an actor for the width of its slot: room to lie down
	slotOverlap  = .15  // share of its slot by which one that roams may stray beyond it
	viewMargin   = .01  // kept free at the frame's edges, frame heights
	enoughInView = .9   // share of the body's box that must stay in the frame for an action to be chosen
	turnTime     = 1.2  // least time between two turns of one that roams, seconds
	leastRoaming = .16  // half the least way of one that roams, body heights
	planTime     = 10.0 // how far ahead an actor's movements are measured, seconds
	planSteps    = 40   // in how many steps
)

// stage lets the actors of a camera act: each in its own part of the frame, no two doing the same.
type stage struct {
	actors  []*actor  // from left to right
	until   []float64 // when each does something else, seconds
	home    []float64 // y of the ground each comes back to
	actions []action
	view    bounds // what the camera never loses sight of
	aspect  float64
	ease    float64
	config  *Config
	rng     *rng
}

func newStage(c *Config, aspect, ease, pan float64, r *rng) (*stage, error) {
	actions, err := parseActions(c.Actions)
	if err != nil {
		return nil, err
	}
	s := &stage{actions: actions, aspect: aspect, ease: ease, config: c, rng: r}
	mx, my := pan+viewMargin, .3*pan+viewMargin
	s.view = bounds{mx, my, aspect - mx, 1 - my}
	hi := min(c.MaxHeight, slotHeight*aspect/float64(c.Actors))
	lo := min(c.MinHeight, hi)
	for i := range c.Actors {
		a := &actor{look: s.dress(r.in(lo, hi)), action: -1, facing: r.sign()}
		slot := s.slot(i, 0)
		middle, sixth := (slot.x0+slot.x1)/2, (slot.x1-slot.x0)/6
		a.ground = point{middle + r.in(-sixth, sixth), r.in(min(.97, 1.15*a.look.height), .97)}
		s.home = append(s.home, a.ground.y)
		s.actors = append(s.actors, a)
		s.until = append(s.until, 0)
		s.change(i, -r.in(.5, 1)) // the stream begins in the middle of things
		a.from = nil
	}
	return s, nil
}

// dress returns a person whose shirt is easily told from those on stage.
func (s *stage) dress(height float64) look {
	var best look
	distance := -1.0
	for range lookTries {
		l := s.rng.look(height, s.ease)
		d := math.Inf(1)
		for _, a := range s.actors {
			d = min(d, l.shirtDistance(&a.look))
		}
		if d > distance {
			best, distance = l, d
		}
		if d > 120 {
			break
		}
	}
	return best
}

// slot returns the part of the view that belongs to actor i, widened by a share of its width where neighbours are.
func (s *stage) slot(i int, widen float64) bounds {
	width := (s.view.x1 - s.view.x0) / float64(s.config.Actors)
	x := s.view.x0 + float64(i)*width
	return bounds{max(s.view.x0, x-widen*width), s.view.y0, min(s.view.x1, x+(1+widen)*width), s.view.y1}
}

// advance gives a new action to every actor whose time has come.
func (s *stage) advance(t float64) {
	for i, until := range s.until {
		if t >= until {
			s.change(i, t)
		}
	}
}

// playing returns the actors as they are at time t.
func (s *stage) playing(t float64) []performance {
	actors := make([]performance, len(s.actors))
	for i, a := range s.actors {
		actors[i] = performance{a, t}
	}
	return actors
}

// change lets actor i begin an action that nobody else does and that keeps it in view, or goes on with the present one
// if there is no other.
func (s *stage) change(i int, t float64) {
	a := s.actors[i]
	hold := s.rng.in(s.config.HoldMin, s.config.HoldMax)
	s.until[i] = t + hold
	var now moment
	if a.action >= 0 {
		now = a.at(t)
	} else {
		now.ground, now.facing = a.ground, a.facing
	}
	best := plan{inView: -1}
	for _, act := range s.freeActions() {
		p := s.plan(i, act, now, min(hold, planTime))
		if p.inView > best.inView {
			best = p
		}
		if best.inView >= enoughInView {
			break
		}
	}
	if best.inView < 0 {
		return
	}
	a.from = &transition{pose: now.pose, ground: now.ground}
	a.action, a.style, a.facing, a.ground, a.roaming = best.action, best.style, best.facing, best.ground, best.roaming
	a.began = t
	a.look.equip(a.action, s.ease, s.rng)
}

// freeActions returns the allowed actions that no actor does, in random order.
func (s *stage) freeActions() []action {
	var used [numActions]bool
	for _, a := range s.actors {
		if a.action >= 0 {
			used[a.action] = true
		}
	}
	var free []action
	for _, k := range s.rng.permutation(len(s.actions)) {
		if !used[s.actions[k]] {
			free = append(free, s.actions[k])
		}
	}
	return free
}

// plan is how an actor would do an action.
type plan struct {
	action  action
	style   style
	facing  float64
	ground  point
	roaming float64
	inView  float64 // least share of the body's box in view, 0..1
}

// plan works out how actor i, who is now at a moment, would do an action for some seconds.
func (s *stage) plan(i int, act action, now moment, seconds float64) plan {
	p := plan{action: act, style: s.rng.style(act), facing: now.facing}
	if act.hasBall() { // the ball flies to the middle
		p.facing = 1
		if now.ground.x > s.aspect/2 {
			p.facing = -1
		}
	}
	bodies, reach := s.rehearse(i, p, seconds)
	slot := s.slot(i, 0)
	if act.roams() {
		slot = s.slot(i, slotOverlap)
		half := max(math.Abs(reach.x0), math.Abs(reach.x1)) // it turns round
		room := (slot.x1 - slot.x0) / 2
		height := s.actors[i].look.height
		p.roaming = max(leastRoaming*height, min(s.rng.in(.25, .6)*1.4*height, room-half))
		reach.x0, reach.x1 = -half-p.roaming, half+p.roaming
	}
	p.ground.x = place(now.ground.x, slot.x0-reach.x0, slot.x1-reach.x1)
	p.ground.x = place(p.ground.x, s.view.x0-reach.x0, s.view.x1-reach.x1)
	p.ground.y = min(max(s.home[i], s.view.y0-reach.y0), s.view.y1-reach.y1) // too tall: the feet stay in view
	if act.roams() {
		s.setOut(&p, now, s.actors[i].look.height)
	}
	p.inView = 1
	for _, b := range bodies {
		b = bounds{b.x0 + p.ground.x, b.y0 + p.ground.y, b.x1 + p.ground.x, b.y1 + p.ground.y}
		p.inView = min(p.inView, b.visible(s.aspect))
	}
	return p
}

// place returns the value in lo..hi nearest to want, or the middle where there is no room (lo > hi).
func place(want, lo, hi float64) float64 {
	if lo > hi {
		return (lo + hi) / 2
	}
	return min(max(want, lo), hi)
}

// setOut lets one that roams begin its way where it is, the way it faces.
func (s *stage) setOut(p *plan, now moment, height float64) {
	p.style.speed = min(p.style.speed, 2*p.roaming/(turnTime*height))
	offset := min(max((now.ground.x-p.ground.x)/p.roaming, -1), 1)
	p.facing = 1
	if now.facing < 0 {
		p.style.c = (1 - offset) / 4
	} else {
		p.style.c = (3 + offset) / 4
	}
}

// rehearse measures an action done at the origin: the body's bounds step by step, and the reach of all of it with its
// object. A ball may fly where it will.
func (s *stage) rehearse(i int, p plan, seconds float64) (bodies []bounds, reach bounds) {
	a := &actor{look: s.actors[i].look, action: p.action, style: p.style, facing: p.facing}
	ruler := newRuler()
	bodies, reach = make([]bounds, planSteps+1), nothing()
	for k := range bodies {
		drawn := a.draw(ruler, seconds*float64(k)/planSteps)
		bodies[k] = drawn.person
		reach = reach.union(drawn.person)
		if !p.action.hasBall() {
			reach = reach.union(drawn.object)
		}
	}
	return bodies, reach
}
