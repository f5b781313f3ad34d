package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// grounding is the program at work on a short film, with these outputs.
func grounding(t *testing.T, outputs ...string) (c *exec.Cmd, said *bytes.Buffer) {
	t.Helper()
	input, err := filepath.Abs("../../pipeline/offline/testdata/num.mp4")
	require.NoError(t, err)
	c = exec.Command(os.Args[0], append([]string{"ground", input, "--prompt", "x", "--threads", "1"}, outputs...)...) //nolint:gosec // itself
	c.Env = append(os.Environ(), envProgram+"=1")
	said = &bytes.Buffer{}
	c.Stderr = said
	return c, said
}

// begin starts the program; the channel gets how it ended.
func begin(t *testing.T, c *exec.Cmd) <-chan error {
	t.Helper()
	require.NoError(t, c.Start())
	done := make(chan error, 1)
	go func() { done <- c.Wait() }()
	return done
}

// failsSoon waits for the program, which must end by itself, and not well.
func failsSoon(t *testing.T, c *exec.Cmd, done <-chan error, said *bytes.Buffer) {
	t.Helper()
	select {
	case err := <-done:
		if strings.Contains(said.String(), "ONNX Runtime") {
			t.Skip(said.String())
		}
		require.Error(t, err, said)
	case <-time.After(60 * time.Second): // it grounds a whole film before
		require.NoError(t, c.Process.Signal(syscall.SIGQUIT)) // says what it does
		<-done
		t.Fatalf("it goes on: %s", said)
	}
}

// TestReaderGoesAway: a film for a named pipe ends when who reads it does.
func TestReaderGoesAway(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "film.webm")
	require.NoError(t, unix.Mkfifo(pipe, 0o600))
	c, said := grounding(t, "--out", pipe)
	r, err := os.OpenFile(pipe, os.O_RDONLY|unix.O_NONBLOCK, 0) //nolint:gosec // made here
	require.NoError(t, err)
	done := begin(t, c)
	got := make([]byte, 100)
	require.Eventually(t, func() bool { // until a writer has come there is an end, but no error
		n, err := r.Read(got)
		return err == nil && n > 0 || len(done) > 0
	}, time.Minute, 5*time.Millisecond)
	require.NoError(t, r.Close())
	failsSoon(t, c, done, said)
}

// TestStandardOutputIsClosed: a report for a pipe that nobody reads is a failure, and no other output suffers.
func TestStandardOutputIsClosed(t *testing.T) {
	r, w, err := os.Pipe()
	require.NoError(t, err)
	require.NoError(t, r.Close())
	maps := filepath.Join(t.TempDir(), "out.npz")
	c, said := grounding(t, "--json", "-", "--maps", maps)
	c.Stdout = w
	done := begin(t, c)
	require.NoError(t, w.Close())
	failsSoon(t, c, done, said)
	require.FileExists(t, maps)
	require.Len(t, entries(t, filepath.Dir(maps)), 1)
}

// TestDiskIsFull: a film that finds no room leaves nothing, and says so.
func TestDiskIsFull(t *testing.T) {
	disk := t.TempDir()
	if err := unix.Mount("none", disk, "tmpfs", 0, "size=16k"); err != nil {
		t.Skipf("a disk of its own needs root: %v", err)
	}
	defer func() { require.NoError(t, unix.Unmount(disk, 0)) }()
	c, said := grounding(t, "--out", filepath.Join(disk, "out.webm"))
	done := begin(t, c)
	failsSoon(t, c, done, said)
	require.Contains(t, said.String(), "no space left")
	require.Empty(t, entries(t, disk))
}
