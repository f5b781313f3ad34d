package democam

// style holds the random choices of one performance of an action.
type style struct {
	freq    float64 // repetitions a second
	a, b, c float64 // free parameters in 0..1; what they do depends on the action
	phase   float64 // where in the repetition the performance begins, in 0..1
	side    int     // the arm or direction used, 0 or 1
	speed   float64 // body heights a second; 0 stays in place
	still   bool    // one that stands or raises an arm holds an instant of its moving twin's pose
}

func (r *rng) style(a action) style {
	s := style{a: r.float(), b: r.float(), c: r.float(), phase: r.float(), side: r.below(2)}
	switch a {
	case waving:
		s.freq = r.in(.8, 1.6)
	case clapping:
		s.freq = r.in(.9, 1.7)
	case jumping:
		s.freq = r.in(.8, 1.3)
	case walking, carrying:
		s.freq, s.speed = r.in(.75, 1.15), r.in(.22, .42)
	case running:
		s.freq, s.speed = r.in(1.25, 1.7), r.in(.5, .85)
	case squatting:
		s.freq = r.in(.45, .8)
	case kicking, throwing:
		s.freq, s.phase = r.in(.5, .65), r.in(-.25, .25)
	case lifting:
		s.freq = r.in(.35, .55)
	case falling:
		s.freq, s.phase = r.in(.26, .34), r.in(-.02, .13)
	case climbing:
		s.freq = r.in(.7, 1.2)
	case hammering:
		s.freq = r.in(.9, 1.6)
	case pushups:
		s.freq = r.in(.45, .9)
	case guitar:
		s.freq = r.in(.9, 1.7)
	default:
		s.freq = r.in(.15, .35)
	}
	return s
}
