// Package e2e tests the plugin file as its users meet it: through gst-launch-1.0 and gst-inspect-1.0, with the lines of
// examples/gst-launch. `make plugin` has built it.
package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// repository is the repository's root.
const repository = "../../.."

// plugin is the plugin file's absolute path; without it the test is skipped.
func plugin(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(repository, "bin/gstreamer-1.0/libgstvideogem.so"))
	require.NoError(t, err)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the plugin is not built: run make plugin (%v)", err)
	}
	return path
}

// command is a GStreamer command line in the environment of `make gst`. It ends with the test.
func command(t *testing.T, env []string, args ...string) *exec.Cmd {
	t.Helper()
	plugin(t)
	script, err := filepath.Abs(filepath.Join(repository, "scripts/gst.sh"))
	require.NoError(t, err)
	c := program(t, "bash", append([]string{script}, args...)...)
	c.Env = append(c.Env, "GST_DEBUG_NO_COLOR=1")
	c.Env = append(c.Env, env...)
	return c
}

// program is a command that ends with the test. One that hangs is told of, and is made to tell itself: a Go program writes its
// goroutines, gst-launch-1.0 its stacks where gdb is installed.
func program(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	c := exec.CommandContext(ctx, name, args...)
	c.Cancel = func() error {
		if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return c.Process.Signal(os.Interrupt)
		}
		t.Logf("%q hangs; its threads, and where in the kernel they wait:\n%s", c.Args, threads(c.Process.Pid))
		return c.Process.Signal(syscall.SIGQUIT)
	}
	c.WaitDelay = 20 * time.Second
	c.Env = os.Environ()
	return c
}

// threads lists the threads of a process, a line each.
func threads(pid int) string {
	var list strings.Builder
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", pid)) // the pattern is a good one
	for _, task := range tasks {
		name, _ := os.ReadFile(filepath.Join(task, "comm")) // nothing where it has just ended
		wait, _ := os.ReadFile(filepath.Join(task, "wchan"))
		fmt.Fprintf(&list, "%s %s %s\n", filepath.Base(task), bytes.TrimSpace(name), wait)
	}
	return list.String()
}

// run runs a command line to its end and returns what it wrote. It fails the test when the command fails, and when our elements had
// something to complain about.
func run(t *testing.T, env []string, args ...string) string {
	t.Helper()
	c := command(t, append([]string{"GST_DEBUG=3"}, env...), args...)
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = &stdout, &stderr
	err := c.Run()
	require.NoError(t, err, "%v\n%s\n%s", args, stdout.String(), stderr.String())
	require.Empty(t, complaints(stdout.String()+stderr.String()), args)
	return stdout.String()
}

// complaints are the lines of warnings, errors and criticals that concern our elements, and what no program of ours may print.
func complaints(output string) []string {
	var found []string
	for line := range strings.Lines(output) {
		ours := regexp.MustCompile(`(?i)videogem`).MatchString(line) && regexp.MustCompile(`\b(WARN|ERROR|CRITICAL|WARNING)\b`).MatchString(line)
		if ours || regexp.MustCompile(`-CRITICAL|-WARNING|^panic:|goroutine \d+ |onnxruntime:,`).MatchString(line) {
			found = append(found, strings.TrimSpace(line))
		}
	}
	return found
}

// example runs a line of examples/gst-launch.
func example(t *testing.T, env []string, name string, args ...string) string {
	t.Helper()
	return run(t, env, append([]string{exampleFile(t, name)}, args...)...)
}

func exampleFile(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(repository, "examples/gst-launch", name))
	require.NoError(t, err)
	return path
}

// needs skips the test where GStreamer lacks an element.
func needs(t *testing.T, elements ...string) {
	t.Helper()
	for _, e := range elements {
		if err := command(t, nil, "gst-inspect-1.0", "--exists", e).Run(); err != nil {
			if _, ok := errors.AsType[*exec.ExitError](err); !ok {
				require.NoError(t, err)
			}
			t.Skipf("this GStreamer has no %s", e)
		}
	}
}

func TestComplaintsAreSeen(t *testing.T) {
	for line, want := range map[string]int{
		"0:00:00.1 1 0x7 WARN videogem x.go:3:f: msg=late\n":                         1,
		"0:00:00.1 1 0x7 WARN basetransform x.c:3:f:<videogem0> no caps\n":           1,
		"(gst-launch-1.0:1): GLib-GObject-CRITICAL **: g_object_unref\n":             1,
		"[E:onnxruntime:, sequential_executor.cc:677 ExecuteKernel] Non-zero status": 1,
		"0:00:00.1 1 0x7 WARN v4l2 x.c:3:f:<v4l2src0> no camera\n":                   0,
		"0:00:00.1 1 0x7 INFO videogem x.go:3:f: msg=\"model ready\"\n":              0,
	} {
		require.Len(t, complaints(line), want, line)
	}
}
