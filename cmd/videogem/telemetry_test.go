package main

import (
	"bytes"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/engine/backend/ort"
	"github.com/videogem/videogem/streaming/netnstest"
)

// silent is how long the program and the plugin may ask nothing. ONNX Runtime's telemetry looks its server up some 10 s after the start.
const silent = time.Minute

// TestNothingIsReported: neither `serve` nor the plugin looks up any name or leaves ONNX Runtime's device id and database. Beside each, and
// for as long, runs the same with telemetry left on: it must be caught, or the test proves nothing.
func TestNothingIsReported(t *testing.T) {
	t.Parallel()
	library, err := ort.Library("")
	require.NoError(t, err)
	if !filepath.IsAbs(library) {
		t.Skip("ONNX Runtime is not installed: run make setup")
	}
	for _, ca := range []struct {
		name, works string // what it says when it has found heat
		start       func(t *testing.T) []string
	}{
		{"program", "model ready", func(t *testing.T) []string {
			t.Helper()
			self, err := os.Executable()
			require.NoError(t, err)
			return []string{self, "serve", "demo://?fps=2&size=160x120", "--listen", "127.0.0.1:0", "--interval", "1"}
		}},
		{"plugin", "score=", func(t *testing.T) []string {
			t.Helper()
			if _, err := os.Stat("../../bin/gstreamer-1.0/libgstvideogem.so"); err != nil {
				t.Skipf("the plugin is not built: run make plugin (%v)", err)
			}
			return []string{
				"gst-launch-1.0", "-m", "videotestsrc", "is-live=true", "!", "video/x-raw,width=160,height=120,framerate=2/1", "!",
				"videogem", "inference-interval=1", "post-messages=true", "prompts=a person waving", "!", "fakesink",
			}
		}},
	} {
		t.Run(ca.name, func(t *testing.T) {
			t.Parallel()
			args := ca.start(t)
			off, on := observe(t, library, args), observe(t, library, args, "ORT_DISABLE_TELEMETRY=0")
			if !assert.Eventually(t, func() bool { return off.said(ca.works) && on.said(ca.works) }, time.Minute, 100*time.Millisecond, "both run") {
				t.Fatal(off.output(), on.output())
			}
			time.Sleep(silent) // what does not happen has no event to wait for
			require.NoError(t, on.end(), on.output())
			require.NoError(t, off.end(), off.output())
			require.NotEmpty(t, on.asked(), "the control must be caught")
			t.Logf("the control asked for %q", on.asked())
			require.Contains(t, on.left(t), ".onnxruntime", "the control must be caught")
			require.Empty(t, off.asked())
			require.NotContains(t, off.left(t), ".onnxruntime")
			require.NotContains(t, off.left(t), "tmp/", "nothing in TMPDIR")
		})
	}
}

// quieting are the variables under which ONNX Runtime 1.31 reports nothing: its own switch, and those that say that a build server runs it.
// A process that is to show what its user gets has none of them.
func quieting() []string {
	return []string{
		"ORT_DISABLE_TELEMETRY", "CI", "TF_BUILD", "GITHUB_ACTIONS", "GITLAB_CI", "CIRCLECI", "TRAVIS", "JENKINS_URL", "CODEBUILD_BUILD_ID", "BUILDKITE",
		"TEAMCITY_VERSION", "APPVEYOR", "BITBUCKET_BUILD_NUMBER",
	}
}

// observed is a process in a network of its own with a resolver that writes down what it is asked, and with fresh folders.
type observed struct {
	command *exec.Cmd
	dir     string

	mu    sync.Mutex
	names []string
	text  bytes.Buffer
}

func observe(t *testing.T, library string, args []string, env ...string) *observed {
	t.Helper()
	o := &observed{dir: t.TempDir()}
	n := netnstest.New(t)
	var conn net.PacketConn
	var err error
	n.Do(func() { conn, err = net.ListenPacket("udp", "127.0.0.1:53") })
	require.NoError(t, err)
	resolver := &dns.Server{PacketConn: conn, Handler: dns.HandlerFunc(o.resolve)}
	var serving sync.WaitGroup
	serving.Go(func() { _ = resolver.ActivateAndServe() })
	t.Cleanup(func() {
		_ = resolver.Shutdown()
		serving.Wait()
	})

	for _, sub := range []string{"tmp", "home", "cache"} {
		require.NoError(t, os.Mkdir(filepath.Join(o.dir, sub), 0o700))
	}
	files := map[string]string{"resolv.conf": "nameserver 127.0.0.1\n", "nsswitch.conf": "passwd: files\nhosts: files dns\n"}
	for name, text := range files {
		require.NoError(t, os.WriteFile(filepath.Join(o.dir, name), []byte(text), 0o600))
	}
	const mounted = `mount --bind "$0/resolv.conf" /etc/resolv.conf && mount --bind "$0/nsswitch.conf" /etc/nsswitch.conf && exec "$@"`
	fresh := append([]string{
		"env", "HOME=" + o.dir + "/home", "XDG_CACHE_HOME=" + o.dir + "/cache", "TMPDIR=" + o.dir + "/tmp", ort.EnvLibrary + "=" + library, envProgram + "=yes",
	}, append(env, args...)...)
	c := exec.CommandContext(t.Context(), "sh", append([]string{"-c", mounted, o.dir, "bash", "../../scripts/gst.sh"}, fresh...)...)
	c.Env = slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return slices.Contains(quieting(), name)
	})
	c.Stdout, c.Stderr = o, o
	c.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	c.WaitDelay = 20 * time.Second
	require.NoError(t, n.Start(c))
	o.command = c
	return o
}

// end ends the process.
func (o *observed) end() error {
	if err := o.command.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	return o.command.Wait()
}

// resolve knows no name.
func (o *observed) resolve(w dns.ResponseWriter, question *dns.Msg) {
	o.mu.Lock()
	for _, q := range question.Question {
		o.names = append(o.names, q.Name)
	}
	o.mu.Unlock()
	_ = w.WriteMsg(new(dns.Msg).SetRcode(question, dns.RcodeNameError)) // the asker's loss
}

func (o *observed) asked() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.names)
}

// Write takes what the process prints.
func (o *observed) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(b)
}

func (o *observed) output() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

func (o *observed) said(what string) bool { return strings.Contains(o.output(), what) }

// left lists the files that the process has made, a line each.
func (o *observed) left(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	require.NoError(t, filepath.WalkDir(o.dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			all.WriteString(strings.TrimPrefix(path, o.dir+"/") + "\n")
		}
		return err
	}))
	return all.String()
}
