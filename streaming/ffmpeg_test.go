package streaming_test

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
)

// publishByFFmpeg lets FFmpeg 8 publish a test picture by WHIP until the test, or the function that is returned, kills it. more are its
// options before the address. scripts/ffmpeg.sh brings it.
func publishByFFmpeg(t *testing.T, to string, more ...string) (kill func()) {
	t.Helper()
	cache, err := os.UserCacheDir()
	require.NoError(t, err)
	folder := filepath.Join(cache, "videogem", "ffmpeg-8.0.1")
	program := filepath.Join(folder, "ffmpeg")
	if _, err := os.Stat(program); err != nil {
		t.Skip("FFmpeg 8 is not there; scripts/ffmpeg.sh brings it:", err)
	}
	arguments := append([]string{"-v", "warning", "-nostdin", "-re", "-f", "lavfi", "-i", "testsrc=size=320x180:rate=30"}, more...)
	arguments = append(arguments, "-pix_fmt", "yuv420p", "-c:v", "libopenh264", "-b:v", "400k", "-g", "30", "-f", "whip", to)
	ctx, cancel := context.WithCancel(t.Context())
	command := exec.CommandContext(ctx, program, arguments...)
	command.Env = append(os.Environ(), "LD_LIBRARY_PATH="+folder)
	var said bytes.Buffer
	command.Stdout, command.Stderr = &said, &said
	require.NoError(t, command.Start())
	var once sync.Once
	kill = func() {
		once.Do(func() {
			cancel()
			_ = command.Wait() // killed
			if t.Failed() {
				t.Log("FFmpeg says:", said.String())
			}
		})
	}
	t.Cleanup(kill)
	return kill
}

// TestFFmpegPublishes: it takes the first candidate of the answer and no other, over whichever address it has found the server by.
func TestFFmpegPublishes(t *testing.T) {
	outside := ""
	addresses, err := net.InterfaceAddrs()
	require.NoError(t, err)
	for _, a := range addresses {
		if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil && !n.IP.IsLoopback() {
			outside = n.IP.String()
		}
	}
	for _, ca := range []struct {
		name, listen, host string
		more               []string
	}{
		{"video", "127.0.0.1:0", "127.0.0.1", nil},
		{"video and sound", "127.0.0.1:0", "127.0.0.1", []string{"-f", "lavfi", "-i", "sine=sample_rate=48000", "-ac", "2", "-c:a", "libopus"}},
		{"to all addresses by the one of this machine", "0.0.0.0:0", "127.0.0.1", nil},
		{"to all addresses by its name", "0.0.0.0:0", "localhost", nil},
		{"to all addresses by another", "0.0.0.0:0", outside, nil},
	} {
		t.Run(ca.name, func(t *testing.T) {
			t.Parallel()
			if ca.host == "" {
				t.Skip("this machine has no address but loopback")
			}
			s := newServer(t, streaming.Config{Listen: ca.listen, Insecure: true})
			_, frames := addIngest(t, s, "a")
			publishByFFmpeg(t, strings.Replace(s.URL(), "127.0.0.1", ca.host, 1)+"whip/a", ca.more...)
			eventually(t, "frames", func() bool { return frames.count() > 30 })
			require.Equal(t, []bool{true}, frames.states())
			frames.mu.Lock()
			defer frames.mu.Unlock()
			require.True(t, frames.frames[0].Key)
			require.Equal(t, streaming.CodecH264, frames.frames[0].Codec)
		})
	}
}

// TestCrashedPublisherComesBack: one that was killed has its place at once by its token, and without tokens as soon as it is seen that nothing
// comes from the address any more. Nobody else has it.
func TestCrashedPublisherComesBack(t *testing.T) {
	for _, ca := range []struct {
		name     string
		config   streaming.Config
		options  []string
		stranger string // a token that may publish, too
	}{
		{"with a token", streaming.Config{Auth: newVerifier(t)}, []string{"-authorization", "a-publish"}, "root"},
		{"without", streaming.Config{}, nil, ""},
	} {
		t.Run(ca.name, func(t *testing.T) {
			t.Parallel()
			var log lines
			ca.config.Logger = slog.New(slog.NewTextHandler(&log, nil))
			s := newServer(t, ca.config)
			_, frames := addIngest(t, s, "a")
			kill := publishByFFmpeg(t, s.URL()+"whip/a", ca.options...)
			eventually(t, "frames", func() bool { return frames.count() > 30 })

			header := bearer(ca.stranger, "Content-Type", "application/sdp")
			resp, _ := call(t, "POST", s.URL()+"whip/a", newSendingPeer(t).PendingLocalDescription().SDP, header)
			require.Equal(t, 409, resp.StatusCode, "nobody takes the place of one that is there")
			kill()
			if ca.stranger != "" {
				resp, _ = call(t, "POST", s.URL()+"whip/a", newSendingPeer(t).PendingLocalDescription().SDP, header)
				require.Equal(t, 409, resp.StatusCode, "nor does another holder")
			}
			before := frames.count()
			began := time.Now()
			publishByFFmpeg(t, s.URL()+"whip/a", ca.options...)
			eventually(t, "frames again", func() bool { return frames.count() > before+5 })
			t.Log("back after", time.Since(began).Round(10*time.Millisecond))
			require.Equal(t, []bool{true, false, true}, frames.states())
			require.True(t, log.contains("its peer has come back"))
		})
	}
}
