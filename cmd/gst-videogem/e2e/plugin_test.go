package e2e

import (
	"bufio"
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestInspect pins the public face of the elements: what `gst-inspect-1.0 videogem` prints.
func TestInspect(t *testing.T) {
	for _, element := range []string{"videogem", "videogemoverlay", "videogemsink"} {
		t.Run(element, func(t *testing.T) {
			got := run(t, nil, "gst-inspect-1.0", element)
			for _, r := range []struct{ pattern, with string }{
				{`(?m)^(  Filename +).*$`, "${1}…"},
				{`(?m)^(  Version +).*$`, "${1}…"},
				{`(?m)[ \t]+$`, ""},
			} {
				got = regexp.MustCompile(r.pattern).ReplaceAllString(got, r.with)
			}
			golden := filepath.Join("testdata", element+".inspect.golden")
			if *update {
				require.NoError(t, os.WriteFile(golden, []byte(got), 0o600))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			require.Equal(t, string(want), got, "go test ./cmd/gst-videogem/e2e -run Inspect -update accepts the change")
		})
	}
}

// TestLog looks for the engine's log in GStreamer's debug log, and nowhere else.
func TestLog(t *testing.T) {
	line := "gst-launch-1.0 videotestsrc is-live=true num-buffers=45 ! videogem prompts=\"a person waving\" mode=aligned ! fakesink"
	for _, ca := range []struct {
		debug string
		says  bool
	}{{"3", false}, {"1,videogem:4", true}} {
		c := command(t, []string{"GST_DEBUG=" + ca.debug}, line)
		out, err := c.CombinedOutput()
		require.NoError(t, err, string(out))
		require.Equal(t, ca.says, regexp.MustCompile(`INFO +videogem engine\.go:.*model ready`).Match(out), string(out))
		if !ca.says {
			require.NotContains(t, string(out), "model ready")
		}
	}
}

// TestInterrupt presses Ctrl-C: the host's handler ends the pipeline, with the file written to its end. It does so once the pipeline
// plays. Before, GStreamer can wait for itself for ever, with any elements: sending EOS holds the pipeline's state lock and waits for
// the source's streaming thread, which waits in the sink for a change to PLAYING, which waits for that lock.
func TestInterrupt(t *testing.T) {
	for _, ca := range []struct {
		name string
		when *regexp.Regexp // in what gst-launch-1.0 prints of the bus
	}{
		{"the model loads", regexp.MustCompile(`"pipeline0" \(state-changed\): .*new-state=\(GstState\)playing`)},
		{"the model works", regexp.MustCompile(`"videogem0" \(element\): videogem,`)},
	} {
		t.Run(ca.name, func(t *testing.T) {
			c := command(t, nil, "gst-launch-1.0 -e -m videotestsrc is-live=true ! videogem prompts=\"a person waving\" ! fakesink")
			stdout, err := c.StdoutPipe()
			require.NoError(t, err)
			var output, stderr strings.Builder
			c.Stderr = &stderr
			require.NoError(t, c.Start())
			pressed := false
			for lines := bufio.NewScanner(stdout); lines.Scan(); {
				output.WriteString(lines.Text() + "\n")
				if !pressed && ca.when.MatchString(lines.Text()) {
					pressed = true
					require.NoError(t, c.Process.Signal(os.Interrupt))
				}
			}
			err = c.Wait()
			output.WriteString(stderr.String())
			require.NoError(t, err, output.String())
			require.True(t, pressed, output.String())
			require.Contains(t, output.String(), "EOS received")
			require.Empty(t, complaints(output.String()))
		})
	}
}

// TestInstall installs the plugin under a prefix, runs it from there, and takes it out again.
func TestInstall(t *testing.T) {
	plugin(t)
	root, script := t.TempDir(), filepath.Join(repository, "scripts/plugin.sh")
	find := func() (files []string) {
		require.NoError(t, filepath.WalkDir(root, func(path string, e os.DirEntry, err error) error {
			if err == nil && !e.IsDir() {
				files = append(files, strings.TrimPrefix(path, root))
			}
			return err
		}))
		return files
	}
	for _, ca := range []struct {
		env  []string
		want string
	}{
		{[]string{"PREFIX=" + root + "/opt"}, `^/opt/lib/?.*/gstreamer-1\.0/libgstvideogem\.so$`},
		{[]string{"PREFIX=/usr/local", "DESTDIR=" + root}, `^/usr/local/lib/?.*/gstreamer-1\.0/libgstvideogem\.so$`},
	} {
		for _, what := range []string{"install", "uninstall"} {
			c := exec.CommandContext(t.Context(), "bash", script, what)
			c.Env = append(os.Environ(), ca.env...)
			out, err := c.CombinedOutput()
			require.NoError(t, err, string(out))
			if what == "uninstall" {
				require.Empty(t, find())
				continue
			}
			files := find()
			require.Len(t, files, 1)
			require.Regexp(t, ca.want, files[0])
			shown := run(t, []string{"GST_PLUGIN_PATH=" + filepath.Dir(filepath.Join(root, files[0])), "GST_REGISTRY=" + t.TempDir() + "/registry"},
				"gst-inspect-1.0 videogem")
			require.Regexp(t, `Filename +`+regexp.QuoteMeta(filepath.Join(root, files[0])), shown)
		}
	}
}

// TestProgramLeavesThePluginAlone runs the binary with the plugin installed: it must work, and not load that file, which holds a
// second Go runtime.
func TestProgramLeavesThePluginAlone(t *testing.T) {
	dir := filepath.Dir(plugin(t))
	binary := filepath.Join(t.TempDir(), "videogem")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "github.com/videogem/videogem/cmd/videogem").CombinedOutput()
	require.NoError(t, err, string(out))
	registry := filepath.Join(t.TempDir(), "registry")
	for _, name := range []string{"plugins are looked through", "plugins are known"} {
		t.Run(name, func(t *testing.T) {
			c := program(t, binary, "serve", "--listen", "127.0.0.1:0")
			c.Env = append(c.Env, "GST_PLUGIN_PATH="+dir, "GST_REGISTRY="+registry)
			var stderr strings.Builder
			c.Stderr = &stderr
			stdout, err := c.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, c.Start())
			line, err := bufio.NewReader(stdout).ReadString('\n')
			if err != nil {
				_ = c.Wait()
				if strings.Contains(stderr.String(), "ONNX Runtime") {
					t.Skip(stderr.String())
				}
				require.NoError(t, err, stderr.String())
			}
			url := regexp.MustCompile(`http://\S+/`).FindString(line)
			require.Eventually(t, func() bool { return state(url) == streaming.StateRunning }, time.Minute, 100*time.Millisecond)
			maps, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(c.Process.Pid), "maps"))
			require.NoError(t, err)
			require.Contains(t, string(maps), "libgstreamer-1.0", "it would be seen")
			require.NotContains(t, string(maps), "libgstvideogem")
			require.NoError(t, c.Process.Signal(os.Interrupt))
			require.NoError(t, c.Wait(), stderr.String())
		})
	}
	require.FileExists(t, registry)

	t.Run("no plugin scanner", func(t *testing.T) {
		c := program(t, binary, "serve", "--listen", "127.0.0.1:0")
		c.Env = append(c.Env, "GST_PLUGIN_PATH="+dir, "GST_REGISTRY="+t.TempDir()+"/registry", "GST_REGISTRY_FORK=no")
		out, err := c.CombinedOutput()
		require.Error(t, err, "GStreamer has loaded the file before anybody could take it out")
		require.Contains(t, string(out), "GST_REGISTRY_FORK=no")
		require.NotContains(t, string(out), "goroutine")
	})
}

// state asks a server for the state of its first stream; empty while there is none.
func state(url string) string {
	response, err := http.Get(url + "api/streams") //nolint:noctx // a poll with a deadline around it
	if err != nil {
		return ""
	}
	defer func() { _ = response.Body.Close() }()
	var list struct{ Streams []streaming.Status }
	if json.NewDecoder(response.Body).Decode(&list) != nil || len(list.Streams) == 0 {
		return ""
	}
	return list.Streams[0].State
}
