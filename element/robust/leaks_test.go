package robust

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/stretchr/testify/require"
)

// leaksChild is set in the process that GStreamer's tracer watches.
const leaksChild = "VIDEOGEM_ROBUST_LEAKS"

// TestLeaksTracerIsClean runs TestLeaksChild under GStreamer's leaks tracer, which lists at the end what is still alive.
func TestLeaksTracerIsClean(t *testing.T) {
	requireLibrary(t)
	self, err := os.Executable()
	require.NoError(t, err)
	log := filepath.Join(t.TempDir(), "log")
	// Of leaks the tracer warns too, and the one on purpose is not to end the child.
	child := exec.CommandContext(t.Context(), self, "-test.run=^TestLeaksChild$", "-test.v")
	child.Env = append(os.Environ(), leaksChild+"=yes", "G_DEBUG=fatal-criticals", "GST_TRACERS=leaks", "GST_DEBUG=GST_TRACER:7", "GST_DEBUG_NO_COLOR=1", "GST_DEBUG_FILE="+log)
	out, err := child.CombinedOutput()
	require.NoError(t, err, string(out))
	require.Contains(t, string(out), "--- PASS: TestLeaksChild")
	text, err := os.ReadFile(log)
	require.NoError(t, err)
	require.Contains(t, string(text), "object-alive", "the child keeps one object on purpose, or the tracer would be thought to work when it does not")
	var alive []string
	for line := range strings.Lines(string(text)) {
		if strings.Contains(line, "object-alive, type-name=(string)") && !strings.Contains(line, "format string") && !strings.Contains(line, keptCaps) {
			alive = append(alive, line)
		}
	}
	require.Empty(t, alive, "%d objects are alive at the end", len(alive))
}

// keptCaps marks the object that the child leaks on purpose.
const keptCaps = "application/x-kept"

// TestLeaksChild does a bit of everything and ends GStreamer.
func TestLeaksChild(t *testing.T) {
	if os.Getenv(leaksChild) == "" {
		t.Skip("run by TestLeaksTracerIsClean")
	}
	gst.UnsafeCapsRef(gst.CapsFromString(keptCaps))
	for _, line := range []string{
		`videotestsrc num-buffers=60 ! video/x-raw,format=I420,width=320,height=240,framerate=30/1 ! videogem mode=aligned overlay=all prompts="a person waving; a dog" ! ` +
			`videogemoverlay ! fakesink`,
		`videotestsrc is-live=true num-buffers=60 ! video/x-raw,format=RGBA,width=320,height=240,framerate=60/1 ! videogem prompts="a person waving" ! ` +
			`tee name=t t. ! queue ! videogemoverlay ! fakesink async=false t. ! queue ! videoconvert ! fakesink async=false`,
		`videotestsrc num-buffers=60 ! video/x-raw,format=NV12,framerate=30/1 ! videogem name=gem ! fakesink`,
	} {
		t.Run("", func(t *testing.T) { await(t, play(t, line), nil) })
	}
	for range 5 { // the binding's wrappers let go when Go collects them
		runtime.GC()
		time.Sleep(50 * time.Millisecond) // finalizers have a goroutine of their own, and nothing tells when it is done
	}
	gst.Deinit()
}
