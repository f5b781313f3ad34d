package streaming_test

import (
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
)

// TestFiveHundredViewersComeAndGo: afterwards goroutines, file handles and memory are what they were.
func TestFiveHundredViewersComeAndGo(t *testing.T) {
	s := newServer(t, streaming.Config{OfferRate: 1e5})
	st, _ := addStream(t, s, "demo", true)
	var settings webrtc.SettingEngine
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	settings.SetInterfaceFilter(func(name string) bool { return name == "lo" })
	engine := &webrtc.MediaEngine{}
	require.NoError(t, engine.RegisterDefaultCodecs())
	api := webrtc.NewAPI(webrtc.WithSettingEngine(settings), webrtc.WithMediaEngine(engine))
	// Half of them leave as they should, the other half hang up or never come.
	visit := func(n int) {
		pc, err := api.NewPeerConnection(webrtc.Configuration{})
		require.NoError(t, err)
		_, err = pc.AddTransceiverFromKind(webrtc.RTPCodecTypeVideo, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly})
		require.NoError(t, err)
		seen := make(chan struct{})
		pc.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
			if _, _, err := track.ReadRTP(); err == nil {
				close(seen)
			}
		})
		offer, err := pc.CreateOffer(nil)
		require.NoError(t, err)
		require.NoError(t, pc.SetLocalDescription(offer))
		resp, body := tryCall(http.MethodPost, s.URL()+"whep/demo", offer.SDP, sdpHeader)
		require.NotNil(t, resp)
		require.Equal(t, http.StatusCreated, resp.StatusCode, body)
		if n%10 != 0 {
			require.NoError(t, pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: body}))
			<-seen
		}
		if n%2 == 0 {
			resp, _ = tryCall(http.MethodDelete, strings.TrimSuffix(s.URL(), "/")+resp.Header.Get("Location"), "", nil)
			require.Equal(t, http.StatusOK, resp.StatusCode)
		}
		require.NoError(t, pc.GracefulClose())
	}
	crowd := func(visitors int) {
		var wg sync.WaitGroup
		for worker := range 25 {
			wg.Go(func() {
				for n := worker; n < visitors; n += 25 {
					visit(n)
				}
			})
		}
		wg.Wait()
		eventually(t, "all have left", func() bool { return streaming.Sessions(s) == 0 && st.Viewers() == 0 })
	}
	crowd(50) // what is made once is there now
	goroutines, files, heap := runtime.NumGoroutine(), openFiles(t), heapInUse()
	crowd(500)
	// Not with eventually, which has goroutines of its own.
	for range 2000 {
		if runtime.NumGoroutine() <= goroutines {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	require.LessOrEqual(t, runtime.NumGoroutine(), goroutines)
	eventually(t, "file handles are closed", func() bool { return openFiles(t) <= files })
	require.Less(t, heapInUse(), heap+4<<20, "a viewer that stayed behind would hold 10 kB or more")
}

func openFiles(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skipf("this system does not list open files: %v", err)
	}
	return len(entries)
}

func heapInUse() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
