package streaming

import (
	"context"
	"log/slog"
	"math"
	"net"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// control counts what a stream asks for.
type control struct {
	status Status
	asked  atomic.Int32
}

func (c *control) Status() Status                             { return c.status }
func (c *control) SetPrompts(context.Context, []string) error { return nil }
func (c *control) RequestKeyFrame()                           { c.asked.Add(1) }

func testStream(t *testing.T, c *control) *Stream {
	t.Helper()
	s, err := New(Config{Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	st, err := s.AddStream(StreamOptions{Name: "demo", Control: c})
	require.NoError(t, err)
	return st
}

func TestNewcomerSeesThePictureAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &control{}
		st := testStream(t, c)
		out := st.outputs[0]
		defer out.keys.close()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		join := func() *gate {
			g := &gate{open: opened()}
			v := newViewer(g, st.log)
			go v.run(ctx)
			st.outputs[0].attach(v)
			synctest.Wait()
			return g
		}
		nothing := join()
		require.EqualValues(t, 1, c.asked.Load(), "a newcomer asks when there is nothing")
		require.False(t, out.ready(StateRunning))

		st.WriteSample([]byte{0}, time.Second, true)
		require.True(t, out.ready(StateRunning))
		require.True(t, out.ready(StateDegraded))
		for _, state := range []string{StateStarting, StateWaiting, StateFailed, StateEnded} {
			require.False(t, out.ready(state), state)
		}
		fresh := join()
		st.WriteSample([]byte{1}, time.Second, false)
		st.WriteSample([]byte{1}, time.Second, false)
		stale := join()
		st.WriteSample([]byte{1}, time.Second, false)
		st.WriteSample([]byte{0}, time.Second, true)
		synctest.Wait()
		start := st.clock.start
		s := func(n int) uint32 { return start + uint32(n)*clockRate }
		require.Equal(t, []uint32{s(1), s(2), s(3), s(4), s(5)}, nothing.got)
		require.Equal(t, []uint32{s(1), s(2), s(3), s(4), s(5)}, fresh.got, "he came with the key frame, and misses nothing")
		require.Equal(t, []uint32{s(3), s(5)}, stale.got, "the old picture, at the time it is now, until the next key frame")
		require.EqualValues(t, 1, c.asked.Load(), "the second request came within the interval and was served by a key frame")
		require.Equal(t, 3, st.Viewers())
	})
}

func TestSlowViewerAsksForAKeyFrame(t *testing.T) {
	c := &control{}
	st := testStream(t, c)
	st.WriteSample([]byte{0}, 0, true)
	st.outputs[0].attach(newViewer(&gate{}, st.log)) // his goroutine never runs
	for range 2 * ringFrames {
		st.WriteSample([]byte{1}, 0, false)
	}
	st.outputs[0].keys.close()
	require.EqualValues(t, 1, c.asked.Load())
}

func TestStatusIsAlwaysJSON(t *testing.T) {
	nan := math.NaN()
	st := testStream(t, &control{status: Status{Name: "wrong", FPS: math.Inf(1), Prompts: []PromptStatus{{Score: nan, Point: &[2]float64{nan, 0}}}}})
	got := st.status()
	require.Equal(t, Status{Name: "demo", Title: "demo", Prompts: []PromptStatus{{}}}, got)
	require.NotNil(t, testStream(t, &control{}).status().Prompts)
}

func TestConfigErrorsNameTheSetting(t *testing.T) {
	for _, ca := range []struct {
		config Config
		err    string
	}{
		{Config{Listen: "8080"}, "host:port"},
		{Config{Listen: ":http"}, "port"},
		{Config{Listen: "127.0.0.1:70000"}, "port"},
		{Config{AllowedOrigins: []string{"ops.example"}}, "allowed origin"},
		{Config{AllowedOrigins: []string{"https://ops.example/"}}, "allowed origin"},
		{Config{AllowedOrigins: []string{"*"}}, "allowed origin"},
		{Config{MaxSessions: -1}, "max sessions"},
	} {
		_, err := New(ca.config)
		require.ErrorIs(t, err, ErrConfig)
		require.ErrorContains(t, err, ca.err)
	}
	s, err := New(Config{})
	require.NoError(t, err)
	for _, ca := range []struct {
		options StreamOptions
		err     string
	}{
		{StreamOptions{Control: &control{}}, "stream name"},
		{StreamOptions{Name: "a/b", Control: &control{}}, "stream name"},
		{StreamOptions{Name: "..", Control: &control{}}, "stream name"},
		{StreamOptions{Name: "a", Codec: "video/H265", Control: &control{}}, "video/VP8"},
		{StreamOptions{Name: "a"}, "control"},
		{StreamOptions{Name: "a", Control: &control{}, MaxViewerPrompts: -1}, "prompts of viewers"},
		{StreamOptions{Name: "a", Control: &control{}, MaxViewerPrompts: 256}, "prompts of viewers"},
	} {
		_, err := s.AddStream(ca.options)
		require.ErrorIs(t, err, ErrConfig)
		require.ErrorContains(t, err, ca.err)
	}
	_, err = s.AddStream(StreamOptions{Name: "a", Control: &control{}})
	require.NoError(t, err)
	_, err = s.AddStream(StreamOptions{Name: "a", Control: &control{}})
	require.ErrorContains(t, err, "already")
	require.NoError(t, s.Close())
	require.NoError(t, s.Close())
}

func TestPortInUse(t *testing.T) {
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	addr := tcp.Addr().String()
	s, err := New(Config{Listen: addr, Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	require.ErrorContains(t, s.Start(t.Context()), "TCP port of "+addr+" is in use")
	require.Empty(t, s.URL())
	udp, err := net.ListenPacket("udp", addr)
	require.NoError(t, err)
	require.NoError(t, tcp.Close())
	require.ErrorContains(t, s.Start(t.Context()), "UDP port of "+addr+" is in use")
	require.NoError(t, udp.Close())
	require.NoError(t, s.Start(t.Context()), "what failed leaves nothing behind")
	require.Equal(t, "http://"+addr+"/", s.URL())
	require.NoError(t, s.Close())
}
