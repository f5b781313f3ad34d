package streaming_test

import (
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/internal/mediamtx"
	"github.com/videogem/videogem/streaming/internal/testsource"
	"github.com/videogem/videogem/streaming/streamtest"
)

// startMediaMTX starts MediaMTX with more settings, until the test ends.
func startMediaMTX(t *testing.T, more string) *mediamtx.Server {
	t.Helper()
	program, err := mediamtx.Program()
	if err != nil {
		t.Skip(err)
	}
	m, err := mediamtx.Start(t.Context(), program, more)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, m.Close()) })
	return m
}

// clips are the codecs that MediaMTX is tested with.
func clips(t *testing.T) []*testsource.Clip {
	t.Helper()
	vp8, err := testsource.Embedded()
	require.NoError(t, err)
	h264 := testsource.H264()
	require.Len(t, h264.Frames, 30)
	return []*testsource.Clip{vp8, h264}
}

// throughMediaMTX watches a path of MediaMTX, which may need a moment to have it.
func throughMediaMTX(t *testing.T, m *mediamtx.Server, path, codec string) {
	t.Helper()
	var p *peer
	eventually(t, "MediaMTX serves the stream", func() bool {
		p = newPeer(t, webrtc.SettingEngine{}, nil)
		resp, body := tryCall(http.MethodPost, m.URL(path, "whep"), p.pc.PendingLocalDescription().SDP, sdpHeader)
		if resp == nil || resp.StatusCode != http.StatusCreated {
			time.Sleep(200 * time.Millisecond)
			return false
		}
		return streamtest.Answer(p.pc, body) == nil
	})
	eventually(t, "packets through MediaMTX", func() bool { return p.count() > 30 })
	p.mu.Lock()
	defer p.mu.Unlock()
	require.Equal(t, codec, p.track.Codec().MimeType)
}

// TestMediaMTXTakesPushes: it asks for a token, gets the stream, and its viewers see it.
func TestMediaMTXTakesPushes(t *testing.T) {
	for _, clip := range clips(t) {
		t.Run(clip.Codec, func(t *testing.T) {
			m := startMediaMTX(t, "paths:\n  all_others:\n"+
				"authInternalUsers:\n- {user: camera, pass: key, permissions: [{action: publish}]}\n- {user: any, permissions: [{action: read}]}\n")
			st, _ := addClip(t, newServer(t, streaming.Config{}), "demo", clip, true)
			push(t, st, streaming.PushOptions{URL: m.URL("live", "whip"), Bearer: "camera:key"}) // tries again until MediaMTX is up
			throughMediaMTX(t, m, "live", clip.Codec)
		})
	}
}

// TestMediaMTXReads: it is a player of other authors, which reads our stream by WHEP, and its viewers see it.
func TestMediaMTXReads(t *testing.T) {
	for _, clip := range clips(t) {
		t.Run(clip.Codec, func(t *testing.T) {
			s := newServer(t, streaming.Config{})
			st, _ := addClip(t, s, "demo", clip, true)
			m := startMediaMTX(t, "paths:\n  ours:\n    source: "+strings.Replace(s.URL(), "http://", "whep://", 1)+"whep/demo\n")
			throughMediaMTX(t, m, "ours", clip.Codec)
			require.Equal(t, 1, st.Viewers())
		})
	}
}

// TestMediaMTXComesBack: a MediaMTX that was killed has our stream again soon after its return. TestPushIsBackSoon says how soon.
func TestMediaMTXComesBack(t *testing.T) {
	m := startMediaMTX(t, "paths:\n  all_others:\n")
	var log lines
	clip, err := testsource.Embedded()
	require.NoError(t, err)
	st, _ := addClip(t, newServer(t, streaming.Config{Logger: slog.New(slog.NewTextHandler(&log, nil))}), "demo", clip, true)
	push(t, st, streaming.PushOptions{URL: m.URL("live", "whip")})
	throughMediaMTX(t, m, "live", clip.Codec)
	require.NoError(t, m.Kill())
	time.Sleep(3 * time.Second) // as a supervisor takes
	before := log.count("msg=pushing")
	require.NoError(t, m.Again(t.Context()))
	began := time.Now()
	eventually(t, "a new session", func() bool { return log.count("msg=pushing") > before })
	t.Log("a new session after", time.Since(began).Round(10*time.Millisecond))
	throughMediaMTX(t, m, "live", clip.Codec)
}
