package streaming

import (
	"math/rand/v2"
	"time"
)

const (
	clockRate = 90000 // of RTP video, RFC 3551
	// A source whose time jumps further than this has started over.
	clockJump = 10 * time.Second
	// clockStep is how far the clock goes on over such a jump.
	clockStep = time.Second / 30
)

// clock makes the RTP time of a stream out of its source's time. All variants of a stream share it, so that a viewer may go from one to
// the other, and heat finds its frame. It is not safe for concurrent use.
type clock struct {
	start   uint32        // random, RFC 3550 section 5.1
	offset  time.Duration // from the source's time to ours
	elapsed time.Duration // of the newest frame
}

func newClock() clock {
	return clock{start: rand.Uint32()} //nolint:gosec // unpredictable enough for a timestamp under SRTP
}

// advance returns the RTP timestamp of a frame. Frames may come a little out of order: variants are encoded side by side.
func (c *clock) advance(pts time.Duration) uint32 {
	if d := pts + c.offset - c.elapsed; d > clockJump || d < -clockJump {
		c.offset = c.elapsed + clockStep - pts
	}
	c.elapsed = max(c.elapsed, pts+c.offset)
	return c.at(pts)
}

// at returns the RTP timestamp of an earlier frame. The whole time is converted, so that rounding does not add up.
func (c *clock) at(pts time.Duration) uint32 {
	t := pts + c.offset
	sec, rest := t/time.Second, t%time.Second
	return c.start + uint32(int64(sec)*clockRate+int64(rest)*clockRate/int64(time.Second)) //nolint:gosec // wraps, as RTP time does
}

// now is the RTP timestamp of the newest frame.
func (c *clock) now() uint32 { return c.at(c.elapsed - c.offset) }

// age is how far the newest frame is after an earlier one.
func (c *clock) age(pts time.Duration) time.Duration { return max(c.elapsed-pts-c.offset, 0) }
