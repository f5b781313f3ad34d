package pipeline

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTimelineGoesOn(t *testing.T) {
	var line timeline
	line.next() // before the first frame there is nothing to follow
	require.Equal(t, time.Second, line.passed(time.Second))
	require.Equal(t, 900*time.Millisecond, line.passed(900*time.Millisecond), "variants are encoded side by side")
	line.next()
	require.Equal(t, time.Second+timelineStep, line.passed(0))
	require.Equal(t, 3*time.Second+timelineStep, line.of(2*time.Second))
	line.next()
	require.Equal(t, time.Second+2*timelineStep, line.of(0), "only what went out counts")
}
