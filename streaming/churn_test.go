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
	"github.com/videogem/videogem/streaming/internal/testsource"
	"github.com/videogem/videogem/streaming/streamtest"
)

// TestFiveHundredViewersComeAndGo: afterwards goroutines, file handles and memory are what they were. Half of them leave as they should, the
// others hang up, and some take the answer and never come; some come over TCP, some watch a stream that adapts to them, with its heat.
func TestFiveHundredViewersComeAndGo(t *testing.T) {
	s := newServer(t, streaming.Config{OfferRate: 1e5})
	st, _ := addStream(t, s, "demo", true)
	adaptive := addAdaptive(t, s, "adaptive")
	udp, tcp := loopbackAPI(t, webrtc.NetworkTypeUDP4), loopbackAPI(t, webrtc.NetworkTypeTCP4)
	visit := func(n int) {
		api, to := udp, "whep/demo"
		if n%5 == 1 {
			api = tcp
		}
		heat := n%4 < 2
		if heat {
			to = "whep/adaptive?overlay=client"
		}
		seen, warm := make(chan struct{}), make(chan struct{})
		pc, err := streamtest.NewViewer(api, webrtc.Configuration{}, func(track *webrtc.TrackRemote) {
			if _, _, err := track.ReadRTP(); err == nil {
				close(seen)
			}
		})
		require.NoError(t, err)
		if heat {
			var once sync.Once
			heatChannelOf(t, pc).OnMessage(func(webrtc.DataChannelMessage) { once.Do(func() { close(warm) }) })
		}
		offer, err := streamtest.Offer(pc)
		require.NoError(t, err)
		resp, body := tryCall(http.MethodPost, s.URL()+to, offer, sdpHeader)
		require.NotNil(t, resp)
		require.Equal(t, http.StatusCreated, resp.StatusCode, body)
		if n%10 != 5 {
			require.NoError(t, streamtest.Answer(pc, body))
			comes(t, "video", seen)
			if heat {
				comes(t, "heat", warm)
			}
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
		require.Eventually(t, func() bool { return streaming.Sessions(s) == 0 && st.Viewers() == 0 && adaptive.Viewers() == 0 }, time.Minute, 5*time.Millisecond, "all have left")
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

// comes waits for what a viewer gets.
func comes(t *testing.T, what string, first <-chan struct{}) {
	t.Helper()
	select {
	case <-first:
	case <-time.After(time.Minute):
		require.Fail(t, "no "+what+" comes")
	}
}

// loopbackAPI makes viewers of this machine.
func loopbackAPI(t *testing.T, network webrtc.NetworkType) *webrtc.API {
	t.Helper()
	var settings webrtc.SettingEngine
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetNetworkTypes([]webrtc.NetworkType{network})
	settings.SetInterfaceFilter(func(name string) bool { return name == "lo" })
	engine := &webrtc.MediaEngine{}
	require.NoError(t, engine.RegisterDefaultCodecs())
	return webrtc.NewAPI(webrtc.WithSettingEngine(settings), webrtc.WithMediaEngine(engine))
}

// addAdaptive adds a stream that plays, whose encoder follows its viewers and whose heat is theirs to draw.
func addAdaptive(t *testing.T, s *streaming.Server, name string) *streaming.Stream {
	t.Helper()
	clip, err := testsource.Embedded()
	require.NoError(t, err)
	source := testsource.New(name, clip)
	st, err := s.AddStream(streaming.StreamOptions{Name: name, Control: source, Variants: []streaming.Variant{
		{Overlay: streaming.OverlayNone, MinBitrate: 100_000, MaxBitrate: 1_000_000, SetBitrate: func(int) {}},
	}})
	require.NoError(t, err)
	play(t, source, st, clip)
	return st
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
