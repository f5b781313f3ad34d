package pipeline

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestLate: a feed that is a little behind draws faster, one that is far behind leaves frames out and is on time again.
func TestLate(t *testing.T) {
	const interval = 40 * time.Millisecond
	for _, ca := range []struct {
		name  string
		i     int
		since time.Duration
		want  int
	}{
		{"begins", 0, 0, 0},
		{"on time", 250, 10 * time.Second, 0},
		{"early", 251, 10 * time.Second, 0},
		{"a few frames behind", 240, 10 * time.Second, 0},
		{"a second behind", 225, 10 * time.Second, 0},
		{"suspended for an hour", 250, time.Hour + 10*time.Second, 25 * 3600},
		{"two seconds and a half frame", 100, 6*time.Second + interval/2, 50},
	} {
		t.Run(ca.name, func(t *testing.T) {
			n := late(ca.i, interval, ca.since)
			require.Equal(t, ca.want, n)
			if n > 0 {
				require.Less(t, ca.since-time.Duration(ca.i+n)*interval, interval, "the next frame is due")
			}
		})
	}
}
