package streaming

import (
	"bytes"
	"testing"
	"time"

	"github.com/pion/rtp/codecs"
	"github.com/stretchr/testify/require"
)

func TestPacketizerCutsFrames(t *testing.T) {
	p := newPacketizer(CodecVP8)
	data := bytes.Repeat([]byte{7}, 3*mtu)
	ts := p.advance(time.Second)
	f := p.packetize(data, ts, true)
	require.True(t, f.key)
	require.Greater(t, len(f.packets), 2)
	var got []byte
	for i, pkt := range f.packets {
		require.LessOrEqual(t, pkt.MarshalSize(), mtu)
		require.Equal(t, i == len(f.packets)-1, pkt.Marker)
		require.Equal(t, ts, pkt.Timestamp)
		var vp8 codecs.VP8Packet
		b, err := vp8.Unmarshal(pkt.Payload)
		require.NoError(t, err)
		got = append(got, b...)
	}
	require.Equal(t, data, got)
	clear(data)
	require.Equal(t, byte(7), f.packets[0].Payload[10], "the data is not kept")

	later := f.at(5)
	require.Equal(t, uint32(5), later.packets[0].Timestamp)
	require.Equal(t, ts, f.packets[0].Timestamp, "the shared frame stays as it is")
	require.Nil(t, p.packetize(nil, ts, false))
}

func TestPacketizerRoundingDoesNotAddUp(t *testing.T) {
	p := newPacketizer(CodecVP8)
	var ts uint32
	for range 30 * 3600 {
		ts = p.advance(time.Second / 30) // 33.333333 ms, a third of a nanosecond short
	}
	require.InDelta(t, 3600*clockRate, float64(ts-p.start), 5)
	require.Equal(t, ts, p.advance(-time.Second), "the clock does not go back")
}

func TestPacketizerH264(t *testing.T) {
	p := newPacketizer(CodecH264)
	sample := []byte{0, 0, 0, 1, 0x67, 1, 2, 3, 0, 0, 0, 1, 0x68, 4, 5, 0, 0, 0, 1, 0x65, 6, 7, 8, 9}
	f := p.packetize(sample, 0, true)
	require.NotNil(t, f)
	var all []byte
	for _, pkt := range f.packets {
		var h codecs.H264Packet
		b, err := h.Unmarshal(pkt.Payload)
		require.NoError(t, err)
		all = append(all, b...)
	}
	require.Equal(t, sample, all)
}
