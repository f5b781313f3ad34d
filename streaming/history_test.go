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
