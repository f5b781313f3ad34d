package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"runtime/pprof"
	"time"

	"github.com/videogem/videogem/streaming"
)

const (
	fps       = 30
	keyEvery  = 10 * fps
	keySize   = 45_000
	frameSize = 5_700 // 1.4 Mb/s with the key frames
)

// control is a stream's Control that does nothing.
type control struct{ keys chan struct{} }

func (control) Status() streaming.Status                   { return streaming.Status{State: streaming.StateRunning} }
func (control) SetPrompts(context.Context, []string) error { return nil }
func (c control) RequestKeyFrame() {
	select {
	case c.keys <- struct{}{}:
	default:
	}
}

// serveStream serves a stream until in ends; it writes the stream's address to out.
func serveStream(ctx context.Context, out io.Writer, in io.Reader, profile string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s, err := streaming.New(streaming.Config{Listen: "127.0.0.1:0", OfferRate: 1e6, MaxSessions: 10000, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	if err := s.Start(ctx); err != nil {
		return err
	}
	keys := make(chan struct{}, 1)
	st, err := s.AddStream(streaming.StreamOptions{Name: "live", Control: control{keys}})
	if err != nil {
		return err
	}
	go play(ctx, keys, func(data []byte, key bool) { st.WriteSample(data, time.Second/fps, key) })
	fmt.Fprintln(out, s.URL()+"whep/live")
	if profile != "" {
		f, err := os.Create(profile)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	_, _ = io.Copy(io.Discard, in)
	cancel()
	return s.Close() //nolint:contextcheck // its end is not bound to that of what it served
}

// play makes frames as of VP8 that tell when they were made: a byte with the key bit, then the time in nanoseconds.
func play(ctx context.Context, keys <-chan struct{}, write func(data []byte, key bool)) {
	tick := time.NewTicker(time.Second / fps)
	defer tick.Stop()
	noise := make([]byte, keySize)
	for i := range noise {
		noise[i] = byte(rand.Uint32()) //nolint:gosec // a load, not a secret
	}
	for i := 0; ; i++ {
		key := i%keyEvery == 0
		select {
		case <-ctx.Done():
			return
		case <-keys:
			key = true
		default:
		}
		data := noise[:frameSize]
		data[0] = 1
		if key {
			data = noise
			copy(data, []byte{0x10, 0, 0, 0x9d, 0x01, 0x2a, 0, 5, 0xd0, 2})      // 1280x720, RFC 6386 section 9.1
			binary.BigEndian.PutUint64(data[10:], uint64(time.Now().UnixNano())) //nolint:gosec // after 1970
		} else {
			binary.BigEndian.PutUint64(data[1:], uint64(time.Now().UnixNano())) //nolint:gosec // after 1970
		}
		write(data, key)
		<-tick.C
	}
}
