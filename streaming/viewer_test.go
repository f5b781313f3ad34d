package streaming

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// gate is a peer that takes packets only while it is open.
type gate struct {
	open chan struct{}

	mu   sync.Mutex
	got  []uint32 // timestamps
	fail error
}

func (g *gate) writeFrame(f *frame) error {
	<-g.open
	g.mu.Lock()
	defer g.mu.Unlock()
	g.got = append(g.got, f.timestamp)
	return g.fail
}

func opened() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}

func picture(n uint32, key bool) *frame {
	return &frame{key: key, timestamp: n, payloads: [][]byte{{1}}}
}

func TestSlowViewerLosesHisOwnFramesOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var logged bytes.Buffer
		log := slog.New(slog.NewTextHandler(&logged, nil))
		slow, fast := &gate{open: make(chan struct{})}, &gate{open: opened()}
		a, b := newViewer(slow, log), newViewer(fast, slog.New(slog.DiscardHandler))
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go a.run(ctx)
		go b.run(ctx)

		needKey := false
		for i := range uint32(100) { // the only key frame is the first
			needKey = a.push(picture(i, i == 0)) || needKey
			require.False(t, b.push(picture(i, i == 0)))
			synctest.Wait()
		}
		require.True(t, needKey)
		require.Len(t, fast.got, 100, "the other viewer has everything")
		require.Empty(t, slow.got)
		require.Equal(t, uint64(99), a.drops(), "one frame is being written")
		require.Equal(t, 1, strings.Count(logged.String(), "too slow"), "once a second at most")

		close(slow.open)
		a.push(picture(100, false))
		synctest.Wait()
		require.Equal(t, []uint32{0}, slow.got, "nothing before a key frame")
		time.Sleep(time.Second)
		a.push(picture(101, true))
		a.push(picture(102, false))
		synctest.Wait()
		require.Equal(t, []uint32{0, 101, 102}, slow.got)
		require.Equal(t, 2, strings.Count(logged.String(), "too slow"))
	})
}

func TestViewerStartsWithAKeyFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		peer := &gate{open: opened()}
		v := newViewer(peer, slog.New(slog.DiscardHandler))
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go v.run(ctx)
		v.push(picture(1, false))
		v.push(picture(2, true))
		v.await()
		v.push(picture(3, false))
		v.push(picture(4, true))
		synctest.Wait()
		require.Equal(t, []uint32{2, 4}, peer.got)
		require.Zero(t, v.drops(), "what came before he was ready is no loss")
	})
}

func TestViewerEndsWithHisPeer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		peer := &gate{open: opened(), fail: io.ErrClosedPipe}
		v := newViewer(peer, slog.New(slog.DiscardHandler))
		done := make(chan struct{})
		go func() {
			defer close(done)
			v.run(t.Context())
		}()
		v.push(picture(1, true))
		<-done
		require.Len(t, peer.got, 1)
	})
}
