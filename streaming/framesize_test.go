package streaming

import (
	"encoding/hex"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFrameSize: the parameter sets are OpenH264's (by FFmpeg 8.0.1), and one with scaling lists, in fields and cropped, written by hand.
func TestFrameSize(t *testing.T) {
	const ivfHeaders = 32 + 12
	clip, err := os.ReadFile("internal/testsource/clip.ivf")
	require.NoError(t, err)
	ball, err := os.ReadFile("internal/testsource/ball.h264")
	require.NoError(t, err)
	h264 := func(text string) []byte {
		b, err := hex.DecodeString(text)
		require.NoError(t, err)
		return b
	}
	for name, ca := range map[string]struct {
		codec         string
		data          []byte
		width, height int
	}{
		"VP8":                       {CodecVP8, clip[ivfHeaders:], 320, 180},
		"VP8 that is to be scaled":  {CodecVP8, vp8(0, true, 640|1<<14, 360|2<<14).Data, 640, 360},
		"VP8, no key frame":         {CodecVP8, make([]byte, 20), 0, 0},
		"VP8, cut off":              {CodecVP8, []byte{0, 0, 0, 0x9d, 1, 0x2a, 1}, 0, 0},
		"empty VP8":                 {CodecVP8, nil, 0, 0},
		"H.264":                     {CodecH264, ball, 320, 180},
		"High, cropped":             {CodecH264, h264("0000000167640c28ac18d00f0044fcb8080f08846a0000000168ee3c800000000165b800040cfffc"), 1920, 1080},
		"High, not of whole blocks": {CodecH264, h264("000000016764" + "0c1eac18d01b07bcde0203c2211a80" + "0000000168ee3c8000"), 854, 480},
		"High, small":               {CodecH264, h264("0000000167640c14ac18d08ec44f8080f08846a0"), 50, 36},
		"fields, scaling lists":     {CodecH264, h264("0000000167640028ad9198ab1025264d422169a69a69a69a69a69a69a69a69a69a69a69a69a69a69a69a154e46994078044fda"), 1920, 1080},
		"H.264 without parameters":  {CodecH264, []byte{0, 0, 1, 0x65, 1, 2, 3}, 0, 0},
		"H.264, cut off":            {CodecH264, h264("0000000167640c28ac18"), 0, 0},
		"H.264, zeros":              {CodecH264, h264("000000016764000000000000"), 0, 0},
	} {
		width, height := frameSize(ca.codec, ca.data)
		require.Equal(t, []int{ca.width, ca.height}, []int{width, height}, name)
	}
}

// FuzzFrameSize: whatever a publisher sends, a size is one that a picture can have.
func FuzzFrameSize(f *testing.F) {
	f.Fuzz(func(t *testing.T, h264 bool, data []byte) {
		codec := CodecVP8
		if h264 {
			codec = CodecH264
		}
		width, height := frameSize(codec, data)
		require.True(t, 0 <= width && width <= maxSide && 0 <= height && height <= maxSide)
	})
}
