package streaming

import (
	"encoding/binary"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// vp8 is a frame as far as layers looks at it.
func vp8(pts time.Duration, key bool, width, height int) *IngestFrame {
	f := &IngestFrame{Codec: CodecVP8, PTS: pts, Key: key, Data: make([]byte, 10)}
	if !key {
		f.Data[0] = 1
		return f
	}
	copy(f.Data[3:], []byte{0x9d, 0x01, 0x2a})
	binary.LittleEndian.PutUint16(f.Data[6:], uint16(width))
	binary.LittleEndian.PutUint16(f.Data[8:], uint16(height))
	return f
}

// TestLargestLayerIsTaken, whatever its name, as long as it comes.
func TestLargestLayerIsTaken(t *testing.T) {
	var log strings.Builder
	s := layers{log: slog.New(slog.NewTextHandler(&log, nil))}
	asked := map[string]int{}
	add := func(rid string) *layer { return s.add(rid, &keyFrames{ask: func() { asked[rid]++ }}) }
	q, h, f := add("q"), add("h"), add("f")
	start := time.Unix(1000, 0)
	at := func(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }
	try := func(want bool, l *layer, frame *IngestFrame, ms int) time.Duration {
		t.Helper()
		require.Equal(t, want, s.pick(l, frame, at(ms)))
		return frame.PTS
	}

	require.Zero(t, try(true, q, vp8(0, true, 160, 90), 0))
	try(true, q, vp8(33*time.Millisecond, false, 0, 0), 33)
	try(false, h, vp8(0, false, 0, 0), 40) // no key frame
	require.Equal(t, 43*time.Millisecond, try(true, h, vp8(7*time.Second, true, 320, 180), 43))
	try(false, q, vp8(66*time.Millisecond, true, 160, 90), 50)
	require.Equal(t, 76*time.Millisecond, try(true, h, vp8(7*time.Second+33*time.Millisecond, false, 0, 0), 76))
	require.Equal(t, 500*time.Millisecond, try(true, f, vp8(time.Second, true, 640, 360), 500))
	try(false, h, vp8(7*time.Second, true, 320, 180), 510)
	require.Equal(t, f, s.current())

	// The network becomes narrow: the large one stays away, and comes back.
	require.Zero(t, asked["h"])
	try(false, h, vp8(8*time.Second, false, 0, 0), 1400)
	require.Zero(t, asked["h"], "not long enough")
	try(false, h, vp8(8*time.Second, false, 0, 0), 1600)
	require.Equal(t, 1, asked["h"])
	require.Equal(t, 1700*time.Millisecond, try(true, h, vp8(8*time.Second, true, 320, 180), 1700))
	require.Equal(t, 3*time.Second, try(true, f, vp8(90*time.Second, true, 640, 360), 3000))
	require.Equal(t, []any{"layer", "f"}, s.report())
	for _, said := range []string{"rid=q width=160 height=90 layers=3", "rid=h width=320 height=180", "rid=f width=640 height=360"} {
		require.Contains(t, log.String(), said)
	}

	require.False(t, s.remove(f))
	require.Nil(t, s.current())
	try(true, q, vp8(5*time.Second, true, 160, 90), 3100)
	require.False(t, s.remove(q))
	require.True(t, s.remove(h), "the last")
}

// TestOneEncodingIsNoSimulcast: nothing is said of it, and its times stay.
func TestOneEncodingIsNoSimulcast(t *testing.T) {
	var log strings.Builder
	s := layers{log: slog.New(slog.NewTextHandler(&log, nil))}
	l := s.add("", &keyFrames{ask: func() {}})
	for i := range 100 {
		f := vp8(time.Duration(i)*40*time.Millisecond, i%50 == 0, 64, 48)
		require.True(t, s.pick(l, f, time.Unix(int64(100*i), 0)))
		require.Equal(t, time.Duration(i)*40*time.Millisecond, f.PTS)
	}
	require.Empty(t, log.String())
	require.Nil(t, s.report())
}
