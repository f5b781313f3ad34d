// Command fanout measures how many viewers a core serves: it starts a server, lets viewers (pion, without decoding) watch a stream of
// 720p's size at 1.4 Mb/s, and tells the server's CPU time and the packets' delay. With -mediamtx it does the same with that server and
// the same stream right after, for comparison.
//
//	go run ./streaming/internal/fanout -viewers 10,50,100,200 -mediamtx ~/.cache/videogem/bin/mediamtx
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

func main() {
	viewers := flag.String("viewers", "10,50,100,200", "how many viewers, one run each")
	length := flag.Duration("time", 10*time.Second, "time of one run, after a second to settle")
	mediamtx := flag.String("mediamtx", "", "path of MediaMTX; empty: without it")
	serve := flag.Bool("serve", false, "be the server: what this command starts for itself")
	profile := flag.String("cpuprofile", "", "with -serve: write a CPU profile there")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := error(nil)
	if *serve {
		err = serveStream(ctx, os.Stdout, os.Stdin, *profile)
	} else {
		err = compare(ctx, os.Stdout, *viewers, *length, *mediamtx, *profile)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "fanout:", err)
		os.Exit(1)
	}
}

// compare runs all counts of viewers against each server in turn.
func compare(ctx context.Context, w io.Writer, counts string, length time.Duration, mediamtx, profile string) error {
	fmt.Fprintf(w, "%-10s %8s %10s %14s %12s %12s %8s %12s %12s\n", "server", "viewers", "CPU cores", "viewers/core", "delay p50", "delay p95", "lost",
		"answer p95", "first p95")
	for text := range strings.SplitSeq(counts, ",") {
		n, err := strconv.Atoi(text)
		if err != nil {
			return fmt.Errorf("viewers: %w", err)
		}
		for _, start := range []func(context.Context) (*target, error){
			func(ctx context.Context) (*target, error) { return startOurs(ctx, profile) },
			func(ctx context.Context) (*target, error) { return startMediaMTX(ctx, mediamtx) },
		} {
			t, err := start(ctx)
			if errors.Is(err, errAbsent) {
				continue
			}
			if err != nil {
				return err
			}
			err = errors.Join(measure(ctx, w, t, n, length), t.stop())
			if err != nil {
				return fmt.Errorf("%s, %d viewers: %w", t.name, n, err)
			}
		}
	}
	return nil
}

// errAbsent means that there is no such server to compare with.
var errAbsent = errors.New("no such server")

// target is a server under test.
type target struct {
	name, url string // of its WHEP endpoint
	pid       int
	stop      func() error
}

// startOurs starts this very program as the server.
func startOurs(ctx context.Context, profile string) (*target, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, "-serve", "-cpuprofile", profile)
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

// measure lets n viewers watch and prints one line.
func measure(ctx context.Context, w io.Writer, t *target, n int, length time.Duration) error {
	load, err := watch(ctx, t.url, n)
	if err != nil {
		return err
	}
	defer load.close()
	time.Sleep(time.Second)
	load.reset()
	before, err := cpuTime(t.pid)
	if err != nil {
		return err
	}
	began := time.Now()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(length):
	}
	after, err := cpuTime(t.pid)
	if err != nil {
		return err
	}
	cores := (after - before).Seconds() / time.Since(began).Seconds()
	s := load.sum()
	short := func(d time.Duration) time.Duration { return d.Round(10 * time.Microsecond) }
	fmt.Fprintf(w, "%-10s %8d %10.3f %14.0f %12v %12v %7.2f%% %12v %12v\n", t.name, n, cores, float64(n)/cores, short(s.p50), short(s.p95), 100*s.lost,
		short(s.answer), short(s.picture))
	return nil
}

// cpuTime is how long a process's threads have run so far. The scheduler's own count is exact where the user and system times, which
// are sampled, miss threads that run for microseconds.
func cpuTime(pid int) (time.Duration, error) {
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	if err != nil {
		return 0, err
	}
	var sum time.Duration
	for _, file := range files {
		b, err := os.ReadFile(file)
		if errors.Is(err, os.ErrNotExist) {
			continue // the thread has ended
		}
		if err != nil {
			return 0, err
		}
		first, _, _ := strings.Cut(string(b), " ")
		ns, err := strconv.ParseInt(first, 10, 64)
		if err != nil {
			return 0, err
		}
		sum += time.Duration(ns)
	}
	return sum, nil
}
