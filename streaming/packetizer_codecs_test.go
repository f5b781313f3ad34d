package streaming

import (
	"bytes"
	"testing"

	"github.com/pion/rtp/codecs"
	"github.com/stretchr/testify/require"
)

func TestPacketizerVP9(t *testing.T) {
	p := newPayloader(CodecVP9)
	for _, frame := range []struct {
		key  bool
		data []byte
	}{
		{true, append([]byte{0x82, 0x49, 0x83, 0x42, 0x00, 0x77, 0xf0, 0x32, 0x34}, bytes.Repeat([]byte{7}, 3*mtu)...)}, // 1920x804
		{false, append([]byte{0x86}, bytes.Repeat([]byte{8}, 2*mtu)...)},
		{false, []byte{0x86, 1}},
	} {
		var got []byte
		payloads := p.Payload(mtu-rtpHeader, frame.data)
		for i, payload := range payloads {
			require.LessOrEqual(t, len(payload)+rtpHeader, mtu)
			var h codecs.VP9Packet
			b, err := h.Unmarshal(payload)
			require.NoError(t, err)
			require.False(t, h.I, "no picture id")
			require.Equal(t, []bool{!frame.key, i == 0, i == len(payloads)-1}, []bool{h.P, h.B, h.E})
			if i == 0 && frame.key {
				require.Equal(t, []uint16{1920, 804}, []uint16{h.Width[0], h.Height[0]})
			}
			got = append(got, b...)
		}
		require.Equal(t, frame.data, got)
	}
	require.Empty(t, p.Payload(mtu-rtpHeader, nil))
	require.Empty(t, p.Payload(mtu-rtpHeader, []byte("no frame")))
}

func TestPacketizerAV1(t *testing.T) {
	// A temporal delimiter, a sequence header of three bytes and a frame, each with its size; the delimiter is not sent.
	frame := bytes.Repeat([]byte{9}, 2*mtu)
	unit := []byte{0x12, 0x00, 0x0a, 0x03, 1, 2, 3, 0x32, byte(len(frame)&0x7f) | 0x80, byte(len(frame) >> 7)}
	payloads := newPayloader(CodecAV1).Payload(mtu-rtpHeader, append(unit, frame...))
	require.Greater(t, len(payloads), 2)
	var d codecs.AV1Depacketizer
	var got []byte
	for i, payload := range payloads {
		require.LessOrEqual(t, len(payload)+rtpHeader, mtu)
		require.Equal(t, i == 0, payload[0]&0x08 != 0, "N: a new coded video sequence")
		b, err := d.Unmarshal(payload)
		require.NoError(t, err)
		got = append(got, b...)
	}
	require.Equal(t, append(unit[2:], frame...), got)
}

func TestEveryCodecHasAName(t *testing.T) {
	for _, codec := range allCodecs() {
		require.Equal(t, codec, trackCodec(codec).MimeType)
		require.NotNil(t, newPayloader(codec))
	}
}
