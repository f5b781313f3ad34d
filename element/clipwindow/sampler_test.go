package clipwindow

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const tick = time.Second / 30

// feed runs n frames through a sampler; the byte of each sampled frame is its number.
func feed(s *Sampler, from, n, interval int) {
	for i := from; i < from+n; i++ {
		pts := time.Duration(i) * tick
		if sample, _ := s.Due(pts, interval); sample {
			s.Slot(pts)[0] = byte(i)
		}
	}
}

func TestSamplerTakesEvenlySpacedFrames(t *testing.T) {
	s := New(8, 1, 2*time.Second)
	feed(s, 0, 91, 3)
	got := make([]byte, 8)
	require.Equal(t, 90*tick, s.Clip(got, s.newest(), 7))
	// A clip of 8 frames over 2 s is one frame every 7.5; every third was sampled.
	for i, frame := range got {
		require.InDelta(t, 90-7.5*float64(7-i), float64(frame), 1.5, "frame %d of the clip", i)
	}
	require.Equal(t, byte(90), got[7], "the newest frame is the last")
}

func TestSamplerOfYoungStreamRepeatsTheOldest(t *testing.T) {
	s := New(4, 1, time.Second)
	feed(s, 7, 1, 5)
	got := make([]byte, 4)
	s.Clip(got, s.newest(), 3)
	require.Equal(t, []byte{7, 7, 7, 7}, got)
}

func TestSamplerForgetsAfterAJump(t *testing.T) {
	for name, next := range map[string]int{"back": 0, "far ahead": 200} {
		t.Run(name, func(t *testing.T) {
			s := New(4, 1, time.Second)
			feed(s, 30, 60, 2)
			feed(s, next, 1, 2)
			got := make([]byte, 4)
			s.Clip(got, s.newest(), 3)
			require.Equal(t, []byte{byte(next), byte(next), byte(next), byte(next)}, got)
		})
	}
}

func TestSamplerKeepsNoMoreThanAClip(t *testing.T) {
	s := New(8, 1, 2*time.Second)
	feed(s, 0, 10_000, 6)
	require.LessOrEqual(t, len(s.ring)+len(s.free), 14)
}

func TestSamplerInterval(t *testing.T) {
	s := New(8, 1, 2*time.Second)
	var due int
	for i := range 60 {
		pts := time.Duration(i) * tick
		if sample, clip := s.Due(pts, 6); clip {
			require.True(t, sample)
			s.Slot(pts)
			due++
		}
	}
	require.Equal(t, 10, due)
}

func TestSamplerFillsLongIntervals(t *testing.T) {
	for interval, want := range map[int]int{30: 12, 100: 4, 1000: 1} { // samples for 91 frames, with a clip of 4 in a second
		s := New(4, 1, time.Second)
		var sampled int
		for i := range 91 {
			pts := time.Duration(i) * tick
			if sample, _ := s.Due(pts, interval); sample {
				s.Slot(pts)
				sampled++
			}
		}
		require.InDelta(t, want, sampled, 1, "interval %d", interval)
	}
}

// TestSamplerPrefersNewFrames: where the ages say so, the newest frames lie closer together, and no frame is sampled that no clip wants.
func TestSamplerPrefersNewFrames(t *testing.T) {
	s := New(8, 1, 1200*time.Millisecond)
	s.SetAges([]float64{1, .667, .417, .25, .167, .083, .056, 0})
	var sampled int
	for i := range 301 {
		pts := time.Duration(i) * tick
		sample, clip := s.Due(pts, 6)
		require.Equal(t, i%6 == 0, clip)
		if sample {
			s.Slot(pts)[0] = byte(i)
			sampled++
		}
	}
	require.Equal(t, 151, sampled, "frames that are 0, 2 or 3 old when a clip is due")
	got := make([]byte, 8)
	require.Equal(t, 300*tick, s.Clip(got, s.newest(), 7))
	const newest = 300 - 256 // in a byte
	require.Equal(t, []byte{newest - 36, newest - 24, newest - 15, newest - 9, newest - 6, newest - 3, newest - 2, newest}, got)
}
