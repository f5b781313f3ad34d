package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"runtime/pprof"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/videogem/videogem/streaming"
)

// serving is our server.
type serving struct {
	adaptive bool
	profile  string
}

// start starts this very program as the server.
func (s serving) start(ctx context.Context) (*target, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, "-serve", "-adaptive="+strconv.FormatBool(s.adaptive), "-cpuprofile", s.profile)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("server did not start: %w", err)
	}
	return &target{name: "videogem", url: strings.TrimSpace(line), pid: cmd.Process.Pid, stop: func() error {
		return errors.Join(in.Close(), cmd.Wait()) // it ends with its standard input
	}}, nil
}

// serve serves a stream until in ends; it writes the stream's address to out.
func (s serving) serve(ctx context.Context, out io.Writer, in io.Reader) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	server, err := streaming.New(streaming.Config{Listen: "127.0.0.1:0", OfferRate: 1e6, MaxSessions: 10000, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	if err := server.Start(ctx); err != nil {
		return err
	}
	c := control{keys: make(chan struct{}, 1)}
	v := streaming.Variant{MaxBitrate: bitrate, RequestKeyFrame: c.RequestKeyFrame}
	if s.adaptive {
		v.MinBitrate, v.SetBitrate = bitrate/4, func(int) {}
	}
	st, err := server.AddStream(streaming.StreamOptions{Name: "live", Control: c, Variants: []streaming.Variant{v}})
	if err != nil {
		return err
	}
	var once sync.Once
	go play(ctx, c.keys, func(data []byte, key bool) {
		st.WriteSample(data, time.Second/fps, key)
		once.Do(func() { fmt.Fprintln(out, server.URL()+"whep/live") }) // there is a picture
	})
	if s.profile != "" {
		f, err := os.Create(s.profile)
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
	return server.Close() //nolint:contextcheck // its end is not bound to that of what it served
}

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
