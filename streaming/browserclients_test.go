package streaming_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

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
		_, _ = io.WriteString(w, "<!doctype html><link rel=\"icon\" href=\"data:,\"><title>client</title>"+body)
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
	browser := browsertest.Start(t, browsertest.Chromium, browsertest.Camera)
	t.Run("for everybody", func(t *testing.T) { useMediaMTXClients(t, folder, browser, streaming.Config{}, "", "") })
	t.Run("with tokens", func(t *testing.T) {
		config := streaming.Config{Auth: newVerifier(t), AllowedOrigins: []string{"*"}}
		useMediaMTXClients(t, folder, browser, config, "a-view", "a-publish")
	})
}

func useMediaMTXClients(t *testing.T, folder string, browser *browsertest.Browser, config streaming.Config, view, publish string) {
	t.Helper()
	page := clientPage(t, folder, withPicture+`<script src="reader.js"></script><script src="publisher.js"></script>`)
	if config.Auth == nil {
		config.AllowedOrigins = []string{page.URL}
	}
	var log lines
	config.Logger = slog.New(slog.NewTextHandler(&log, nil))
	s := newServer(t, config)
	addStream(t, s, "a", true)
	_, frames := addIngest(t, s, "a")
	tab := browser.Open(t)
	tab.Navigate(page.URL + "/")
	tab.Eval(fmt.Sprintf(`(() => {
window.video = document.querySelector('video');
window.reader = new MediaMTXWebRTCReader({url: %q, token: %q, onError: (e) => errors.push('reader: ' + e),
  onTrack: (e) => { video.srcObject = e.streams[0] ?? new MediaStream([e.track]); }});
navigator.mediaDevices.getUserMedia({audio: true}).then((sound) => {
  window.publisher = new MediaMTXWebRTCPublisher({url: %q, token: %q, onError: (e) => errors.push('publisher: ' + e),
    stream: new MediaStream([picture, ...sound.getTracks()]),
    videoCodec: 'vp8', videoBitrate: '800', audioCodec: 'opus', audioBitrate: '32', audioVoice: true});
}).catch((e) => errors.push('microphone: ' + e));
})()`, s.URL()+"whep/a", view, s.URL()+"whip/a", publish))
	tab.WaitFor(`errors.length > 0 || video.getVideoPlaybackQuality().totalVideoFrames > 60`)
	eventually(t, "frames of the publisher", func() bool { return frames.count() > 60 })
	require.Empty(t, browsertest.Read[[]string](tab, `errors`))
	require.Zero(t, log.count("session ended"), "they need one session each")
	require.Equal(t, 2, log.count("peer connected"))
	require.Equal(t, []bool{true}, frames.states())
	tab.Eval(`(() => { reader.close(); publisher.close(); })()`)
	eventually(t, "the sessions are gone", func() bool { return streaming.Sessions(s) == 0 })
}

// TestSimulcastIsPublished: browsers send several sizes, and the largest is taken, in whichever order it is named.
func TestSimulcastIsPublished(t *testing.T) {
	for _, kind := range browsertest.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			browser := browsertest.Start(t, kind)
			for name, c := range map[string]struct{ encodings, largest string }{
				"the largest last":  {`[{rid: 'q', scaleResolutionDownBy: 4}, {rid: 'h', scaleResolutionDownBy: 2}, {rid: 'f'}]`, "f"},
				"the largest first": {`[{rid: 'hi'}, {rid: 'mid', scaleResolutionDownBy: 2}, {rid: 'lo', scaleResolutionDownBy: 4}]`, "hi"},
			} {
				t.Run(name, func(t *testing.T) { publishSimulcast(t, browser, c.encodings, c.largest) })
			}
		})
	}
}

func publishSimulcast(t *testing.T, browser *browsertest.Browser, encodings, largest string) {
	t.Helper()
	var log lines
	s := newServer(t, streaming.Config{Auth: newVerifier(t), AllowedOrigins: []string{"*"}, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	_, frames := addIngest(t, s, "a")
	page := clientPage(t, t.TempDir(), withPicture+fmt.Sprintf(`<script>
const pc = new RTCPeerConnection();
pc.addTransceiver(picture, {direction: 'sendonly', sendEncodings: %s});
(async () => {
  await pc.setLocalDescription();
  const answer = await fetch(%q, {method: 'POST', headers: {'Content-Type': 'application/sdp', Authorization: 'Bearer a-publish'}, body: pc.localDescription.sdp});
  await pc.setRemoteDescription({type: 'answer', sdp: await answer.text()});
})().catch((e) => errors.push(String(e)));
</script>`, encodings, s.URL()+"whip/a"))
	tab := browser.Open(t)
	tab.Navigate(page.URL + "/")
	// A browser on a busy machine leaves the largest out for a while.
	require.Eventually(t, func() bool { return log.contains("rid=" + largest + " width=960 height=540 layers=") }, time.Minute, 20*time.Millisecond)
	before := frames.count()
	eventually(t, "its frames", func() bool { return frames.count() > before+20 })
	require.Empty(t, browsertest.Read[[]string](tab, `errors`))
	require.Equal(t, []bool{true}, frames.states(), "one publisher, whichever layer is taken")
	frames.mu.Lock()
	for i, f := range frames.frames[1:] {
		require.Greater(t, f.PTS, frames.frames[i].PTS)
	}
	frames.mu.Unlock()
	tab.Eval(`pc.close()`)
	eventually(t, "the session is gone", func() bool { return streaming.Sessions(s) == 0 })
}
