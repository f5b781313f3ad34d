package streaming_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/browsertest"
)

// clientPage serves a page of another origin than our server's, with other authors' scripts from a folder.
func clientPage(t *testing.T, folder, body string) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("GET /", http.FileServer(http.Dir(folder)))
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, `<!doctype html><title>client</title><link rel="icon" href="data:,">`+body)
	})
	page := httptest.NewServer(mux)
	t.Cleanup(page.Close)
	return page
}

// mediaMTXClients is the folder of MediaMTX's clients for browsers, reader.js and publisher.js.
func mediaMTXClients(t *testing.T) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	require.NoError(t, err)
	folder := filepath.Join(cache, "videogem", "mediamtx-v1.15.3")
	if _, err := os.Stat(filepath.Join(folder, "publisher.js")); err != nil {
		t.Skip("MediaMTX's clients are not there; scripts/mediamtx.sh brings them:", err)
	}
	return folder
}

// withPicture is the script of a page that has a moving picture of 960x540 to send: `picture`, a MediaStreamTrack.
const withPicture = `<video muted autoplay playsinline></video><canvas width="960" height="540"></canvas><script>
const canvas = document.querySelector('canvas').getContext('2d');
let turn = 0;
setInterval(() => {
  canvas.fillStyle = 'hsl(' + (turn++ % 360) + ' 60% 50%)';
  canvas.fillRect(0, 0, 960, 540);
  canvas.fillStyle = 'white';
  canvas.fillRect(turn * 7 % 900, turn * 3 % 500, 40, 40);
}, 33);
const picture = document.querySelector('canvas').captureStream(30).getVideoTracks()[0];
const errors = [];
</script>`

// TestMediaMTXClients plays and publishes with MediaMTX's own clients. They trickle with If-Match: *, without their token, and begin anew
// when they are refused.
func TestMediaMTXClients(t *testing.T) {
	folder := mediaMTXClients(t)
	ctx := browsertest.New(t, browsertest.Camera)
	for name, c := range map[string]struct {
		config             streaming.Config
		view, publishToken string
	}{
		"for everybody": {streaming.Config{}, "", ""},
		"with tokens":   {streaming.Config{Auth: newVerifier(t), AllowedOrigins: []string{"*"}}, "a-view", "a-publish"},
	} {
		t.Run(name, func(t *testing.T) {
			page := clientPage(t, folder, withPicture+`<script src="reader.js"></script><script src="publisher.js"></script>`)
			if c.config.Auth == nil {
				c.config.AllowedOrigins = []string{page.URL}
			}
			var log lines
			c.config.Logger = slog.New(slog.NewTextHandler(&log, nil))
			s := newServer(t, c.config)
			addStream(t, s, "a", true)
			_, frames := addIngest(t, s, "a")
			browse(t, ctx, chromedp.Navigate(page.URL+"/"))
			browse(t, ctx, chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`
const video = document.querySelector('video');
window.reader = new MediaMTXWebRTCReader({url: %q, token: %q, onError: (e) => errors.push('reader: ' + e),
  onTrack: (e) => { video.srcObject = e.streams[0] ?? new MediaStream([e.track]); }});
navigator.mediaDevices.getUserMedia({audio: true}).then((sound) => {
  window.publisher = new MediaMTXWebRTCPublisher({url: %q, token: %q, onError: (e) => errors.push('publisher: ' + e),
    stream: new MediaStream([picture, ...sound.getTracks()]),
    videoCodec: 'vp8', videoBitrate: '800', audioCodec: 'opus', audioBitrate: '32', audioVoice: true});
}).catch((e) => errors.push('microphone: ' + e));
undefined`, s.URL()+"whep/a", c.view, s.URL()+"whip/a", c.publishToken)))
			polls(t, ctx, `errors.length > 0 || video.getVideoPlaybackQuality().totalVideoFrames > 60`)
			eventually(t, "frames of the publisher", func() bool { return frames.count() > 60 })
			require.Empty(t, read[[]string](t, ctx, `errors`))
			require.Zero(t, log.count("session ended"), "they need one session each")
			require.Equal(t, 2, log.count("peer connected"))
			require.Equal(t, []bool{true}, frames.states())
			browse(t, ctx, chromedp.Evaluate[chromedp.Void](`reader.close(); publisher.close(); undefined`))
			eventually(t, "the sessions are gone", func() bool { return streaming.Sessions(s) == 0 })
		})
	}
}

// TestSimulcastIsPublished: Chromium sends three sizes, and the largest is taken, in whichever order it names them.
func TestSimulcastIsPublished(t *testing.T) {
	ctx := browsertest.New(t, browsertest.Camera)
	for name, c := range map[string]struct{ encodings, largest string }{
		"the largest last":  {`[{rid: 'q', scaleResolutionDownBy: 4}, {rid: 'h', scaleResolutionDownBy: 2}, {rid: 'f'}]`, "f"},
		"the largest first": {`[{rid: 'hi'}, {rid: 'mid', scaleResolutionDownBy: 2}, {rid: 'lo', scaleResolutionDownBy: 4}]`, "hi"},
	} {
		t.Run(name, func(t *testing.T) {
			page := clientPage(t, t.TempDir(), withPicture)
			var log lines
			s := newServer(t, streaming.Config{AllowedOrigins: []string{page.URL}, Logger: slog.New(slog.NewTextHandler(&log, nil))})
			_, frames := addIngest(t, s, "a")
			browse(t, ctx, chromedp.Navigate(page.URL+"/"))
			browse(t, ctx, chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`
const pc = new RTCPeerConnection();
pc.addTransceiver(picture, {direction: 'sendonly', sendEncodings: %s});
(async () => {
  await pc.setLocalDescription();
  const answer = await fetch(%q, {method: 'POST', headers: {'Content-Type': 'application/sdp'}, body: pc.localDescription.sdp});
  await pc.setRemoteDescription({type: 'answer', sdp: await answer.text()});
})().catch((e) => errors.push(String(e)));
undefined`, c.encodings, s.URL()+"whip/a")))
			eventually(t, "the largest", func() bool { return log.contains("rid=" + c.largest + " width=960 height=540 layers=") })
			before := frames.count()
			eventually(t, "its frames", func() bool { return frames.count() > before+30 })
			require.Empty(t, read[[]string](t, ctx, `errors`))
			require.Equal(t, []bool{true}, frames.states(), "one publisher, whichever layer is taken")
			frames.mu.Lock()
			for i, f := range frames.frames[1:] {
				require.Greater(t, f.PTS, frames.frames[i].PTS)
			}
			frames.mu.Unlock()
			browse(t, ctx, chromedp.Evaluate[chromedp.Void](`pc.close()`))
			eventually(t, "the session is gone", func() bool { return streaming.Sessions(s) == 0 })
		})
	}
}

// polls waits until a JavaScript expression of another author's page is true.
func polls(t *testing.T, ctx context.Context, expression string) { //nolint:revive // t first
	t.Helper()
	_, err := chromedp.Run(ctx, chromedp.Poll[chromedp.Void](expression, chromedp.WithPollingTimeout(30*time.Second)))
	require.NoError(t, err)
}
