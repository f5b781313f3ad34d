package h264

import (
	"bytes"
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"
)

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	require.NoError(t, err)
	return b
}

// TestSayBT601: a parameter set of openh264enc 2.6, 640x360, and the same without its VUI. What libavcodec reads of the results is BT.601 of
// limited range (PyAV 18.1: colorspace 6, color_range 1).
func TestSayBT601(t *testing.T) {
	for name, c := range map[string]struct{ set, want string }{
		"openh264enc, with a VUI": {"6742c01e8c680a02ff9601e1108d40", "6742c01e8c680a02ff966a0c0c0c0f08846a"},
		"no VUI":                  {"6742c01e8c680a02ff95", "6742c01e8c680a02ff966a0c0c0c04"},
	} {
		frame := unhex(t, "0000000109f000000001"+c.set+"0000000168ce3c800000000165b8000405")
		got := SayBT601(frame)
		require.NotEqual(t, frame, got, name)
		require.True(t, bytes.HasSuffix(got, unhex(t, "0000000168ce3c800000000165b8000405")), name)
		require.True(t, bytes.HasPrefix(got, unhex(t, "0000000109f000000001"+c.want)), "%s: %x", name, got)
		require.Equal(t, got, SayBT601(got), "%s: said twice", name)
	}
}

func TestSayBT601LeavesOthersAlone(t *testing.T) {
	for _, s := range []string{"", "00", "000001", "00000141", "0000000141e0", "0000000167", "000000016764001fac", "00000001674200"} {
		frame := unhex(t, s)
		require.Equal(t, frame, SayBT601(frame), s)
	}
}

func FuzzSayBT601(f *testing.F) {
	f.Add([]byte{0, 0, 0, 1, 0x67, 0x42, 0xc0, 0x1e, 0x8c, 0x68, 0x0a, 0x02, 0xff, 0x96, 0x01, 0xe1, 0x10, 0x8d, 0x40, 0, 0, 0, 1, 0x65})
	f.Add([]byte{0, 0, 1, 0x67, 0x64, 0, 0x1f, 0xac, 0, 0, 3, 0, 0, 1})
	f.Fuzz(func(t *testing.T, frame []byte) {
		got := SayBT601(frame)
		if len(got) > 2*len(frame)+64 {
			t.Fatalf("%d bytes of %d", len(got), len(frame))
		}
	})
}
