package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/bluenviron/gortsplib/v4/pkg/description"
	"github.com/bluenviron/gortsplib/v4/pkg/format"
	"github.com/pion/rtp"
	"github.com/stretchr/testify/require"
)

// relay is an RTSP server that sends what is published to it to whoever plays.
type relay struct {
	server *gortsplib.Server
	mu     sync.Mutex
	stream *gortsplib.ServerStream // nil while nobody publishes
}

// startRelay starts one until the test ends, and returns an address to publish to and to play from.
func startRelay(t *testing.T) string {
	t.Helper()
	addr := freeAddress(t)
	r := &relay{}
	r.server = &gortsplib.Server{Handler: r, RTSPAddress: addr}
	require.NoError(t, r.server.Start())
	t.Cleanup(func() {
		if stream := r.published(); stream != nil {
			stream.Close()
		}
		r.server.Close()
	})
	return "rtsp://" + addr + "/video"
}

func (r *relay) published() *gortsplib.ServerStream {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stream
}

func (r *relay) OnAnnounce(ctx *gortsplib.ServerHandlerOnAnnounceCtx) (*base.Response, error) {
	stream := &gortsplib.ServerStream{Server: r.server, Desc: ctx.Description}
	if err := stream.Initialize(); err != nil {
		return &base.Response{StatusCode: base.StatusBadRequest}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stream = stream
	return &base.Response{StatusCode: base.StatusOK}, nil
}

func (r *relay) OnDescribe(*gortsplib.ServerHandlerOnDescribeCtx) (*base.Response, *gortsplib.ServerStream, error) {
	if r.published() == nil {
		return &base.Response{StatusCode: base.StatusNotFound}, nil, nil
	}
	return &base.Response{StatusCode: base.StatusOK}, r.published(), nil
}

func (r *relay) OnSetup(ctx *gortsplib.ServerHandlerOnSetupCtx) (*base.Response, *gortsplib.ServerStream, error) {
	if ctx.Session.State() == gortsplib.ServerSessionStatePreRecord {
		return &base.Response{StatusCode: base.StatusOK}, nil, nil
	}
	return &base.Response{StatusCode: base.StatusOK}, r.published(), nil
}

func (r *relay) OnPlay(*gortsplib.ServerHandlerOnPlayCtx) (*base.Response, error) {
	return &base.Response{StatusCode: base.StatusOK}, nil
}

func (r *relay) OnRecord(ctx *gortsplib.ServerHandlerOnRecordCtx) (*base.Response, error) {
	stream := r.published()
	ctx.Session.OnPacketRTPAny(func(m *description.Media, _ format.Format, p *rtp.Packet) {
		_ = stream.WritePacketRTP(m, p) // nobody watches yet, or no longer
	})
	return &base.Response{StatusCode: base.StatusOK}, nil
}

// startMediaMTX starts the real MediaMTX, where set-up has built it.
func startMediaMTX(t *testing.T) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	require.NoError(t, err)
	program := filepath.Join(cache, "videogem", "bin", "mediamtx")
	if _, err := os.Stat(program); err != nil {
		t.Skipf("MediaMTX is not there: make test builds it (%v)", err)
	}
	addr := freeAddress(t)
	config := filepath.Join(t.TempDir(), "mediamtx.yml")
	require.NoError(t, os.WriteFile(config, []byte("logLevel: error\nrtspAddress: "+addr+"\nrtspTransports: [tcp]\nrtmp: no\nhls: no\nsrt: no\nwebrtc: no\n"+
		"paths:\n  all_others:\n"), 0o600))
	c := exec.CommandContext(t.Context(), program, config)
	c.Stdout, c.Stderr = os.Stderr, os.Stderr
	require.NoError(t, c.Start())
	t.Cleanup(func() { _ = c.Wait() }) // killed at the test's end
	return "rtsp://" + addr + "/video"
}
