package streaming

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/transport/v5/vnet"
	"github.com/stretchr/testify/require"
)

// TestSessionsOfSilentPeersEnd: a viewer whose network is gone has not said good-bye. His session waits for him a little, and then ends.
func TestSessionsOfSilentPeersEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t, 10*time.Millisecond)
		var cut atomic.Bool
		w.router.AddChunkFilter(func(vnet.Chunk) bool { return !cut.Load() })
		st, err := w.server.AddStream(StreamOptions{Name: "demo", Control: &control{}})
		require.NoError(t, err)
		st.WriteSample(numbered(0, 100, true), 0, true)
		s := w.watch(t, st, func(n vnet.NIC) vnet.NIC { return n })
		number := 0
		play := func(d time.Duration) {
			for until := time.Now().Add(d); time.Now().Before(until); time.Sleep(100 * time.Millisecond) {
				number++
				st.WriteSample(numbered(number, 100, true), 100*time.Millisecond, true)
			}
		}
		play(2 * time.Second)
		require.Equal(t, 1, st.Viewers())
		cut.Store(true)
		play(8 * time.Second)
		cut.Store(false)
		before, _, _ := s.seen()
		play(5 * time.Second)
		after, _, _ := s.seen()
		require.Greater(t, len(after), len(before)+10, "a short gap ends nothing")
		cut.Store(true)
		play(iceDisconnected + iceFailed + 5*time.Second)
		require.Zero(t, st.Viewers())
		require.Zero(t, Sessions(w.server), "nothing of him is left")
	})
}

// TestHalfOpenSessionsEnd: who takes an answer and never comes holds his place for fifteen seconds.
func TestHalfOpenSessionsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t, 10*time.Millisecond)
		w.router.AddChunkFilter(func(vnet.Chunk) bool { return false })
		st, err := w.server.AddStream(StreamOptions{Name: "demo", Control: &control{}})
		require.NoError(t, err)
		st.WriteSample(numbered(0, 100, true), 0, true)
		w.watch(t, st, func(n vnet.NIC) vnet.NIC { return n })
		time.Sleep(connectTimeout - time.Second)
		require.Equal(t, 1, Sessions(w.server))
		time.Sleep(2 * time.Second)
		require.Zero(t, Sessions(w.server))
	})
}
