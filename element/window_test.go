package element

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const tick = time.Second / 30

// feed runs n frames through a sampler; the byte of each sampled frame is its number.
func feed(s *sampler, from, n, interval int) {
	for i := from; i < from+n; i++ {
		pts := time.Duration(i) * tick
		if sample, _ := s.due(pts, interval); sample {
			s.slot(pts)[0] = byte(i)
		}
	}
}

func TestSamplerTakesEvenlySpacedFrames(t *testing.T) {
	s := newSampler(8, 1, 2*time.Second)
	feed(s, 0, 91, 3)
	got := make([]byte, 8)
	require.Equal(t, 90*tick, s.clip(got, s.newest(), 7))
	// A clip of 8 frames over 2 s is one frame every 7.5; every third was sampled.
	for i, frame := range got {
		require.InDelta(t, 90-7.5*float64(7-i), float64(frame), 1.5, "frame %d of the clip", i)
	}
	require.Equal(t, byte(90), got[7], "the newest frame is the last")
}

func TestSamplerOfYoungStreamRepeatsTheOldest(t *testing.T) {
	s := newSampler(4, 1, time.Second)
	feed(s, 7, 1, 5)
	got := make([]byte, 4)
	s.clip(got, s.newest(), 3)
	require.Equal(t, []byte{7, 7, 7, 7}, got)
}

func TestSamplerForgetsAfterAJump(t *testing.T) {
	for name, next := range map[string]int{"back": 0, "far ahead": 200} {
		t.Run(name, func(t *testing.T) {
			s := newSampler(4, 1, time.Second)
			feed(s, 30, 60, 2)
			feed(s, next, 1, 2)
			got := make([]byte, 4)
			s.clip(got, s.newest(), 3)
			require.Equal(t, []byte{byte(next), byte(next), byte(next), byte(next)}, got)
		})
	}
}

func TestSamplerKeepsNoMoreThanAClip(t *testing.T) {
	s := newSampler(8, 1, 2*time.Second)
	feed(s, 0, 10_000, 6)
	require.LessOrEqual(t, len(s.ring)+len(s.free), 14)
}

func TestSamplerInterval(t *testing.T) {
	s := newSampler(8, 1, 2*time.Second)
	var due int
	for i := range 60 {
		pts := time.Duration(i) * tick
		if sample, clip := s.due(pts, 6); clip {
			require.True(t, sample)
			s.slot(pts)
			due++
		}
	}
	require.Equal(t, 10, due)
}

func TestSamplerFillsLongIntervals(t *testing.T) {
	for interval, want := range map[int]int{30: 12, 100: 4, 1000: 1} { // samples for 91 frames, with a clip of 4 in a second
		s := newSampler(4, 1, time.Second)
		var sampled int
		for i := range 91 {
			pts := time.Duration(i) * tick
			if sample, _ := s.due(pts, interval); sample {
				s.slot(pts)
				sampled++
			}
		}
		require.InDelta(t, want, sampled, 1, "interval %d", interval)
	}
}

func TestMailboxKeepsTheNewest(t *testing.T) {
	m := newMailbox()
	for i := range 3 {
		w := m.blank(1)
		w.pix[0] = byte(i)
		m.send(w)
	}
	w := m.take()
	require.Equal(t, byte(2), w.pix[0])
	require.Nil(t, m.take())
	put, dropped := m.counts()
	require.Equal(t, uint64(3), put)
	require.Equal(t, uint64(2), dropped)
	<-m.wake
	select {
	case <-m.wake:
		t.Fatal("one token is enough for any number of windows")
	default:
	}
}

func TestMailboxReusesWindows(t *testing.T) {
	m := newMailbox()
	a := m.blank(4)
	m.send(a)
	m.send(m.blank(4)) // replaces a
	require.Same(t, a, m.blank(4))
	require.Len(t, m.blank(8).pix, 8)
	m.release(nil)
}

func TestSplitAndJoinPrompts(t *testing.T) {
	for text, want := range map[string][]string{
		"":                                nil,
		" ; ;":                            nil,
		"a person waving":                 {"a person waving"},
		"a person waving; a dog ;; a cat": {"a person waving", "a dog", "a cat"},
	} {
		require.Equal(t, want, SplitPrompts(text), text)
		require.Equal(t, want, SplitPrompts(JoinPrompts(want)))
	}
}
