package element

import "time"

// window is one clip as the engine takes it, and the frames' times.
type window struct {
	pix    []byte        // [frames, height, width, 3]
	last   time.Duration // PTS of the newest frame: the one whose heat is drawn
	layout *frameLayout  // what the stream's frames looked like then
}

// sampler picks the frames of a clip from a stream. It keeps every interval-th frame for as long as a clip lasts and
// builds clips of frames that lie evenly over it, the newest frame last. It belongs to the streaming thread.
type sampler struct {
	frames   int           // frames a clip
	size     int           // bytes a scaled frame
	duration time.Duration // time a clip covers

	ring  []sampled // oldest first
	free  [][]byte
	count int // frames since the last sampled one
}

// sampled is one scaled frame.
type sampled struct {
	pts time.Duration
	pix []byte
}

func newSampler(frames, size int, duration time.Duration) *sampler {
	return &sampler{frames: frames, size: size, duration: duration}
}

// due counts a frame and says whether it is to be sampled: every interval-th is, and the first.
func (s *sampler) due(pts time.Duration, interval int) bool {
	if n := len(s.ring); n > 0 && (pts < s.ring[n-1].pts || pts-s.ring[n-1].pts > s.duration) {
		s.reset() // a seek, a loop or a long gap: the old frames belong to another time
	}
	s.count++
	if len(s.ring) > 0 && s.count < interval {
		return false
	}
	s.count = 0
	return true
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

// clip copies the clip that ends with the newest frame into dst. While the stream is younger than a clip, the oldest
// frame stands in for those that are missing.
func (s *sampler) clip(dst []byte) (last time.Duration) {
	last = s.ring[len(s.ring)-1].pts
	step := s.duration / time.Duration(s.frames)
	from := 0
	for i := range s.frames {
		want := last - step*time.Duration(s.frames-1-i)
		for from+1 < len(s.ring) && absDuration(s.ring[from+1].pts-want) <= absDuration(s.ring[from].pts-want) {
			from++
		}
		copy(dst[i*s.size:(i+1)*s.size], s.ring[from].pix)
	}
	return last
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
