package streaming

const (
	// groupBytes and groupFrames bound a group of pictures that is kept: at 30 frames a second, 20 s of them.
	groupBytes  = 8 << 20
	groupFrames = 600
	// groupTick is the time between two frames that a newcomer has to catch up with, on the RTP clock: one millisecond.
	groupTick = clockRate / 1000
)

// group is the newest key frame and what followed it. Its zero value has nothing, and waits for a key frame.
type group struct {
	frames []*frame
	bytes  int
}

// add takes the next frame. A group that grows too long is given up.
func (g *group) add(f *frame) {
	if f.key {
		*g = group{}
	} else if len(g.frames) == 0 {
		return
	}
	g.frames = append(g.frames, f)
	if g.bytes += f.size(); g.bytes > groupBytes || len(g.frames) > groupFrames {
		*g = group{}
	}
}

// squeezed returns the frames with times that lie close together before the newest one's, so that a player shows them as fast as he can.
func (g *group) squeezed() []*frame {
	all := make([]*frame, len(g.frames))
	for i, f := range g.frames {
		before := len(g.frames) - 1 - i
		all[i] = f.at(g.frames[len(g.frames)-1].timestamp - uint32(before*groupTick)) //nolint:gosec // at most groupFrames; it wraps
	}
	return all
}
