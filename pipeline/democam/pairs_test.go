package democam

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMotionPairs(t *testing.T) {
	require.Equal(t, [][2]string{{"waving", "raising an arm"}, {"walking", "standing still"}, {"carrying a box", "lifting a box"}}, MotionPairs())
}
