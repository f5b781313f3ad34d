package streaming_test

import (
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
)

// TestFirefoxPublishesSimulcast: it needs the names of encodings in the answer as Chromium does, or sends none of them.
func TestFirefoxPublishesSimulcast(t *testing.T) {
	program, err := exec.LookPath("firefox-esr")
	if err != nil {
		t.Skip("no Firefox on this machine; install it with: apt-get install firefox-esr")
	}
	var log lines
	s := newServer(t, streaming.Config{Auth: newVerifier(t), AllowedOrigins: []string{"*"}, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	_, frames := addIngest(t, s, "a")
	page := clientPage(t, t.TempDir(), withPicture+fmt.Sprintf(`<script>
const pc = new RTCPeerConnection();
pc.addTransceiver(picture, {direction: 'sendonly', sendEncodings: [{rid: 'q', scaleResolutionDownBy: 4}, {rid: 'f'}]});
(async () => {
  await pc.setLocalDescription();
  const answer = await fetch(%q, {method: 'POST', headers: {'Content-Type': 'application/sdp', Authorization: 'Bearer a-publish'}, body: pc.localDescription.sdp});
  await pc.setRemoteDescription({type: 'answer', sdp: await answer.text()});
})();
</script>`, s.URL()+"whip/a"))
	profile := t.TempDir()
	// Firefox leaves loopback addresses out, and the first start's pages are not this test's.
	require.NoError(t, os.WriteFile(filepath.Join(profile, "user.js"), []byte(`user_pref("media.peerconnection.ice.loopback", true);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("app.normandy.enabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
`), 0o600))
	command := exec.CommandContext(t.Context(), program, "--headless", "--no-remote", "--profile", profile, page.URL+"/")
	command.Env = append(os.Environ(), "HOME="+profile)
	require.NoError(t, command.Start())
	defer func() {
		require.NoError(t, command.Process.Kill())
		_ = command.Wait() // killed
	}()
	eventually(t, "the largest", func() bool { return log.contains("rid=f width=960 height=540 layers=2") })
	before := frames.count()
	eventually(t, "its frames", func() bool { return frames.count() > before+20 })
	require.Equal(t, []bool{true}, frames.states())
}
