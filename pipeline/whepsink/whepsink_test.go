package whepsink_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/videogem/videogem/element/gstshim"
	"github.com/videogem/videogem/pipeline/whepsink"
	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/auth"
	"github.com/videogem/videogem/streaming/streamtest"
)

func TestMain(m *testing.M) {
	gstshim.Init()
	if err := whepsink.Register(nil, slog.New(slog.DiscardHandler)); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(int) { http.DefaultClient.CloseIdleConnections() }))
}

const source = "videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=240,framerate=30/1 ! "

// play starts a line; it is stopped at the test's end.
func play(t *testing.T, line string) (gst.Pipeline, gst.Element) {
	t.Helper()
	top, err := gst.ParseLaunch(line)
	require.NoError(t, err)
	pipe := top.(gst.Pipeline)
	t.Cleanup(func() { pipe.SetState(gst.StateNull) })
	return pipe, pipe.GetByName("out")
}

func get(t *testing.T, url string) streaming.Status {
	t.Helper()
	response, err := http.Get(url + "api/streams/video") //nolint:noctx // a poll with a deadline around it
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	var s streaming.Status
	require.NoError(t, json.NewDecoder(response.Body).Decode(&s))
	return s
}

// TestViewerSeesTheLine lets a WebRTC peer watch a gst-launch line, twice in a row with the same element.
func TestViewerSeesTheLine(t *testing.T) {
	pipe, sink := play(t, source+"videogemsink name=out port=0 bitrate=500000")
	require.Empty(t, sink.ObjectProperty("url"))
	for range 2 {
		require.NotEqual(t, gst.StateChangeFailure, pipe.SetState(gst.StatePlaying))
		url := sink.ObjectProperty("url").(string)
		require.Regexp(t, `^http://127\.0\.0\.1:\d+/$`, url)
		require.Eventually(t, func() bool { return get(t, url).State == streaming.StateRunning }, 20*time.Second, 50*time.Millisecond)
		watch(t, url+"whep/video")
		s := get(t, url)
		require.Equal(t, 320, s.Width)
		require.Empty(t, s.Prompts)
		response, err := http.DefaultClient.Do(put(t, url))
		require.NoError(t, err)
		body, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		require.Equal(t, http.StatusBadRequest, response.StatusCode)
		require.Contains(t, string(body), "no videogem element", "there is nobody to take prompts")
		pipe.SetState(gst.StateNull)
		require.Empty(t, sink.ObjectProperty("url"), "stopped")
	}
}

func put(t *testing.T, url string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, url+"api/streams/video/prompts", strings.NewReader(`{"prompts":["a person running"]}`))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/json")
	return r
}

// watch receives some packets by WHEP.
func watch(t *testing.T, url string) {
	t.Helper()
	packets := make(chan struct{}, 1000)
	pc, err := streamtest.NewViewer(nil, webrtc.Configuration{}, streamtest.EachPacket(func(*webrtc.TrackRemote, *rtp.Packet) {
		select {
		case packets <- struct{}{}:
		default:
		}
	}))
	require.NoError(t, err)
	defer func() { require.NoError(t, pc.GracefulClose()) }()
	require.NoError(t, streamtest.Exchange(t.Context(), nil, pc, url))
	for i := range 30 {
		select {
		case <-packets:
		case <-time.After(20 * time.Second):
			require.Failf(t, "no video", "%d packets came", i)
		}
	}
}

// TestErrors starts lines that cannot work: the pipeline says why, and nothing is left of it.
func TestErrors(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = l.Close() }()
	_, port, err := net.SplitHostPort(l.Addr().String())
	require.NoError(t, err)
	for _, ca := range []struct{ name, properties, says string }{
		{"port in use", "port=" + port, "in use"},
		{"codec", "port=0 codec=theora", "theora"},
		{"stream's name", `port=0 stream="a b"`, "stream name"},
		{"address", "port=0 address=256.1.1.1 insecure=true", "256.1.1.1"},
		{"open to all", "port=0 address=0.0.0.0", "insecure"},
		{"no tokens", "port=0 address=0.0.0.0 auth-file=/no/such/file", "/no/such/file"},
	} {
		t.Run(ca.name, func(t *testing.T) {
			pipe, _ := play(t, source+"videogemsink name=out "+ca.properties)
			require.Equal(t, gst.StateChangeFailure, pipe.SetState(gst.StatePlaying))
			m := pipe.GetBus().TimedPopFiltered(gst.Second, gst.MessageError)
			require.NotNil(t, m)
			_, err := m.ParseError()
			require.ErrorContains(t, err, ca.says)
		})
	}
}

// TestOtherAddresses opens the sink to others: with tokens, or because somebody says that it is meant.
func TestOtherAddresses(t *testing.T) {
	tokens := filepath.Join(t.TempDir(), "auth.json")
	require.NoError(t, os.WriteFile(tokens, []byte(`{"tokens": [{"name": "lobby", "hash": "`+auth.Hash("secret")+`", "grants": [{"stream": "video", "rights": ["view"]}]}]}`), 0o600))
	for properties, code := range map[string]int{"insecure=true": http.StatusOK, "auth-file=" + tokens: http.StatusUnauthorized} {
		pipe, sink := play(t, source+"videogemsink name=out port=0 address=0.0.0.0 "+properties)
		require.NotEqual(t, gst.StateChangeFailure, pipe.SetState(gst.StatePlaying), properties)
		url := sink.ObjectProperty("url").(string) + "api/streams/video"
		ask := func(token string) int {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
			require.NoError(t, err)
			r.Header.Set("Authorization", "Bearer "+token)
			response, err := http.DefaultClient.Do(r)
			require.NoError(t, err)
			require.NoError(t, response.Body.Close())
			return response.StatusCode
		}
		require.Equal(t, code, ask("wrong"), properties)
		require.Equal(t, http.StatusOK, ask("secret"), properties)
	}
}
