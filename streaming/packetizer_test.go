package streaming

import (
	"bytes"
	"testing"

	"github.com/pion/rtp/codecs"
	"github.com/stretchr/testify/require"
)

func TestPacketizerCutsFrames(t *testing.T) {
	p := newPayloader(CodecVP8)
	data := bytes.Repeat([]byte{7}, 3*mtu)
	f := packetize(p, data, 90, true)
	require.True(t, f.key)
	require.Greater(t, len(f.payloads), 2)
	require.Greater(t, f.size(), len(data))
	var got []byte
	for i, payload := range f.payloads {
		require.LessOrEqual(t, len(payload)+rtpHeader, mtu)
		var vp8 codecs.VP8Packet
		b, err := vp8.Unmarshal(payload)
		require.NoError(t, err)
		require.Equal(t, i == 0, vp8.S == 1)
		require.Zero(t, vp8.I, "no picture id")
		got = append(got, b...)
	}
	require.Equal(t, data, got)
	clear(data)
	require.Equal(t, byte(7), f.payloads[0][10], "the data is not kept")

	later := f.at(5)
	require.Equal(t, uint32(5), later.timestamp)
	require.Equal(t, uint32(90), f.timestamp, "the shared frame stays as it is")
	require.Nil(t, packetize(p, nil, 0, false))
}

func TestPacketizerH264(t *testing.T) {
	sample := []byte{0, 0, 0, 1, 0x67, 1, 2, 3, 0, 0, 0, 1, 0x68, 4, 5, 0, 0, 0, 1, 0x65, 6, 7, 8, 9}
	f := packetize(newPayloader(CodecH264), sample, 0, true)
	require.NotNil(t, f)
	var all []byte
	for _, payload := range f.payloads {
		var h codecs.H264Packet
		b, err := h.Unmarshal(payload)
		require.NoError(t, err)
		all = append(all, b...)
	}
	require.Equal(t, sample, all)
}
