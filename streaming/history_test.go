package streaming

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestHistory(t *testing.T) {
	var h history
	now := time.Unix(1000, 0)
	require.Nil(t, h.again(0, now), "nothing was sent")
	for i := range 3 * historyPackets {
		h.put(packet{number: uint16(65000 + i), payload: []byte{byte(i)}}) //nolint:gosec // wraps
	}
	newest := uint16(65000 + 3*historyPackets - 1 - 65536)
	require.Equal(t, newest, h.again(newest, now).number)
	require.Nil(t, h.again(newest, now.Add(resendPause/2)), "it may be on its way still")
	require.NotNil(t, h.again(newest, now.Add(resendPause)))
	require.NotNil(t, h.again(newest-historyPackets+1, now))
	require.Nil(t, h.again(newest-historyPackets, now), "too old")
}

// TestHistoryDoesNotFloodTheNetwork: players who ask for ever, and networks that are full, get little more than what is sent in any case.
func TestHistoryDoesNotFloodTheNetwork(t *testing.T) {
	var h history
	now := time.Unix(1000, 0)
	h.put(packet{number: 1, payload: []byte{1}})
	times := 0
	for range 100 {
		if h.again(1, now) != nil {
			times++
		}
		now = now.Add(100 * time.Millisecond)
	}
	require.Equal(t, resendMost, times, "one packet")

	sent, again := 0, 0
	for i := range 20_000 {
		h.put(packet{number: uint16(i), payload: make([]byte, 1000)}) //nolint:gosec // wraps
		sent += 1000
		for n := range 100 {
			if p := h.again(uint16(i-n), now); p != nil { //nolint:gosec // wraps
				again += len(p.payload)
			}
		}
		now = now.Add(time.Millisecond)
	}
	require.LessOrEqual(t, again, int(resendShare*float64(sent))+resendBurst)
	require.Greater(t, again, int(resendShare*float64(sent))-resendBurst)
}
