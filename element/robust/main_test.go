package robust

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/videogem/videogem/element"
	"github.com/videogem/videogem/element/boxes"
	"github.com/videogem/videogem/element/gstshim"
	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/pool"
)

// inputSize is, in the environment, the side of the model's input: a large one makes a slow engine.
const inputSize = "VIDEOGEM_ROBUST_INPUT"

func TestMain(m *testing.M) {
	if os.Getenv("G_DEBUG") == "" { // GLib reads it before main begins
		self, err := os.Executable()
		if err == nil {
			err = syscall.Exec(self, os.Args, append(os.Environ(), "G_DEBUG=fatal-warnings"))
		}
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	gstshim.Init()
	size, _ := strconv.Atoi(os.Getenv(inputSize)) // 0: the model's own
	engines := pool.New(pool.Open)
	program := engine.Options{Threads: 1, Height: size, Width: size}
	log := slog.New(slog.DiscardHandler)
	if err := errors.Join(element.Register(engines, program, log), boxes.Register(nil, log)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	model := program
	model.Model = "demo"
	_, _, _ = engines.Get(context.Background(), "", model) // held from one test to the next, as a program does; requireLibrary says where it is missing
	code := m.Run()
	if err := errors.Join(engines.Close(), goleak.Find()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// requireLibrary skips where ONNX Runtime is not installed.
func requireLibrary(tb testing.TB) {
	tb.Helper()
	e, err := engine.Open(tb.Context(), engine.Options{Threads: 1})
	if errors.Is(err, engine.ErrNoLibrary) {
		tb.Skip(err)
	}
	require.NoError(tb, err)
	require.NoError(tb, e.Close())
}

// parse makes a pipeline, stopped when the test ends.
func parse(tb testing.TB, description string) gst.Pipeline {
	tb.Helper()
	top, err := gst.ParseLaunch(description)
	require.NoError(tb, err)
	pipe, ok := top.(gst.Pipeline)
	require.True(tb, ok)
	tb.Cleanup(func() { pipe.SetState(gst.StateNull) })
	return pipe
}

// play is parse and start.
func play(tb testing.TB, description string) gst.Pipeline {
	tb.Helper()
	pipe := parse(tb, description)
	require.NotEqual(tb, gst.StateChangeFailure, pipe.SetState(gst.StatePlaying))
	return pipe
}

// await reads the bus until the stream ends, or until visit returns true for a detection. Errors on the bus fail the test.
func await(tb testing.TB, pipe gst.Pipeline, visit func(element.Detection) bool) {
	tb.Helper()
	bus := pipe.GetBus()
	for deadline := time.Now().Add(5 * time.Minute); time.Now().Before(deadline); {
		m := bus.TimedPop(100 * gst.Millisecond)
		if m == nil {
			continue
		}
		switch m.Type() {
		case gst.MessageError:
			debug, err := m.ParseError()
			require.NoError(tb, err, debug)
		case gst.MessageEOS:
			return
		case gst.MessageElement:
			d, ok, err := element.ParseDetection(m)
			require.NoError(tb, err)
			require.Empty(tb, d.FailureText)
			if ok && visit != nil && visit(d) {
				return
			}
		default:
		}
	}
	require.Fail(tb, "nothing came on the bus in time")
}

// onBuffers calls visit with the PTS of each buffer that passes a pad, on the streaming thread.
func onBuffers(pipe gst.Pipeline, name, pad string, visit func(pts time.Duration)) {
	pipe.GetByName(name).GetStaticPad(pad).AddProbe(gst.PadProbeTypeBuffer, func(_ gst.Pad, info *gst.PadProbeInfo) gst.PadProbeReturn {
		buf := info.GetBuffer()
		pts := time.Duration(buf.PTS())
		gst.UnsafeBufferUnref(buf) // a reference held any longer makes the buffer read-only
		visit(pts)
		return gst.PadProbeOK
	})
}
