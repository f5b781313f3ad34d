package streaming_test

import (
	"net/http"
	"sync"
	"testing"

	"github.com/pion/webrtc/v4"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/internal/testsource"
)

// TestStreamsWithoutALivePicture: a viewer gets 409 and when to come back, draft-ietf-wish-whep, "Playback session set up", and not a session
// in which nothing is to be seen. Who watches already stays, and an encoder that rests meanwhile wakes for who comes then.
func TestStreamsWithoutALivePicture(t *testing.T) {
	s := newServer(t, streaming.Config{})
	clip, err := testsource.Embedded()
	require.NoError(t, err)
	var mu sync.Mutex
	var heard []bool
	source := testsource.New("gate", clip)
	st, err := s.AddStream(streaming.StreamOptions{Name: "gate", Control: source, Variants: []streaming.Variant{
		{Watched: func(on bool) { mu.Lock(); heard = append(heard, on); mu.Unlock() }},
	}})
	require.NoError(t, err)
	is := func(state, why string) {
		source.Edit(func(s *streaming.Status) { s.State, s.Error = state, why })
	}
	refused := func(after, says string) {
		t.Helper()
		p := newPeer(t, webrtc.SettingEngine{}, nil)
		resp, body := call(t, http.MethodPost, s.URL()+"whep/gate", p.pc.PendingLocalDescription().SDP, sdpHeader)
		require.Equal(t, http.StatusConflict, resp.StatusCode, body)
		require.Equal(t, after, resp.Header.Get("Retry-After"))
		require.Contains(t, body, says)
	}
	refused("1", "no picture yet")
	is(streaming.StateRunning, "")
	early := newPeer(t, webrtc.SettingEngine{}, nil)
	early.watch(t, s, "gate")
	write := func() { st.WriteSample(clip.Frames[0].Data, clip.Duration, true) }
	eventually(t, "a picture", func() bool { write(); return early.count() > 0 })

	for _, ca := range []struct{ state, why, after, says string }{
		{streaming.StateFailed, "camera 7 does not answer", "5", "source has failed: camera 7 does not answer"},
		{streaming.StateWaiting, "", "5", "nobody publishes"},
		{streaming.StateEnded, "", "5", "ended"},
		{streaming.StateStarting, "", "1", "no picture yet"},
	} {
		is(ca.state, ca.why)
		refused(ca.after, ca.says)
		require.Equal(t, 1, st.Viewers(), "who watches stays")
	}
	before := early.count()
	is(streaming.StateDegraded, "the model has failed")
	eventually(t, "the picture again", func() bool { write(); return early.count() > before })

	call(t, http.MethodDelete, early.location, "", nil)
	eventually(t, "the encoder rests", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return len(heard) == 2 && !heard[1]
	})
	late := newPeer(t, webrtc.SettingEngine{}, nil)
	late.watch(t, s, "gate")
	eventually(t, "it wakes", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return len(heard) == 3 && heard[2]
	})
	eventually(t, "and he sees it", func() bool { write(); return late.count() > 0 })
	require.Equal(t, 1, streaming.Sessions(s))
}
