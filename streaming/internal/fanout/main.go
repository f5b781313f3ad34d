// Command fanout measures how many viewers a core serves: it starts a server, lets viewers (pion, without decoding) watch a stream of
// 720p's size at 1.4 Mb/s, and tells the server's CPU time, the packets' delay until the kernel has them, and what was lost. The viewers take
// little CPU, and what they are slow at is in no figure. With -mediamtx it does the same with that server and
// the same stream right after, for comparison.
//
//	go run ./streaming/internal/fanout -viewers 10,50,100,200 -repeat 3 -mediamtx ~/.cache/videogem/bin/mediamtx
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"time"
)

func main() {
	viewers := flag.String("viewers", "10,50,100,200", "how many viewers, one run each")
	length := flag.Duration("time", 10*time.Second, "time of one run, after a second to settle")
	repeat := flag.Int("repeat", 1, "how often to do all that; then medians follow")
	probes := flag.Int("probes", 20, "so many viewers decrypt their packets and tell the delay; of the others' the numbers are counted")
	mediamtx := flag.String("mediamtx", "", "path of MediaMTX; empty: without it")
	var s serving
	serve := flag.Bool("serve", false, "be the server: what this command starts for itself")
	flag.BoolVar(&s.adaptive, "adaptive", false, "ours follows its viewers' networks; all of them report then, as browsers do")
	flag.StringVar(&s.profile, "cpuprofile", "", "ours writes a CPU profile there")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var err error
	if *serve {
		err = s.serve(ctx, os.Stdout, os.Stdin)
	} else {
		if s.adaptive {
			*probes = 1 << 20
		}
		servers := []func(context.Context) (*target, error){s.start}
		if *mediamtx != "" {
			servers = append(servers, func(ctx context.Context) (*target, error) { return startMediaMTX(ctx, *mediamtx) })
		}
		err = compare(ctx, os.Stdout, servers, *viewers, *repeat, crowd{length: *length, probes: *probes, report: s.adaptive})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "fanout:", err)
		os.Exit(1)
	}
}

// target is a server under test.
type target struct {
	name, url string // of its WHEP endpoint
	pid       int
	stop      func() error
}

// compare runs all counts of viewers against each server in turn.
func compare(ctx context.Context, w io.Writer, servers []func(context.Context) (*target, error), counts string, repeat int, c crowd) error {
	var results table
	results.head(w)
	for range repeat {
		for text := range strings.SplitSeq(counts, ",") {
			n, err := strconv.Atoi(text)
			if err != nil {
				return fmt.Errorf("viewers: %w", err)
			}
			for _, start := range servers {
				t, err := start(ctx)
				if err != nil {
					return err
				}
				r, err := c.measure(ctx, t, n)
				if err = errors.Join(err, t.stop()); err != nil {
					return fmt.Errorf("%s, %d viewers: %w", t.name, n, err)
				}
				results.add(w, r)
			}
		}
	}
	if repeat > 1 {
		results.medians(w)
	}
	return nil
}
