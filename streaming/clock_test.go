package streaming

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestClockRoundingDoesNotAddUp(t *testing.T) {
	c := newClock()
	var pts time.Duration
	for range 30 * 3600 {
		pts += time.Second / 30 // 33.333333 ms, a third of a nanosecond short
		c.advance(pts)
	}
	require.InDelta(t, 3600*clockRate, float64(c.now()-c.start), 5)
}

func TestClockGoesOnOverJumps(t *testing.T) {
	c := clock{start: 1000}
	ms := func(n int) time.Duration { return time.Duration(n) * time.Millisecond }
	require.Equal(t, uint32(1000), c.advance(0))
	require.Equal(t, uint32(1000+9000), c.advance(ms(100)))
	require.Equal(t, uint32(1000+4500), c.advance(ms(50)), "another variant is a little behind")
	require.Equal(t, uint32(1000+9000), c.now())
	require.InDelta(t, 1000+9000+3000, c.advance(time.Hour), 1, "a camera that came back")
	require.InDelta(t, 1000+9000+3000+9000, c.advance(time.Hour+ms(100)), 1)
	require.InDelta(t, 1000+9000+3000, c.at(time.Hour), 1)
	require.Equal(t, ms(100), c.age(time.Hour).Round(time.Millisecond))
	require.InDelta(t, 1000+9000+3000+9000+3000, c.advance(0), 1, "a file that starts over")
	require.Zero(t, c.age(ms(500)), "nothing is younger than the newest frame")
}
