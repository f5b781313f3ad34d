package democam

// Truth is what is in a frame of a [Camera].
type Truth struct {
	Index  int     // of the frame, from 0
	Time   float64 // Index / FPS, seconds
	Actors []ActorTruth
}

// ActorTruth is one actor in a frame. The order of the actors stays the same over the whole stream.
type ActorTruth struct {
	Action, Object string  // Object is "" for actions without one
	Since          float64 // seconds since the action began; below 0.45 the former pose still blends in
	Person         Box     // the body, cut at the frame's edges
	ObjectBox      Box     // likewise; zero where the object is not to be seen
	Visible        float64 // share of the body's box inside the frame, 0..1
}

// Union returns actor i's box joined with its object's, unless the object has flown off (more than 0.3 body heights
// away): the place an answer to the action's prompt should point to.
func (t Truth) Union(i int) Box {
	a := &t.Actors[i]
	return a.Person.withObject(a.ObjectBox)
}
