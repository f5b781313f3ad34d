package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// envTries is how often TestWritingIsWholeOrNothing interrupts.
const envTries = "VIDEOGEM_TEST_TRIES"

// endsWithin is what a noisy machine keeps and what hangs does not; docs/measurements.md has the real times.
const endsWithin = 10 * time.Second

// TestWritingIsWholeOrNothing interrupts the program at random moments, by SIGINT, SIGTERM and SIGKILL in turn: it ends at once, and under
// the names of its outputs stands what stood there, or all that was to be written.
func TestWritingIsWholeOrNothing(t *testing.T) {
	tries := 8
	if n, err := strconv.Atoi(os.Getenv(envTries)); err == nil {
		tries = n
	}
	input, err := filepath.Abs("../../pipeline/offline/testdata/num.mp4")
	require.NoError(t, err)
	start := func() (*exec.Cmd, *bytes.Buffer, string) {
		sub := t.TempDir()
		for _, name := range []string{"out.webm", "out.json", "out.npz"} {
			require.NoError(t, os.WriteFile(filepath.Join(sub, name), []byte("old"), 0o600))
		}
		args := []string{
			"ground", input, "--prompt", "x", "--threads", "1", "--out", filepath.Join(sub, "out.webm"),
			"--json", filepath.Join(sub, "out.json"), "--maps", filepath.Join(sub, "out.npz"),
		}
		c := exec.Command(os.Args[0], args...) //nolint:gosec // itself
		c.Env = append(os.Environ(), envProgram+"=1")
		var said bytes.Buffer
		c.Stderr = &said
		require.NoError(t, c.Start())
		return c, &said, sub
	}
	c, said, sub := start()
	began := time.Now()
	if err := c.Wait(); err != nil {
		if strings.Contains(said.String(), "ONNX Runtime") {
			t.Skip(said.String())
		}
		require.NoError(t, err, said)
	}
	whole := time.Since(began)
	size := map[string]int64{}
	for _, e := range entries(t, sub) {
		info, err := e.Info()
		require.NoError(t, err)
		size[e.Name()] = info.Size()
	}
	require.Len(t, size, 3, "nothing but the outputs is left")
	var ends []time.Duration // after signals that ask
	for i := range tries {
		signal := []syscall.Signal{syscall.SIGINT, syscall.SIGKILL, syscall.SIGTERM, syscall.SIGKILL}[i%4]
		c, said, sub := start()
		moment := time.Duration(rand.Int64N(int64(whole))) //nolint:gosec // any moment
		time.Sleep(moment)
		sent := time.Now()
		if err := c.Process.Signal(signal); err != nil {
			require.ErrorIs(t, err, os.ErrProcessDone)
		}
		done := make(chan error, 1)
		go func() { done <- c.Wait() }() // how it ended says nothing
		select {
		case <-done:
		case <-time.After(endsWithin):
			require.NoError(t, c.Process.Signal(syscall.SIGQUIT)) // says what it does
			<-done
			t.Fatalf("try %d: %v at %v: it goes on: %s", i, signal, moment, said)
		}
		if signal != syscall.SIGKILL {
			ends = append(ends, time.Since(sent))
		}
		for _, e := range entries(t, sub) {
			info, err := e.Info()
			require.NoError(t, err)
			what := fmt.Sprintf("try %d: %v at %v: %s of %d bytes", i, signal, moment, e.Name(), info.Size())
			switch {
			case strings.Contains(e.Name(), ".videogem-part-"):
				require.Equal(t, syscall.SIGKILL, signal, what)
			case info.Size() == 3: // what stood there
			case strings.HasSuffix(e.Name(), ".webm"): // sizes differ by a few bytes from run to run
				require.InEpsilon(t, size[e.Name()], info.Size(), .02, what)
			default:
				require.Equal(t, size[e.Name()], info.Size(), what)
			}
		}
	}
	slices.Sort(ends)
	t.Logf("%d tries; a whole run takes %v; from SIGINT or SIGTERM to the end: median %v, 95th percentile %v, slowest %v",
		tries, whole, ends[len(ends)/2], ends[len(ends)*95/100], ends[len(ends)-1])
}

func entries(t *testing.T, dir string) []os.DirEntry {
	t.Helper()
	all, err := os.ReadDir(dir)
	require.NoError(t, err)
	return all
}
