package pipeline

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
)

func TestSecretsAreHidden(t *testing.T) {
	for _, c := range []struct{ uri, text, want string }{
		{"rtsp://anna:s3cret@cam/1", "rtsp://anna:s3cret@cam/1 is gone; try s3cret", "rtsp://…@cam/1 is gone; try …"},
		{"rtsp://anna:s3%40cret@cam/1", "anna:s3%40cret@cam, s3@cret, s3%40cret", "…@cam, …, …"},
		{"rtsp://anna@cam/1", "rtsp://anna@cam/1: Susanna", "rtsp://…@cam/1: Susanna"},
		{"rtsp://a:b@cam/ab", "rtsp://a:b@cam/ab", "rtsp://…@cam/ab"},
		{"http://cam/video?user=anna&pwd=s3cret", "URL: http://cam/video?user=anna&pwd=s3cret", "URL: http://cam/video?…"},
		{"http://cam/a@b", "http://cam/a@b", "http://cam/a@b"},
		{"http://cam/%zz", "http://cam/%zz is bad", "… is bad"},
	} {
		require.Equal(t, c.want, Source{Kind: KindURL, URI: c.uri}.secrets().hide(c.text), c.uri)
	}
	demo := "demo://?actions=running"
	require.Equal(t, demo, Source{Kind: KindDemo, URI: demo}.secrets().hide(demo))
}

// record takes a log.
type record struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (r *record) Write(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.Write(b)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

// TestCamerasPasswordsStayHidden: whatever GStreamer says, and it says the whole address, neither log nor status tell the password.
func TestCamerasPasswordsStayHidden(t *testing.T) {
	camera := httptest.NewServer(http.NotFoundHandler())
	defer camera.Close()
	with := func(address string) string { return strings.Replace(address, "://", "://anna:s3cret@", 1) }
	var log record
	o := options(with("rtsp://"+freeAddress(t)+"/door"), with(camera.URL+"/yard"))
	o.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s := start(t, o)
	for _, st := range s.started {
		eventually(t, st, "its failure", func(r streaming.Status) bool { return r.State == streaming.StateFailed })
		require.NotContains(t, st.Status().Error, "s3cret")
	}
	require.Contains(t, log.String(), "Not Found")
	require.Contains(t, log.String(), "…@", "GStreamer has told it")

	secret := s.started[0].source.URI
	top, err := gst.ParseLaunch("fakesrc name=it ! fakesink")
	require.NoError(t, err)
	pipe := top.(gst.Pipeline)
	for _, kind := range []gst.MessageType{gst.MessageWarning, gst.MessageError} {
		pipe.GetByName("it").MessageFull(kind, gst.ResourceErrorQuark(), 1, secret, secret, "a.c", "a", 1)
		m := pipe.GetBus().TimedPopFiltered(gst.Second, kind)
		require.NotNil(t, m)
		if err := s.started[0].message(pipe, nil, m); kind == gst.MessageError {
			require.ErrorContains(t, err, "…@")
			require.NotContains(t, err.Error(), "s3cret")
		}
	}
	require.Contains(t, log.String(), "GStreamer warns")
	_, err = gst.ParseLaunch("fakesrc num-buffers=" + quote(secret))
	require.ErrorContains(t, err, "s3cret")
	require.NotContains(t, s.started[0].secrets.hideError(err).Error(), "s3cret")
	require.NotContains(t, log.String(), "s3cret")
}
