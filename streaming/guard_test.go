package streaming_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/streamtest"
)

// TestForeignNamesOnLoopback: a page elsewhere may have its own name resolve to 127.0.0.1; the browser then sends that name.
func TestForeignNamesOnLoopback(t *testing.T) {
	s := newServer(t, streaming.Config{})
	for host, want := range map[string]int{"evil.example": http.StatusForbidden, "localhost": http.StatusOK, "127.0.0.1:8080": http.StatusOK, "[::1]": http.StatusOK} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL()+"api/streams", http.NoBody)
		require.NoError(t, err)
		r.Host = host
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		response, err := client.Do(r)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		require.Equal(t, want, response.StatusCode, host)
	}
}

func TestNullIsNoPrompt(t *testing.T) {
	s := newServer(t, streaming.Config{})
	addStream(t, s, "demo", true)
	response, text := call(t, http.MethodPut, s.URL()+"api/streams/demo/prompts", `{"prompts": [null]}`, map[string]string{"Content-Type": "application/json"})
	require.Equal(t, http.StatusBadRequest, response.StatusCode)
	require.Contains(t, text, "null is no prompt")
}

// TestPlayersThatOfferAudioFirst: an answer must not lose its candidates in the section it has nothing for.
func TestPlayersThatOfferAudioFirst(t *testing.T) {
	s := newServer(t, streaming.Config{})
	addStream(t, s, "demo", true)
	var settings webrtc.SettingEngine
	settings.SetIncludeLoopbackCandidate(true)
	pc, err := webrtc.NewAPI(webrtc.WithSettingEngine(settings)).NewPeerConnection(webrtc.Configuration{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, pc.GracefulClose()) })
	for _, kind := range []webrtc.RTPCodecType{webrtc.RTPCodecTypeAudio, webrtc.RTPCodecTypeVideo} {
		_, err = pc.AddTransceiverFromKind(kind, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly})
		require.NoError(t, err)
	}
	video := make(chan struct{})
	pc.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		if _, _, err := track.ReadRTP(); err == nil && track.Kind() == webrtc.RTPCodecTypeVideo {
			close(video)
		}
	})
	_, err = streamtest.Offer(pc)
	require.NoError(t, err)
	(&peer{pc: pc}).watch(t, s, "demo")
	select {
	case <-video:
	case <-time.After(20 * time.Second):
		require.Fail(t, "no video came")
	}
}
