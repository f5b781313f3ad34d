package bits

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReader(t *testing.T) {
	r := &Reader{Data: []byte{0b1_010_0110, 0b0_1000000}}
	require.True(t, r.Flag())
	require.Equal(t, 1, r.Golomb())
	require.Equal(t, 0b0110_0, r.Bits(5))
	require.Equal(t, 9, r.Stop())
	require.Equal(t, 0b1000000, r.Bits(7))
	require.False(t, r.Over)
	require.Zero(t, r.Bits(3))
	require.True(t, r.Over)
	require.Equal(t, -1, (&Reader{Data: make([]byte, 2)}).Stop())

	endless := &Reader{Data: make([]byte, 8)}
	require.Zero(t, endless.Golomb())
	require.True(t, endless.Over, "no number has so many zeros")
}

func TestWriter(t *testing.T) {
	w := &Writer{}
	w.Bits(0b101, 3)
	w.Copy([]byte{0b0001_1110}, 3, 7)
	require.Equal(t, []byte{0b101_1111_0}, w.Data)
	require.Equal(t, 7, w.At)
	w.Bits(0b11, 2)
	require.Equal(t, []byte{0b101_1111_1, 0b1000_0000}, w.Data)
}
