package main

import (
	"bytes"
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/engine/backend/ort"
)

// output collects what a command prints; commands and tests run in different goroutines.
type output struct {
	lines chan string
}

func (o output) Write(p []byte) (int, error) {
	select {
	case o.lines <- string(p):
	default:
	}
	return len(p), nil
}

func TestWrongUse(t *testing.T) {
	dir := t.TempDir()
	corrupt := filepath.Join(dir, "model.safetensors")
	require.NoError(t, os.WriteFile(corrupt, []byte("rubbish"), 0o600))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = l.Close() }()
	for _, ca := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"no command", nil, exitUsage, "serve"},
		{"unknown command", []string{"observe"}, exitUsage, "observe"},
		{"unknown flag", []string{"serve", "--colour"}, exitUsage, "--colour"},
		{"unknown scheme", []string{"serve", "gopher://host"}, exitUsage, `unknown scheme "gopher"`},
		{"missing file", []string{"serve", "/no/such/file.mp4"}, exitUsage, "no such file"},
		{"empty prompt", []string{"serve", "--prompt", " "}, exitUsage, "one is empty"},
		{"long prompt", []string{"serve", "--prompt", strings.Repeat("very ", 101)}, exitUsage, "has 505 bytes, at most 500"},
		{"long prompt of ground", []string{"ground", corrupt, "--prompt", strings.Repeat("very ", 101)}, exitUsage, "has 505 bytes, at most 500"},
		{"opacity", []string{"serve", "--opacity", "2"}, exitUsage, "opacity 2"},
		{"bitrate", []string{"serve", "--bitrate", "7"}, exitUsage, "bitrate 7000"},
		{"bitrate by its other name", []string{"serve", "--max-bitrate", "7"}, exitUsage, "bitrate 7000"},
		{"codec", []string{"serve", "--codec", "theora"}, exitUsage, "theora"},
		{"demo camera", []string{"serve", "demo://?actors=many"}, exitUsage, "actors"},
		{"unknown model", []string{"serve", "--listen", "127.0.0.1:0", "--model", "no-such-model"}, exitFailed, `unknown model "no-such-model"`},
		{"corrupt model", []string{"serve", "--listen", "127.0.0.1:0", "--model", corrupt}, exitFailed, "model.safetensors"},
		{"port in use", []string{"serve", "--listen", l.Addr().String()}, exitFailed, "in use"},
	} {
		t.Run(ca.name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			code := run(t.Context(), ca.args, &stdout, &stderr)
			if strings.Contains(stderr.String(), ort.ErrNoLibrary.Error()) {
				t.Skip(stderr.String())
			}
			require.Equal(t, ca.code, code, stderr.String())
			require.Contains(t, stderr.String()+stdout.String(), ca.says)
			require.NotContains(t, stderr.String(), "goroutine", "no panic")
		})
	}
}

func TestVersion(t *testing.T) {
	for _, arg := range []string{"--version", "version"} {
		var stdout, stderr bytes.Buffer
		require.Equal(t, exitDone, run(t.Context(), []string{arg}, &stdout, &stderr), stderr.String())
		require.Regexp(t, `^videogem \S+ \(commit \S+.*, go1\.\d+.* linux/\w+\)\n$`, stdout.String())
	}
}

func TestNoCommandShowsHelp(t *testing.T) {
	var stdout, stderr bytes.Buffer
	require.Equal(t, exitUsage, run(t.Context(), nil, &stdout, &stderr))
	require.Contains(t, stdout.String(), "Watch live video in a browser")
	require.Empty(t, stderr.String())
}

func TestHelp(t *testing.T) {
	var stdout, stderr bytes.Buffer
	require.Equal(t, exitDone, run(t.Context(), []string{"--help"}, &stdout, &stderr))
	require.Contains(t, stdout.String(), "serve")
	require.Contains(t, stdout.String(), "doctor")
}

func TestDoctor(t *testing.T) {
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), []string{"doctor"}, &stdout, &stderr)
	require.Contains(t, stdout.String(), "GStreamer")
	require.Contains(t, stdout.String(), "ONNX Runtime")
	if code != exitDone {
		require.Contains(t, stdout.String(), "MISSING")
		require.Contains(t, stdout.String(), "make setup", "what mends it")
	}
}

// TestDoctorTellsUnfitFromMissing: a file that is there is not missing.
func TestDoctorTellsUnfitFromMissing(t *testing.T) {
	library := filepath.Join(t.TempDir(), "libonnxruntime.so")
	require.NoError(t, os.WriteFile(library, []byte("not a library"), 0o600))
	for path, mark := range map[string]string{library: "UNFIT", library + ".1": "MISSING"} {
		t.Setenv(ort.EnvLibrary, path)
		var stdout, stderr bytes.Buffer
		require.Equal(t, exitFailed, run(t.Context(), []string{"doctor"}, &stdout, &stderr))
		require.Regexp(t, "(?m)^"+mark+" +ONNX Runtime .*"+path, stdout.String())
	}
}

func TestDoctorOfAModel(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if run(t.Context(), []string{"doctor", "--model", filepath.Join("..", "..", "engine", "onnx", "testdata", "golden", "viclip.pth")}, &stdout, &stderr) != exitDone {
		t.Skip(stdout.String())
	}
	require.Regexp(t, `(?m)^ok +model +.*viclip.pth: ASSUMED: .*vision_heads`, stdout.String())
	stdout.Reset()
	require.Equal(t, exitFailed, run(t.Context(), []string{"doctor", "--model", "no-such-model"}, &stdout, &stderr))
	require.Regexp(t, `(?m)^MISSING +model +unknown model`, stdout.String())
}

func TestServePrintsOneLineAndEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out := output{make(chan string, 10)}
	var stderr bytes.Buffer
	done := make(chan int, 1)
	go func() { done <- run(ctx, []string{"serve", "--listen", "127.0.0.1:0"}, out, &stderr) }()
	select {
	case line := <-out.lines:
		require.Regexp(t, `^Watch at http://127\.0\.0\.1:\d+/ .*\n$`, line)
	case code := <-done:
		if strings.Contains(stderr.String(), ort.ErrNoLibrary.Error()) {
			t.Skip(stderr.String())
		}
		require.Failf(t, "ended early", "code %d: %s", code, stderr.String())
	case <-time.After(time.Minute):
		require.Fail(t, "nothing printed")
	}
	cancel()
	require.Equal(t, exitDone, <-done)
	for len(out.lines) > 0 {
		require.Contains(t, <-out.lines, "Firefox gets no video here", "one line more at most, where there is no network")
	}
}
