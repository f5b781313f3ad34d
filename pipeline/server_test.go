package pipeline

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/videogem/videogem/element/gstshim"
	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/pipeline/democam"
	"github.com/videogem/videogem/streaming"
)

func TestMain(m *testing.M) {
	code := m.Run()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func options(sources ...string) ServerOptions {
	return ServerOptions{
		Sources: sources, Web: streaming.Config{Listen: "127.0.0.1:0"}, Engine: engine.Options{Threads: 1}, Log: slog.New(slog.DiscardHandler),
		Stream: StreamOptions{Model: "demo", Opacity: .6, InferenceInterval: 10, Codec: "vp8", Bitrate: 500_000, Overlay: OverlayBoth, CameraTimeout: 3 * time.Second},
	}
}

// start starts a server and closes it when the test ends.
func start(t *testing.T, o ServerOptions) *Server {
	t.Helper()
	s, err := NewServer(o)
	require.NoError(t, err)
	t.Cleanup(s.Close)
	err = s.Start(t.Context())
	if errors.Is(err, engine.ErrNoLibrary) {
		t.Skip(err)
	}
	require.NoError(t, err)
	return s
}

// eventually waits for a stream's status to be as wanted.
func eventually(t *testing.T, s *Stream, what string, ok func(streaming.Status) bool) {
	t.Helper()
	require.Eventually(t, func() bool { return ok(s.Status()) }, 40*time.Second, 20*time.Millisecond, what)
}

// video writes a file of n frames with GStreamer.
func video(t *testing.T, name string, n int) string {
	t.Helper()
	gstshim.Init()
	path := filepath.Join(t.TempDir(), name)
	top, err := gst.ParseLaunch(fmt.Sprintf("videotestsrc num-buffers=%d ! video/x-raw,width=160,height=120,framerate=30/1 ! vp8enc deadline=1 ! webmmux ! filesink location=%s", n, quote(path)))
	require.NoError(t, err)
	pipe := top.(gst.Pipeline)
	pipe.SetState(gst.StatePlaying)
	m := pipe.GetBus().TimedPopFiltered(20*gst.Second, gst.MessageEOS|gst.MessageError)
	pipe.SetState(gst.StateNull)
	require.NotNil(t, m)
	require.Equal(t, gst.MessageEOS, m.Type())
	return path
}

func TestDemoCameraIsGrounded(t *testing.T) {
	s := start(t, options())
	st := s.started[0]
	eventually(t, st, "heat of both default prompts", func(r streaming.Status) bool {
		return len(r.Prompts) == 2 && r.Prompts[1].Point != nil && r.FPS > 5 && r.State == streaming.StateRunning
	})
	require.NoError(t, st.SetPrompts(t.Context(), []string{"a person running"}))
	eventually(t, st, "heat of the new prompt", func(r streaming.Status) bool {
		return len(r.Prompts) == 1 && r.Prompts[0].Text == "a person running" && r.Prompts[0].Point != nil
	})
	r := st.Status()
	require.NotEmpty(t, r.Notice)
	require.NotZero(t, r.InferenceMs)
	require.Equal(t, [2]int{640, 360}, [2]int{r.Width, r.Height})
	require.NoError(t, st.SetPrompts(t.Context(), nil))
	eventually(t, st, "no prompts", func(r streaming.Status) bool { return len(r.Prompts) == 0 })
}

// TestTheDemoModelKnowsTheCamerasActions: what the page suggests with the demo model is what the demo camera's people do.
func TestTheDemoModelKnowsTheCamerasActions(t *testing.T) {
	s := start(t, options())
	var want []string
	for _, a := range democam.Actions() {
		want = append(want, "a person "+a)
	}
	require.Equal(t, want, s.started[0].Status().Known)
	require.NotNil(t, s.started[0].Status().Threshold)
	require.Positive(t, *s.started[0].Status().Threshold)
}

func TestBadPrompts(t *testing.T) {
	s := start(t, options())
	for _, prompts := range [][]string{{""}, {"a", "  "}, {"a; b"}, make([]string, 17), {strings.Repeat("a person waving ", 40)}} {
		err := s.started[0].SetPrompts(t.Context(), prompts)
		require.ErrorIs(t, err, streaming.ErrBadRequest)
	}
	require.NoError(t, s.started[0].SetPrompts(t.Context(), []string{strings.Repeat("a person waving ", 30)}))
	eventually(t, s.started[0], "a warning about the long prompt", func(r streaming.Status) bool {
		return len(r.Prompts) == 1 && strings.Contains(r.Prompts[0].Warning, "ignored")
	})
}

func TestFilePlaysOverAndOver(t *testing.T) {
	s := start(t, options(video(t, "short clip.webm", 15)))
	eventually(t, s.started[0], "more frames than the file has", func(r streaming.Status) bool { return r.FramesIn > 40 })
	require.Equal(t, streaming.StateRunning, s.started[0].Status().State)
}

func TestOneBadSourceLeavesTheOthersAlone(t *testing.T) {
	corrupt := filepath.Join(t.TempDir(), "corrupt.mp4")
	require.NoError(t, os.WriteFile(corrupt, []byte(strings.Repeat("this is no video ", 1000)), 0o600))
	s := start(t, options("demo://", corrupt))
	eventually(t, s.started[1], "the corrupt file's failure", func(r streaming.Status) bool { return r.State == streaming.StateFailed })
	require.Contains(t, s.started[1].Status().Error, "stream corrupt")
	require.NotContains(t, s.started[1].Status().Error, "\n", "one clear line")
	before := s.started[0].Status().FramesIn
	eventually(t, s.started[0], "the demo goes on", func(r streaming.Status) bool { return r.FramesIn > before+20 })
}

func TestAllSourcesFailed(t *testing.T) {
	corrupt := filepath.Join(t.TempDir(), "corrupt.mp4")
	require.NoError(t, os.WriteFile(corrupt, make([]byte, 4096), 0o600))
	s := start(t, options(corrupt))
	require.ErrorIs(t, s.Wait(), ErrCamera)
}

// TestSilentCamera has a camera that takes the connection and says nothing.
func TestSilentCamera(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = l.Close() }()
	s := start(t, options("rtsp://"+l.Addr().String()+"/silent"))
	eventually(t, s.started[0], "the silent camera's failure", func(r streaming.Status) bool { return r.State == streaming.StateFailed })
}

func TestBadOptions(t *testing.T) {
	for name, change := range map[string]func(*ServerOptions){
		"opacity":  func(o *ServerOptions) { o.Stream.Opacity = 1.5 },
		"interval": func(o *ServerOptions) { o.Stream.InferenceInterval = 0 },
		"bitrate":  func(o *ServerOptions) { o.Stream.Bitrate = 1 },
	} {
		o := options()
		change(&o)
		_, err := NewServer(o)
		require.ErrorIs(t, err, ErrOptions)
		require.ErrorContains(t, err, name)
	}
	o := options()
	o.Stream.Codec = "theora"
	s, err := NewServer(o)
	require.NoError(t, err)
	defer s.Close()
	require.ErrorIs(t, s.Start(t.Context()), ErrEncoder)
}

func TestPortInUse(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = l.Close() }()
	o := options()
	o.Web.Listen = l.Addr().String()
	s, err := NewServer(o)
	require.NoError(t, err)
	defer s.Close()
	require.ErrorContains(t, s.Start(t.Context()), o.Web.Listen)
}

// freeAddress is a loopback address with a port that is free now.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

func TestUnknownModel(t *testing.T) {
	o := options()
	o.Stream.Model = "no-such-model"
	s, err := NewServer(o)
	require.NoError(t, err)
	defer s.Close()
	require.ErrorIs(t, s.Start(t.Context()), engine.ErrUnknownModel)
}

// TestDecodersLoadBesideONNXRuntime: its library asks for the C++ library, and GStreamer's libav plugin for a newer one than older
// systems have. Whichever comes first serves both.
func TestDecodersLoadBesideONNXRuntime(t *testing.T) {
	start(t, options())
	if gst.ElementFactoryFind("avdec_h264") == nil {
		t.Skip("this GStreamer has no libav plugin")
	}
	require.NotNil(t, gst.ElementFactoryMake("avdec_h264", ""))
}

func TestH264(t *testing.T) {
	gstshim.Init()
	if _, err := pickEncoder("h264", slog.New(slog.DiscardHandler)); err != nil {
		t.Skip(err)
	}
	o := options()
	o.Stream.Codec = "h264"
	s := start(t, o)
	eventually(t, s.started[0], "an encoded frame", func(r streaming.Status) bool { return r.FramesOut > 0 && r.FramesIn > 20 })
}

// TestHolesEndNoStream: a file of 90 frames whose times have a hole of 60 s behind the 45th goes on behind it, also when it starts over.
func TestHolesEndNoStream(t *testing.T) {
	o := options(filepath.Join("offline", "testdata", "jump60s.mkv"))
	o.Stream.CameraTimeout = 10 * time.Second // shorter than the hole, longer than a busy machine stands still
	s := start(t, o)
	eventually(t, s.started[0], "frames from behind the second round's hole", func(r streaming.Status) bool {
		return r.State == streaming.StateRunning && r.FramesIn > 90+60
	})
}

func TestSourcesThatCannotPlaySayWhy(t *testing.T) {
	text := filepath.Join(t.TempDir(), "text.mp4")
	require.NoError(t, os.WriteFile(text, []byte("just a text\n"), 0o600))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	nobody := l.Addr().String()
	require.NoError(t, l.Close())
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/page" {
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte("<html>a page</html>"))
			return
		}
		http.NotFound(w, r)
	}))
	t.Cleanup(web.Close)
	cases := []struct{ source, want string }{
		{filepath.Join("offline", "testdata", "audio_s.m4a"), "it holds no video"},
		{text, "it is not a video"},
		{"rtsp://" + nobody + "/x", "connection refused by " + nobody},
		{"http://" + nobody + "/x.mp4", "connection refused by " + nobody},
		{web.URL + "/missing.mp4", "404 Not Found"},
		{web.URL + "/page", "web page"},
	}
	var sources []string
	for _, c := range cases {
		sources = append(sources, c.source)
	}
	s := start(t, options(sources...))
	for i, c := range cases {
		eventually(t, s.started[i], c.want, func(r streaming.Status) bool {
			return r.State == streaming.StateFailed && strings.Contains(r.Error, c.want)
		})
	}
}

// TestDoubtsAreSaid: why the model may not understand a prompt stands in the status, from the moment that it is asked for.
func TestDoubtsAreSaid(t *testing.T) {
	o := options()
	o.Stream.Prompts = []string{"a dog catching a frisbee", "a person waving", "a person waving"}
	s := start(t, o)
	st := s.started[0]
	r := st.Status()
	require.Len(t, r.Prompts, 2, "what is given twice is looked for once")
	require.Equal(t, "the model does not know: dog, catching, frisbee", r.Prompts[0].Warning)
	require.Empty(t, r.Prompts[1].Warning)
	require.NoError(t, st.SetPrompts(t.Context(), []string{"ein Mann"}))
	require.Contains(t, st.Status().Prompts[0].Warning, "reads English")
	eventually(t, st, "the warning stays with the heat", func(r streaming.Status) bool { return r.Prompts[0].Point != nil && r.Prompts[0].Warning != "" })
}
