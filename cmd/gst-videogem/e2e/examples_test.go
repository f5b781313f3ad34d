package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
)

const (
	// liveSource stands for a camera. The lines end by themselves.
	liveSource = "videotestsrc is-live=true pattern=ball num-buffers=45 ! video/x-raw,width=320,height=240,framerate=30/1"
	// endless does not end by itself.
	endless = "videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=240,framerate=30/1"
	// clipFrames are the frames of clip.
	clipFrames = 60
)

// clip makes a video file of 2 s.
func clip(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a clip.webm")
	run(t, nil, fmt.Sprintf("gst-launch-1.0 videotestsrc pattern=ball num-buffers=%d ! video/x-raw,width=320,height=240,framerate=30/1 "+
		"! vp8enc deadline=1 ! webmmux ! filesink location=\"\\\"%s\\\"\"", clipFrames, path))
	return path
}

func TestWebcamLine(t *testing.T) {
	example(t, []string{"SOURCE=" + liveSource, "SINK=fakesink"}, "webcam.sh", "/dev/video0", `a person's wave; a person sitting`)
	t.Run("camera", func(t *testing.T) {
		if _, err := os.Stat("/dev/video0"); err != nil {
			t.Skipf("no camera: %v", err)
		}
		example(t, []string{"SINK=identity eos-after=30 ! fakesink"}, "webcam.sh")
	})
}

func TestFileLine(t *testing.T) {
	example(t, []string{"SINK=fakesink sync=true"}, "file.sh", clip(t), "a person carrying a box")
}

// TestTwoCamerasLine looks for one model in the log: two elements share it.
func TestTwoCamerasLine(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log")
	example(t, []string{"SOURCE1=" + liveSource, "SOURCE2=" + liveSource, "SINK=fakesink", "GST_DEBUG=3,videogem:4", "GST_DEBUG_FILE=" + log}, "two-cameras.sh")
	text, err := os.ReadFile(log)
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count(string(text), "model ready"), string(text))
	require.Empty(t, complaints(string(text)))
}

// TestRecordLine plays the recording back: every frame is there.
func TestRecordLine(t *testing.T) {
	needs(t, "openh264enc", "mp4mux", "h264parse")
	film := filepath.Join(t.TempDir(), "heat.mp4")
	example(t, nil, "record.sh", clip(t), film, "a person carrying a box")
	played := run(t, nil, fmt.Sprintf("gst-launch-1.0 -v filesrc location=%s ! qtdemux ! h264parse ! fakesink silent=false", film))
	require.Equal(t, clipFrames, strings.Count(played, "last-message = chain"), played)
}

func TestBoxesLine(t *testing.T) {
	out := example(t, nil, "boxes-json.sh", clip(t), `a person waving; a café's owner`)
	seen := map[string]int{}
	for line := range strings.Lines(out) {
		var found struct {
			Prompt     *string
			Score, X   *float64
			Left, Top  *float64
			PTS        *int64
			Found      *bool
			Inferences *int
		}
		require.NoError(t, json.Unmarshal([]byte(line), &found), line)
		for _, p := range []any{found.Score, found.X, found.Left, found.Top, found.PTS, found.Found, found.Inferences} {
			require.NotNil(t, p, line)
		}
		seen[*found.Prompt]++
	}
	require.Len(t, seen, 2, out)
	require.Positive(t, seen["a person waving"])
	require.Equal(t, seen["a person waving"], seen[`a café's owner`])
}

// TestRTSPLines publishes with restream.sh to a server and plays from there with rtsp.sh.
func TestRTSPLines(t *testing.T) {
	needs(t, "rtspclientsink", "rtspsrc", "vp8enc")
	for name, start := range map[string]func(*testing.T) string{"gortsplib": startRelay, "MediaMTX": startMediaMTX} {
		t.Run(name, func(t *testing.T) {
			url := start(t)
			c := command(t, []string{"GST_DEBUG=3", "RTSP=" + url, "SOURCE=" + endless}, exampleFile(t, "restream.sh"))
			var out bytes.Buffer
			c.Stdout, c.Stderr = &out, &out
			require.NoError(t, c.Start())
			require.Eventually(t, func() bool {
				describe := command(t, nil, "gst-launch-1.0 -q rtspsrc location="+url+" ! identity eos-after=1 ! fakesink")
				return describe.Run() == nil
			}, time.Minute, 200*time.Millisecond, "the server has the stream")
			example(t, []string{"SINK=identity eos-after=30 ! fakesink"}, "rtsp.sh", url, "a person waving")
			require.NoError(t, c.Process.Signal(os.Interrupt))
			require.NoError(t, c.Wait(), out.String())
			require.Empty(t, complaints(out.String()))
		})
	}
}

// TestBrowserLine changes the prompts of a gst-launch line from outside, through the page's API.
func TestBrowserLine(t *testing.T) {
	_, port, err := net.SplitHostPort(freeAddress(t))
	require.NoError(t, err)
	url := "http://127.0.0.1:" + port + "/"
	c := command(t, []string{"GST_DEBUG=3", "SOURCE=" + endless}, exampleFile(t, "browser.sh"), "", "a person waving", port)
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	require.NoError(t, c.Start())
	require.Eventually(t, func() bool { return state(url) == streaming.StateRunning }, time.Minute, 100*time.Millisecond)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPut, url+"api/streams/video/prompts", strings.NewReader(`{"prompts":["a person running"]}`))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	require.Equal(t, http.StatusOK, response.StatusCode)
	var status streaming.Status
	require.NoError(t, json.NewDecoder(response.Body).Decode(&status))
	require.Len(t, status.Prompts, 1)
	require.Equal(t, "a person running", status.Prompts[0].Text)
	require.Equal(t, 320, status.Width)
	http.DefaultClient.CloseIdleConnections()
	require.NoError(t, c.Process.Signal(os.Interrupt))
	require.NoError(t, c.Wait(), out.String())
	require.Empty(t, complaints(out.String()))
}

// freeAddress is a TCP address on this machine that nobody listens on now.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}
