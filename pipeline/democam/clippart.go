package democam

// clipPart is what an actor does in a clip: an action in the frames from..to, and perhaps another one in the others.
type clipPart struct {
	actor    *actor // in the frames from..to, the clip's middle among them
	other    *actor // in the other frames; nil if there are none
	from, to int
	order    []int // which instant of its course each frame shows; nil: the frame's own
}

// playing returns the actors as they are in frame i, with step seconds from frame to frame.
func playing(parts []clipPart, i int, step float64) []performance {
	actors := make([]performance, len(parts))
	for k, p := range parts {
		instant := i
		if p.order != nil {
			instant = p.order[i]
		}
		actors[k] = performance{p.actor, clipStart + float64(instant)*step}
		if p.other != nil && (i < p.from || i >= p.to) {
			actors[k].actor = p.other
		}
	}
	return actors
}

// scramble puts the course of some actors out of order, with the middle frame left in its place: of those whose action is told by its
// course and who do nothing else.
func (v *variant) scramble(parts []clipPart, frames int) {
	if v.Scramble <= 0 {
		return
	}
	for i := range parts {
		p := &parts[i]
		if p.other == nil && p.actor.action.hasCourse() && v.rng.chance(v.Scramble) {
			p.order = ShuffledOrder(v.rng.next(), frames, frames/2)
		}
	}
}

// changeActions lets some of the cast do something else in the first or the last third of the clip.
func (v *variant) changeActions(cast []*actor, c *ClipConfig, step float64) []clipPart {
	parts := make([]clipPart, len(cast))
	for i, a := range cast {
		parts[i] = clipPart{actor: a, to: c.Frames}
		if v.Change <= 0 || !v.rng.chance(v.Change) {
			continue
		}
		other := *a
		v.assign(&other, v.otherThan(cast))
		third := v.rng.below(max(1, c.Frames/3))
		p := &parts[i]
		p.other = &other
		if v.rng.chance(.5) {
			p.from = third
			follow(&other, a, clipStart+(float64(p.from)-.5)*step)
		} else {
			p.to = c.Frames - third
			follow(a, &other, clipStart+(float64(p.to)-.5)*step)
		}
	}
	return parts
}

// otherThan returns an action that nobody of the cast does.
func (v *variant) otherThan(cast []*actor) action {
	for _, k := range v.rng.permutation(int(numActions)) {
		free := true
		for _, a := range cast {
			free = free && a.action != action(k)
		}
		if free {
			return action(k)
		}
	}
	return standing
}

// follow lets the actor next go on at time t from where before is then.
func follow(before, next *actor, t float64) {
	now := before.at(t)
	next.from = &transition{pose: now.pose, ground: now.ground}
	next.began = t
}
