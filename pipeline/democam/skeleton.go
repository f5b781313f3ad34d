package democam

import "math"

// skeleton holds the joints of a body in person units: the pelvis is the origin, the actor faces right.
type skeleton struct {
	hip, knee, ankle, toe, shoulder, elbow, hand [2]point
	neck, head                                   point
	foot                                         float64 // y of the lowest point of the feet
}

const numJoints = 11

// ClipJoints lists the joints that a clip's truth tells.
func ClipJoints() [numJoints]string {
	return [...]string{
		"pelvis", "neck", "head", "far elbow", "near elbow", "far hand", "near hand", "far knee", "near knee", "far ankle", "near ankle",
	}
}

// seenJoints returns the joints in that order, in frame heights as the camera sees them.
func (f *figure) seenJoints() [numJoints]point {
	j := &f.joints
	all := [numJoints]point{
		{}, j.neck, j.head, j.elbow[0], j.elbow[1], j.hand[0], j.hand[1], j.knee[0], j.knee[1], j.ankle[0], j.ankle[1],
	}
	for i, p := range all {
		at := f.fromBody(p)
		all[i] = point{at.x - f.c.offset.x, at.y - f.c.offset.y}
	}
	return all
}

// bone returns the point at the end of a bone of the given length and angle (0 hangs down).
func bone(from point, length, angle float64) point {
	return point{from.x + length*math.Sin(angle), from.y + length*math.Cos(angle)}
}

func newSkeleton(l *look, p *pose) skeleton {
	var s skeleton
	s.neck = point{l.torso * math.Sin(p.lean), -l.torso * math.Cos(p.lean)}
	for i := range 2 {
		side := outward(i)
		s.hip[i] = point{side * .055 * l.width * p.front, 0}
		s.knee[i] = bone(s.hip[i], l.leg, p.thigh[i])
		s.ankle[i] = bone(s.knee[i], l.leg, p.shin[i])
		toeX := (1 - p.front) + p.front*side*.4
		s.toe[i] = point{
			s.ankle[i].x + .065*toeX*math.Cos(p.shin[i]*.7),
			s.ankle[i].y + .012 - .06*math.Sin(p.shin[i]*.7)*toeX,
		}
		s.foot = math.Max(s.foot, math.Max(s.ankle[i].y, s.toe[i].y)+.02)
		s.shoulder[i] = point{
			s.neck.x + side*.095*l.width*p.front*math.Cos(p.lean),
			s.neck.y + .03 + side*.09*p.front*math.Sin(p.lean),
		}
		s.elbow[i] = bone(s.shoulder[i], l.arm, p.upperArm[i])
		s.hand[i] = bone(s.elbow[i], l.arm*.95, p.forearm[i])
	}
	s.head = point{
		s.neck.x + (l.headRadius+.035)*math.Sin(p.lean+p.head),
		s.neck.y - (l.headRadius+.035)*math.Cos(p.lean+p.head),
	}
	return s
}
