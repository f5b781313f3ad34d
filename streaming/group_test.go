package streaming

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// TestNewcomerCatchesUp: where no key frame can be asked for, a newcomer gets what the others have had since the last one, then what they get.
func TestNewcomerCatchesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &control{}
		s, err := New(Config{Logger: slog.New(slog.DiscardHandler)})
		require.NoError(t, err)
		st, err := s.AddStream(StreamOptions{Name: "demo", Control: c, Variants: []Variant{{Fixed: true}}})
		require.NoError(t, err)
		out := st.outputs[0]
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		frames := 0
		write := func(key bool) {
			out.WriteFrame([]byte{byte(frames)}, time.Duration(frames)*time.Second/30, key)
			frames++
		}
		join := func() (*gate, *viewer) {
			g := &gate{open: opened()}
			v := newViewer(g, st.log)
			go v.run(ctx)
			out.attach(v)
			synctest.Wait()
			return g, v
		}
		at := func(n int) uint32 { return st.clock.start + uint32(n)*clockRate/30 } //nolint:gosec // small

		write(false)
		early, _ := join()
		write(false)
		synctest.Wait()
		require.Empty(t, early.got, "nothing is to be seen without a key frame")
		for i := range 100 {
			write(i == 10)
			synctest.Wait()
		}
		late, _ := join()
		require.Len(t, late.got, catchUpPackets, "not all at once")
		write(false)
		time.Sleep(time.Second)
		write(false)
		synctest.Wait()
		require.Equal(t, early.got[len(early.got)-3:], late.got[len(late.got)-3:], "the last of the group, and what came then")
		require.InDelta(t, at(101), late.got[89], 1)
		require.Len(t, late.got, 92)
		for i := 1; i < 90; i++ {
			require.Equal(t, uint32(groupTick), late.got[i]-late.got[i-1])
		}

		_, slow := join()
		require.True(t, slow.behind())
		write(true)
		require.False(t, slow.behind(), "a key frame serves better")
		for range 2 * backlogFrames {
			write(false)
		}
		synctest.Wait()
		require.Zero(t, c.asked.Load(), "nobody can be asked")
		fresh, _ := join()
		require.Empty(t, fresh.got, "the group has become too long to be caught up with")
		write(true)
		synctest.Wait()
		require.Len(t, fresh.got, 1)
	})
}

// TestWhoIsTooSlowToCatchUp loses what waits, as any slow viewer does.
func TestWhoIsTooSlowToCatchUp(t *testing.T) {
	v := newViewer(&gate{}, slog.New(slog.DiscardHandler)) // his goroutine never runs
	v.catchUp([]*frame{picture(0, true), picture(1, false)})
	n := uint32(2)
	for i := range backlogFrames - 2 + ringFrames {
		if i == backlogFrames {
			require.Zero(t, v.pop().timestamp) // there is room again, but others wait behind
		}
		require.False(t, v.push(picture(n, false)))
		n++
	}
	for i := range uint32(backlogFrames) {
		require.Equal(t, 1+i, v.pop().timestamp, "in their order")
	}
	require.False(t, v.push(picture(n, false)))
	require.True(t, v.push(picture(n+1, false)), "full again")
	require.EqualValues(t, ringFrames+1, v.drops())
	require.Nil(t, v.pop())
	v.catchUp(nil)
	require.False(t, v.push(picture(n+2, false)))
	require.Nil(t, v.pop(), "he waits for a key frame")
}

func TestGroupIsBounded(t *testing.T) {
	var g group
	big := &frame{payloads: [][]byte{make([]byte, groupBytes/4)}}
	g.add(big)
	require.Empty(t, g.squeezed(), "it begins with a key frame")
	key := &frame{key: true, timestamp: 7, payloads: big.payloads}
	g.add(key)
	g.add(big)
	require.Len(t, g.squeezed(), 2)
	g.add(key)
	require.Len(t, g.squeezed(), 1)
	for range 3 {
		g.add(big)
	}
	require.Empty(t, g.squeezed())
	g.add(big)
	require.Empty(t, g.squeezed())
}
