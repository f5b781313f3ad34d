package element

import "time"

// window is one clip as the engine takes it, and the frames' times.
type window struct {
	pix     []byte        // [frames, height, width, 3]
	wanted  int           // the frame of the clip whose heat is asked for
	pts     time.Duration // PTS of that frame
	running time.Duration // its running time; negative when it has none
	layout  *frameLayout  // what the stream's frames looked like then
	round   uint64        // of the timeline, in aligned mode
}

// sampler picks the frames of a clip from a stream. It keeps some of the frames for as long as a clip lasts and builds clips of
// frames that lie evenly over it. It belongs to the streaming thread.
type sampler struct {
	frames   int           // frames a clip
	size     int           // bytes a scaled frame
	duration time.Duration // time a clip covers

	ring  []sampled // oldest first
	free  [][]byte
	last  time.Duration // PTS of the newest frame, sampled or not
	count int           // frames since the last clip
}

// sampled is one scaled frame.
type sampled struct {
	pts time.Duration
	pix []byte
}

func newSampler(frames, size int, duration time.Duration) *sampler {
	return &sampler{frames: frames, size: size, duration: duration}
}

// due counts a frame and says whether it is to be sampled, and whether a clip is due with it: with every interval-th it is, and with
// the first. When that is too seldom for a clip's frames, frames between are sampled too, once the next clip reaches back to them.
func (s *sampler) due(pts time.Duration, interval int) (sample, clip bool) {
	apart := pts - s.last
	if len(s.ring) > 0 && (apart < 0 || apart > s.duration) {
		s.reset() // a seek, a loop or a long gap: the old frames belong to another time
	}
	s.last = pts
	s.count++
	if len(s.ring) > 0 && s.count < interval {
		return pts-s.newest() >= s.step() && time.Duration(interval-s.count)*apart <= s.duration, false
	}
	s.count = 0
	return true, true
}

// slot gives the memory for the frame at pts, dropping frames older than a clip.
func (s *sampler) slot(pts time.Duration) []byte {
	// One frame older than the clip is kept: it may be the nearest to the clip's start.
	for len(s.ring) > 1 && pts-s.ring[1].pts > s.duration {
		s.free = append(s.free, s.ring[0].pix)
		s.ring = append(s.ring[:0], s.ring[1:]...)
	}
	var pix []byte
	if n := len(s.free); n > 0 {
		pix, s.free = s.free[n-1], s.free[:n-1]
	} else {
		pix = make([]byte, s.size)
	}
	s.ring = append(s.ring, sampled{pts, pix})
	return pix
}

// step is the time from one frame of a clip to the next.
func (s *sampler) step() time.Duration { return s.duration / time.Duration(s.frames) }

// newest is the PTS of the newest sampled frame.
func (s *sampler) newest() time.Duration { return s.ring[len(s.ring)-1].pts }

// clip copies the clip that ends at a time into dst and gives the PTS of one of its frames. Where the stream is too young, the
// oldest frame stands in for those that are missing; where it has ended, the newest.
func (s *sampler) clip(dst []byte, end time.Duration, wanted int) (pts time.Duration) {
	from := 0
	for i := range s.frames {
		want := end - s.step()*time.Duration(s.frames-1-i)
		for from+1 < len(s.ring) && absDuration(s.ring[from+1].pts-want) <= absDuration(s.ring[from].pts-want) {
			from++
		}
		copy(dst[i*s.size:(i+1)*s.size], s.ring[from].pix)
		if i == wanted {
			pts = s.ring[from].pts
		}
	}
	return pts
}

// reset forgets all frames.
func (s *sampler) reset() {
	for _, f := range s.ring {
		s.free = append(s.free, f.pix)
	}
	s.ring, s.count = s.ring[:0], 0
}

func absDuration(d time.Duration) time.Duration {
	if d < 0 {
		return -d
	}
	return d
}
