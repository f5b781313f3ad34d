package streaming_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/browsertest"
)

// whipWhepPage plays a stream with the npm package whip-whep, from another origin.
const whipWhepPage = `<!doctype html><title>whip-whep</title><link rel="icon" href="data:,"><video muted autoplay playsinline></video>
<script type="module">
import {WHEPClient} from './whep.js';
const pc = new RTCPeerConnection();
pc.addTransceiver('video', {direction: 'recvonly'});
const video = document.querySelector('video');
pc.ontrack = (e) => { video.srcObject = new MediaStream([e.track]); };
window.client = new WHEPClient();
window.frames_ = () => video.getVideoPlaybackQuality().totalVideoFrames;
client.view(pc, %q, %q).catch((e) => { window.failure = String(e); });
</script>`

// TestWhipWhepPlays plays our stream with another author's client. scripts/whip-whep.sh brings it.
func TestWhipWhepPlays(t *testing.T) {
	cache, err := os.UserCacheDir()
	require.NoError(t, err)
	folder := filepath.Join(cache, "videogem", "whip-whep-1.2.0")
	if _, err := os.Stat(filepath.Join(folder, "whep.js")); err != nil {
		t.Skip("the npm package whip-whep is not there; scripts/whip-whep.sh brings it:", err)
	}
	for name, c := range map[string]struct {
		config        streaming.Config
		token, stream string
	}{
		"for everybody": {streaming.Config{}, "", "demo"},
		"with a token":  {streaming.Config{Auth: newVerifier(t)}, "a-view", "a"},
	} {
		t.Run(name, func(t *testing.T) { playByWhipWhep(t, folder, c.config, c.token, c.stream) })
	}
}

func playByWhipWhep(t *testing.T, folder string, config streaming.Config, token, stream string) {
	t.Helper()
	// The client never reads the ETag of its session, and sends its late candidates without If-Match: 428 (TestTrickle).
	// It does not catch its own error, and plays.
	ctx := browsertest.New(t, browsertest.Refused(http.StatusPreconditionRequired), browsertest.Allow(`Request rejected with status 428`))
	mux := http.NewServeMux()
	page := httptest.NewServer(mux)
	t.Cleanup(page.Close)
	config.AllowedOrigins = []string{page.URL}
	s := newServer(t, config)
	addStream(t, s, stream, true)
	mux.Handle("GET /whep.js", http.FileServer(http.Dir(folder)))
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, fmt.Sprintf(whipWhepPage, s.URL()+"whep/"+stream, token))
	})

	browse(t, ctx, chromedp.Navigate(page.URL+"/"))
	_, err := chromedp.Run(ctx, chromedp.Poll[chromedp.Void](`window.failure || (window.frames_ && frames_() > 20)`))
	require.NoError(t, err)
	require.Equal(t, "undefined", read[string](t, ctx, `String(window.failure)`))
	require.Equal(t, 1, streaming.Sessions(s))

	// The end: the client deletes its session, which belongs to its token.
	browse(t, ctx, chromedp.Evaluate[chromedp.Void](`client.stop().catch((e) => { window.failure = String(e); }); undefined`))
	eventually(t, "the session is gone", func() bool { return streaming.Sessions(s) == 0 })
}
