package streaming

import (
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/transport/v5/vnet"
	"github.com/pion/webrtc/v4"
	samples "github.com/pion/webrtc/v4/pkg/media"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming/auth"
	"github.com/videogem/videogem/streaming/streamtest"
)

// publish lets a peer publish VP8, and returns what sends it.
func (w *wire) publish(t *testing.T, i *Ingest) *webrtc.TrackLocalStaticSample {
	t.Helper()
	pc, err := w.join(t, func(n vnet.NIC) vnet.NIC { return n }).NewPeerConnection(webrtc.Configuration{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, pc.GracefulClose()) })
	track, err := webrtc.NewTrackLocalStaticSample(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8}, "video", "camera")
	require.NoError(t, err)
	_, err = pc.AddTransceiverFromTrack(track, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly})
	require.NoError(t, err)
	text, err := streamtest.FullOffer(t.Context(), pc)
	require.NoError(t, err)
	o, err := parseOffer(text, fromPeer, CodecVP8)
	require.NoError(t, err)
	_, answer, err := newSession(t.Context(), i.sessions, o, auth.Everyone(), nil, slog.New(slog.DiscardHandler), func(log *slog.Logger) (role, error) {
		return newPublishing(i, log), nil
	})
	require.NoError(t, err)
	require.NoError(t, streamtest.Answer(pc, answer))
	return track
}

// TestSilentPublishersLeaveTheirPlace: who stays connected but sends nothing, or no more, makes room for others; a pause ends nothing.
func TestSilentPublishersLeaveTheirPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t, 10*time.Millisecond)
		var mu sync.Mutex
		frames := 0
		i, err := w.server.AddIngest(IngestOptions{Name: "a", OnFrame: func(IngestFrame) { mu.Lock(); frames++; mu.Unlock() }})
		require.NoError(t, err)

		w.publish(t, i)
		time.Sleep(publishSilence - time.Second)
		require.NotNil(t, i.sessions.one(), "he may begin late")
		time.Sleep(5 * time.Second)
		require.Nil(t, i.sessions.one())
		require.Zero(t, Sessions(w.server))

		track := w.publish(t, i)
		send := func(seconds int, key bool) {
			for n := range 10 * seconds {
				require.NoError(t, track.WriteSample(samples.Sample{Data: numbered(n, 100, key), Duration: time.Second / 10}))
				time.Sleep(time.Second / 10)
			}
		}
		send(3, true)
		for range 3 {
			time.Sleep(publishSilence - 2*time.Second)
			require.NotNil(t, i.sessions.one(), "a pause")
			send(1, true)
		}
		mu.Lock()
		require.Greater(t, frames, 40)
		mu.Unlock()
		time.Sleep(publishSilence + 2*time.Second)
		require.Nil(t, i.sessions.one())
		require.Zero(t, Sessions(w.server))
	})
}
