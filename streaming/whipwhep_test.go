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
const whipWhepPage = `<!doctype html><title>whip-whep</title><video muted autoplay playsinline></video>
<script type="module">
import {WHEPClient} from './whep.js';
const pc = new RTCPeerConnection();
pc.addTransceiver('video', {direction: 'recvonly'});
const video = document.querySelector('video');
pc.ontrack = (e) => { video.srcObject = new MediaStream([e.track]); };
window.client = new WHEPClient();
window.frames_ = () => video.getVideoPlaybackQuality().totalVideoFrames;
client.view(pc, %q, '').catch((e) => { window.failure = String(e); });
</script>`

// TestWhipWhepPlays plays our stream with another author's client. scripts/whip-whep.sh brings it.
func TestWhipWhepPlays(t *testing.T) {
	cache, err := os.UserCacheDir()
	require.NoError(t, err)
	folder := filepath.Join(cache, "videogem", "whip-whep-1.2.0")
	if _, err := os.Stat(filepath.Join(folder, "whep.js")); err != nil {
		t.Skip("the npm package whip-whep is not there; scripts/whip-whep.sh brings it:", err)
	}
	ctx := browsertest.New(t)
	mux := http.NewServeMux()
	page := httptest.NewServer(mux)
	t.Cleanup(page.Close)
	s := newServer(t, streaming.Config{AllowedOrigins: []string{page.URL}})
	addStream(t, s, "demo", true)
	mux.Handle("GET /whep.js", http.FileServer(http.Dir(folder)))
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, fmt.Sprintf(whipWhepPage, s.URL()+"whep/demo"))
	})

	browse(t, ctx, chromedp.Navigate(page.URL+"/"))
	_, err = chromedp.Run(ctx, chromedp.Poll[chromedp.Void](`window.failure || (window.frames_ && frames_() > 20)`))
	require.NoError(t, err)
	require.Equal(t, "undefined", read[string](t, ctx, `String(window.failure)`))
	require.Equal(t, 1, streaming.Sessions(s))

	// The end: the client deletes its session.
	browse(t, ctx, chromedp.Evaluate[chromedp.Void](`client.stop().catch((e) => { window.failure = String(e); }); undefined`))
	eventually(t, "the session is gone", func() bool { return streaming.Sessions(s) == 0 })
}
