// Package clipwindow picks the frames of a clip from a stream: which frames are to be kept, and which of them make up the clip that ends
// now. It holds no GStreamer, so that what is measured without a pipeline sees the same clips as the element.
package clipwindow

import (
	"math"
	"time"
)

// Sampler keeps some of a stream's frames for as long as a clip lasts and builds clips of them. It is not safe for concurrent use.
type Sampler struct {
	frames   int           // frames a clip
	size     int           // bytes a scaled frame
	duration time.Duration // time a clip covers
	ages     []float64     // of a clip's frames before its newest, oldest first, in shares of the duration; nil: evenly

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

// New makes a sampler of clips of so many frames, each of size bytes, that lie evenly over the duration.
func New(frames, size int, duration time.Duration) *Sampler {
	return &Sampler{frames: frames, size: size, duration: duration}
}

// SetDuration changes the time that a clip covers.
func (s *Sampler) SetDuration(d time.Duration) { s.duration = d }

// SetAges has the frames of a clip so long before its newest, oldest first, in shares of the duration: newest frames lie closer together
// than old ones, so that a clip tells sooner of what has changed, and still spans its time. There are as many as frames; nil: evenly.
func (s *Sampler) SetAges(ages []float64) { s.ages = ages }

// Frames is how many frames a clip has.
func (s *Sampler) Frames() int { return s.frames }

// Bytes is how many bytes a clip has.
func (s *Sampler) Bytes() int { return s.frames * s.size }

// Kept is how many frames are kept.
func (s *Sampler) Kept() int { return len(s.ring) }

// Due counts a frame and says whether it is to be sampled, and whether a clip is due with it: with every interval-th it is, and with
// the first. When that is too seldom for a clip's frames, frames between are sampled too, once the next clip reaches back to them.
func (s *Sampler) Due(pts time.Duration, interval int) (sample, clip bool) {
	apart := pts - s.last
	if len(s.ring) > 0 && (apart < 0 || apart > s.duration) {
		s.Reset() // a seek, a loop or a long gap: the old frames belong to another time
	}
	s.last = pts
	s.count++
	if len(s.ring) > 0 && s.count < interval {
		return s.between(pts, apart, interval), false
	}
	s.count = 0
	return true, true
}

// between says whether a frame between two clips is one of a later clip's.
func (s *Sampler) between(pts, apart time.Duration, interval int) bool {
	if s.ages == nil {
		return pts-s.newest() >= s.Step() && time.Duration(interval-s.count)*apart <= s.duration
	}
	// The frame will be interval-count frames old when the next clip is due, and interval more with each clip after that.
	for _, age := range s.ages {
		frames := age * float64(s.duration) / float64(apart)
		clips := math.Round((frames + float64(s.count)) / float64(interval))
		if clips >= 1 && math.Abs(clips*float64(interval)-float64(s.count)-frames) <= .5 {
			return true
		}
	}
	return false
}

// Slot gives the memory for the frame at pts, dropping frames older than a clip.
func (s *Sampler) Slot(pts time.Duration) []byte {
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

// Step is the time from one frame of a clip to the next, where they lie evenly.
func (s *Sampler) Step() time.Duration { return s.duration / time.Duration(s.frames) }

// newest is the PTS of the newest sampled frame.
func (s *Sampler) newest() time.Duration { return s.ring[len(s.ring)-1].pts }

// age is how long frame i of a clip lies before its newest.
func (s *Sampler) age(i int) time.Duration {
	if s.ages != nil {
		return time.Duration(s.ages[i] * float64(s.duration))
	}
	return s.Step() * time.Duration(s.frames-1-i)
}

// Clip copies the clip that ends at a time into dst and gives the PTS of one of its frames. Where the stream is too young, the
// oldest frame stands in for those that are missing; where it has ended, the newest.
func (s *Sampler) Clip(dst []byte, end time.Duration, wanted int) (pts time.Duration) {
	from := 0
	for i := range s.frames {
		want := end - s.age(i)
		for from+1 < len(s.ring) && (s.ring[from+1].pts-want).Abs() <= (s.ring[from].pts-want).Abs() {
			from++
		}
		copy(dst[i*s.size:(i+1)*s.size], s.ring[from].pix)
		if i == wanted {
			pts = s.ring[from].pts
		}
	}
	return pts
}

// Reset forgets all frames.
func (s *Sampler) Reset() {
	for _, f := range s.ring {
		s.free = append(s.free, f.pix)
	}
	s.ring, s.count = s.ring[:0], 0
}
