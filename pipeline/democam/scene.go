package democam

import (
	"cmp"
	"math"
	"slices"
)

// optics is how the camera changes what it sees.
type optics struct {
	gain, cast color   // of each channel: factor and offset
	noise      float64 // strength: the standard deviation is about this many grey levels
	blur       float64 // share of a pixel that spreads to its neighbours
	jitter     float64 // trembling of the hand, frame heights
	pan        float64 // slow looking around, frame heights
	panPhase   float64
}

func (r *rng) optics(ease float64) optics {
	var o optics
	gain := r.in(.75+.15*ease, 1.2-.1*ease)
	for q := range o.gain {
		o.gain[q] = float32(gain * r.in(.93, 1.07))
		o.cast[q] = float32(r.in(-10, 10))
	}
	calm := 1 - .5*ease
	o.noise, o.blur = r.in(0, 7*calm), math.Max(0, r.in(-.6, .55*calm))
	o.jitter, o.pan, o.panPhase = math.Max(0, r.in(-.004, .006)), math.Max(0, r.in(-.05, .05)), r.in(0, 6.28)
	return o
}

// direction returns where a panning camera looks at time t.
func (o *optics) direction(t float64) point {
	return point{o.pan * math.Sin(o.panPhase+1.1*t), .3 * o.pan * math.Sin(2*o.panPhase+.9*t)}
}

// performance is an actor at a time of its own: one whose course is out of order is not where the others are.
type performance struct {
	actor *actor
	time  float64 // seconds
}

// drawnActor says where an actor came to be drawn.
type drawnActor struct {
	person, object bounds // frame heights
	hasObject      bool
	joints         [numJoints]point // frame heights
}

// paint draws backdrop and actors, as seen with the canvas's offset; those nearer cover those farther.
func paint(c *canvas, b *backdrop, actors []performance) []drawnActor {
	b.view(c)
	order := make([]int, len(actors))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(actors[i].actor.ground.y, actors[j].actor.ground.y) })
	drawn := make([]drawnActor, len(actors))
	for _, i := range order {
		drawn[i] = actors[i].actor.draw(c, actors[i].time)
	}
	return drawn
}
