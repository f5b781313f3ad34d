package streaming_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
)

// inNamespace runs the test by itself in a network namespace that has nothing but loopback, and tells whether it is there: LiveKit listens on
// all addresses, whatever it is told.
func inNamespace(t *testing.T) bool {
	t.Helper()
	const inside = "VIDEOGEM_TEST_NAMESPACE"
	if os.Getenv(inside) != "" {
		return true
	}
	if out, err := exec.CommandContext(t.Context(), "unshare", "--net", "ip", "link", "set", "lo", "up").CombinedOutput(); err != nil {
		t.Skipf("no network namespace can be made here: %v: %s", err, out)
	}
	command := exec.CommandContext(t.Context(), "unshare", "--net", "sh", "-c", `ip link set lo up && exec "$@"`, "sh",
		os.Args[0], "-test.run", "^"+t.Name()+"$", "-test.v")
	command.Env = append(os.Environ(), inside+"=1")
	out, err := command.CombinedOutput()
	t.Logf("%s", out)
	require.NoError(t, err)
	require.Contains(t, string(out), "--- PASS: "+t.Name())
	return false
}

// livekit starts LiveKit with the settings of a file, until the function that is returned kills it.
func livekit(t *testing.T, program, config string) (kill func()) {
	t.Helper()
	command := exec.CommandContext(t.Context(), program, "--config", config)
	require.NoError(t, command.Start())
	return func() {
		require.NoError(t, command.Process.Kill())
		_ = command.Wait() // killed
	}
}

// TestLiveKitComesBack: a LiveKit that was killed has our stream again soon after its return, although it takes long to say that it does not
// know our session. TestPushIsBackSoon says how soon.
func TestLiveKitComesBack(t *testing.T) {
	cache, err := os.UserCacheDir()
	require.NoError(t, err)
	program := filepath.Join(cache, "videogem", "bin", "livekit-v1.9.11")
	if _, err := os.Stat(program); err != nil {
		t.Skip("LiveKit is not there; scripts/livekit.sh brings it:", err)
	}
	if !inNamespace(t) {
		return
	}
	const key, secret = "key", "a-secret-of-thirty-two-characters"
	config := filepath.Join(t.TempDir(), "livekit.yaml")
	require.NoError(t, os.WriteFile(config, []byte(fmt.Sprintf("port: 17880\nbind_addresses: [127.0.0.1]\nlogging: {level: error}\nkeys: {%s: %s}\n"+
		"rtc: {udp_port: 17882, tcp_port: 17881, node_ip: 127.0.0.1, enable_loopback_candidate: true, interfaces: {includes: [lo]}}\n", key, secret)), 0o600))
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"iss": key, "sub": "camera", "exp": time.Now().Add(time.Hour).Unix(), "video": map[string]any{"roomJoin": true, "room": "a", "canPublish": true},
	}).SignedString([]byte(secret))
	require.NoError(t, err)

	kill := livekit(t, program, config)
	var log lines
	st, _ := addStream(t, newServer(t, streaming.Config{Logger: slog.New(slog.NewTextHandler(&log, nil))}), "demo", true)
	push(t, st, streaming.PushOptions{URL: "http://127.0.0.1:17880/whip/v1", Bearer: token}) // tries again until LiveKit is up
	eventually(t, "LiveKit takes it", func() bool { return log.contains("msg=pushing") })
	time.Sleep(2 * time.Second)
	require.Equal(t, 1, log.count("msg=pushing"), "in one session")
	kill()
	time.Sleep(3 * time.Second) // as a supervisor takes
	kill = livekit(t, program, config)
	defer func() { kill() }()
	eventually(t, "LiveKit is up", func() bool {
		resp, _ := tryCall(http.MethodGet, "http://127.0.0.1:17880/", "", nil)
		return resp != nil
	})
	began := time.Now()
	eventually(t, "a new session", func() bool { return log.count("msg=pushing") == 2 })
	t.Log("a new session after", time.Since(began).Round(10*time.Millisecond))
	time.Sleep(time.Second)
	require.Equal(t, 2, log.count("msg=pushing"), "and it stays")
}
