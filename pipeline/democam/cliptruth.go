package democam

import (
	"fmt"
	"strconv"
)

// ClipTruth is what is in a clip.
type ClipTruth struct {
	Seed   uint64
	Step   float64 // seconds from frame to frame
	Aspect float64 // of the scene
	Actors []ClipActor
}

// ClipActor is one actor of a clip, with one box a frame.
type ClipActor struct {
	Action, Object string             // Object is "" for actions without one
	Class          int                // index of Action in [Actions]
	Height         float64            // frame heights
	Person         []Box              // cut at the frame's edges; empty where the person is out of view
	ObjectBox      []Box              // zero where the object is not to be seen
	From, To       int                // the frames, half open, in which the actor does this; all of them unless it changes its action
	Scrambled      bool               // the actor's course is out of order
	joints         [][numJoints]point // by frame, in shares of the frame
}

func newClipTruth(seed uint64, step, aspect float64, parts []clipPart, frames int) *ClipTruth {
	t := &ClipTruth{Seed: seed, Step: step, Aspect: aspect, Actors: make([]ClipActor, len(parts))}
	table := actionTable()
	for i, p := range parts {
		a := p.actor
		info := table[a.action]
		t.Actors[i] = ClipActor{
			Action: info.name, Object: info.object, Class: int(a.action), Height: a.look.height,
			Person: make([]Box, 0, frames), ObjectBox: make([]Box, 0, frames), From: p.from, To: p.to,
			Scrambled: p.order != nil, joints: make([][numJoints]point, 0, frames),
		}
	}
	return t
}

// add appends the boxes of the next frame.
func (a *ClipActor) add(d drawnActor, aspect float64) {
	a.Person = append(a.Person, d.person.inFrame(aspect))
	var object Box
	if d.hasObject {
		object = d.object.inFrame(aspect)
	}
	a.ObjectBox = append(a.ObjectBox, object)
	for i := range d.joints {
		d.joints[i].x /= aspect
	}
	a.joints = append(a.joints, d.joints)
}

// Union returns the actor's box of a frame joined with its object's, unless the object has flown off (more than 0.3
// body heights away).
func (a *ClipActor) Union(frame int) Box {
	return a.Person[frame].withObject(a.ObjectBox[frame])
}

// AppendJSON appends the line that stands before a clip in the stream of [WriteClips]:
//
//	{"seed":1,"dt":0.2511,"aspect":1.234,"actors":[{"action":"kicking a ball","id":7,"object":"ball","h":0.512,
//	 "person":[[x0,y0,x1,y1], …],"obj":[[x0,y0,x1,y1], …]}]}
//
// (without the break), ended by a newline. An actor that changes its action also has "frames":[from,to], one whose course is out of
// order "scrambled":true, and with joints each has "joints":[[x,y,x,y, …], …], by frame those of [ClipJoints]. It is written by hand so
// that the bytes are the same for ever.
func (t *ClipTruth) AppendJSON(b []byte, joints bool) []byte {
	b = fmt.Appendf(b, `{"seed":%d,"dt":%.4f,"aspect":%.3f,"actors":[`, t.Seed, t.Step, t.Aspect)
	for i, a := range t.Actors {
		if i > 0 {
			b = append(b, ',')
		}
		b = fmt.Appendf(b, `{"action":%q,"id":%d,"object":%q,"h":%.3f,"person":`, a.Action, a.Class, a.Object, a.Height)
		b = appendBoxes(b, a.Person)
		b = append(b, `,"obj":`...)
		b = appendBoxes(b, a.ObjectBox)
		if a.To-a.From < len(a.Person) {
			b = fmt.Appendf(b, `,"frames":[%d,%d]`, a.From, a.To)
		}
		if a.Scrambled {
			b = append(b, `,"scrambled":true`...)
		}
		if joints {
			b = append(b, `,"joints":`...)
			b = appendJoints(b, a.joints)
		}
		b = append(b, '}')
	}
	return append(b, "]}\n"...)
}

func appendJoints(b []byte, frames [][numJoints]point) []byte {
	b = append(b, '[')
	for i, joints := range frames {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '[')
		for k, p := range joints {
			if k > 0 {
				b = append(b, ',')
			}
			b = strconv.AppendFloat(b, p.x, 'f', 4, 64)
			b = append(b, ',')
			b = strconv.AppendFloat(b, p.y, 'f', 4, 64)
		}
		b = append(b, ']')
	}
	return append(b, ']')
}

func appendBoxes(b []byte, boxes []Box) []byte {
	b = append(b, '[')
	for i, box := range boxes {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '[')
		for q, v := range [...]float64{box.X0, box.Y0, box.X1, box.Y1} {
			if q > 0 {
				b = append(b, ',')
			}
			b = strconv.AppendFloat(b, v, 'f', 4, 64)
		}
		b = append(b, ']')
	}
	return append(b, ']')
}
