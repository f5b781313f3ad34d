package streaming_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/pion/webrtc/v4"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
)

// TestOneVideoIsPublished: an offer of two is refused, RFC 9725 section 4.4.2; sound beside it is not.
func TestOneVideoIsPublished(t *testing.T) {
	s := newServer(t, streaming.Config{})
	addIngest(t, s, "a")
	offer := func(kind webrtc.RTPCodecType) string {
		pc := newSendingPeer(t)
		_, err := pc.AddTransceiverFromKind(kind, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly})
		require.NoError(t, err)
		second, err := pc.CreateOffer(nil)
		require.NoError(t, err)
		return second.SDP
	}
	resp, body := call(t, http.MethodPost, s.URL()+"whip/a", offer(webrtc.RTPCodecTypeVideo), sdpHeader)
	require.Equal(t, http.StatusNotAcceptable, resp.StatusCode)
	require.Contains(t, body, "2 video sections")
	resp, body = call(t, http.MethodPost, s.URL()+"whip/a", offer(webrtc.RTPCodecTypeAudio), sdpHeader)
	require.Equal(t, http.StatusCreated, resp.StatusCode, body)
	require.Contains(t, body, "a=ice-options:trickle\r\n")
	require.Equal(t, strings.Count(body, "a=rtcp-mux\r\n"), strings.Count(body, "a=rtcp-mux-only\r\n"))
	require.Contains(t, body, "a=rtcp-mux-only\r\n")
}
