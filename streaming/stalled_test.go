package streaming_test

import (
	"io"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/streamtest"
)

// stallingProxy passes TCP connections on to a server until it stalls: from then on it takes nothing more of what the server sends.
type stallingProxy struct {
	net.Listener
	to      string
	stalled chan struct{}
	once    sync.Once
}

func newStallingProxy(t *testing.T, to string) *stallingProxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &stallingProxy{Listener: l, to: to, stalled: make(chan struct{})}
	var wg sync.WaitGroup
	var mu sync.Mutex
	var open []net.Conn
	wg.Go(func() {
		for {
			client, err := p.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", p.to)
			if err != nil {
				_ = client.Close()
				return
			}
			_ = server.(*net.TCPConn).SetReadBuffer(1 << 16) //nolint:forcetypeassert // Dial says so
			mu.Lock()
			open = append(open, client, server)
			mu.Unlock()
			wg.Go(func() { _, _ = io.Copy(server, client) })
			wg.Go(func() { p.back(client, server) })
		}
	})
	t.Cleanup(func() {
		p.stall()
		_ = p.Close()
		mu.Lock()
		for _, c := range open {
			_ = c.Close()
		}
		mu.Unlock()
		wg.Wait()
	})
	return p
}

// back copies what the server sends.
func (p *stallingProxy) back(client, server net.Conn) {
	b := make([]byte, 4096)
	for {
		n, err := server.Read(b)
		select {
		case <-p.stalled:
			return
		default:
		}
		if err != nil {
			return
		}
		if _, err := client.Write(b[:n]); err != nil {
			return
		}
	}
}

func (p *stallingProxy) stall() { p.once.Do(func() { close(p.stalled) }) }

// watchThrough watches a stream over TCP, through the proxy.
func watchThrough(t *testing.T, s *streaming.Server, name string, proxy *stallingProxy) *peer {
	t.Helper()
	var settings webrtc.SettingEngine
	settings.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeTCP4})
	p := newPeer(t, settings, nil)
	resp, answer := call(t, http.MethodPost, s.URL()+"whep/"+name, p.pc.PendingLocalDescription().SDP, sdpHeader)
	require.Equal(t, http.StatusCreated, resp.StatusCode, answer)
	p.location = strings.TrimSuffix(s.URL(), "/") + resp.Header.Get("Location")
	_, port, err := net.SplitHostPort(proxy.Addr().String())
	require.NoError(t, err)
	answer = regexp.MustCompile(`(a=candidate:\S+ \d tcp \d+ \S+) \d+`).ReplaceAllString(answer, "${1} "+port)
	require.NoError(t, streamtest.Answer(p.pc, answer))
	eventually(t, "packets over TCP", func() bool { return p.count() > 20 })
	return p
}

// TestViewersThatStopReading: over TCP a viewer can make each write wait. That costs him his own frames, and in the end his session; the
// other viewers, DELETE, Stream.Close and Server.Close wait for none of it.
func TestViewersThatStopReading(t *testing.T) {
	var log lines
	s := newServer(t, streaming.Config{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	st, source := addStream(t, s, "demo", false)
	source.Edit(running)
	big := make([]byte, 30_000)
	st.WriteSample(big, 0, true)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() { // 12 Mb/s
		for {
			select {
			case <-stop:
				return
			case <-time.After(20 * time.Millisecond):
				st.WriteSample(big, 20*time.Millisecond, true)
			}
		}
	})
	t.Cleanup(func() { close(stop); wg.Wait() })
	good := newPeer(t, webrtc.SettingEngine{}, nil)
	good.watch(t, s, "demo")
	var stalled []*peer
	for range 3 {
		proxy := newStallingProxy(t, address(t, s))
		stalled = append(stalled, watchThrough(t, s, "demo", proxy))
		proxy.stall()
	}
	slow := regexp.MustCompile(`too slow.*session=(\w+)`)
	eventually(t, "each of them loses frames", func() bool { return log.distinct(slow) == 3 })
	before := good.count()
	eventually(t, "the other viewer goes on", func() bool { return good.count() > before+200 })
	require.Equal(t, 4, streaming.Sessions(s))

	resp, body := call(t, http.MethodDelete, stalled[0].location, "", nil)
	require.Equal(t, http.StatusOK, resp.StatusCode, body)
	eventually(t, "the deleted session has ended", func() bool { return streaming.Sessions(s) <= 3 })
	require.Eventually(t, func() bool { return streaming.Sessions(s) == 1 }, time.Minute, 10*time.Millisecond, "the others' are given up")
	require.Equal(t, 1, st.Viewers())
	resp, _ = call(t, http.MethodDelete, good.location, "", nil)
	require.Equal(t, http.StatusOK, resp.StatusCode)
	require.Equal(t, 1, log.count("dropped=0"), "nothing was left out for him")

	proxy := newStallingProxy(t, address(t, s))
	watchThrough(t, s, "demo", proxy)
	proxy.stall()
	eventually(t, "another one stops reading", func() bool { return log.distinct(slow) == 4 })
	st.Close() // and newServer closes the server
	require.Zero(t, streaming.Sessions(s))
}
