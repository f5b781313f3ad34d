package streaming_test

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/browsertest"
	"github.com/videogem/videogem/streaming/netnstest"
)

// envLoopback makes TestPageOnLoopback the process inside a network; it is what the page has to say there, "live" for video.
const envLoopback = "VIDEOGEM_TEST_LOOPBACK"

// TestPageOnLoopback: a server on 127.0.0.1 plays in Firefox, which takes no loopback addresses, and in Chromium. On a machine without a
// network the page says why neither does.
func TestPageOnLoopback(t *testing.T) {
	if want := os.Getenv(envLoopback); want != "" {
		pageOnLoopback(t, want)
		return
	}
	for _, kind := range browsertest.Kinds() {
		for _, ca := range []struct {
			name, want string
			network    bool
		}{
			{"network", "live", true},
			{"no network", "Browsers get no video here: this machine has no network address but loopback's", false},
		} {
			t.Run(string(kind)+", "+ca.name, func(t *testing.T) {
				t.Parallel()
				n := netnstest.New(t)
				if ca.network {
					other := netnstest.New(t)
					netnstest.Cable(t, n, "net", []string{"10.9.0.1/24"}, other, "net", []string{"10.9.0.2/24"})
					n.IP(t, "route", "add", "default", "via", "10.9.0.2")
				}
				c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestPageOnLoopback$", "-test.v")
				c.Env = append(os.Environ(), envLoopback+"="+string(kind)+"|"+ca.want)
				var out []byte
				var err error
				n.Do(func() { out, err = c.CombinedOutput() })
				require.NoError(t, err, string(out))
				if skipped.Match(out) {
					t.Skip(string(out))
				}
			})
		}
	}
}

var skipped = regexp.MustCompile(`(?m)^--- SKIP`)

func pageOnLoopback(t *testing.T, text string) {
	t.Helper()
	kind, want, _ := strings.Cut(text, "|")
	s := newServer(t, streaming.Config{})
	addStream(t, s, "demo", true)
	tab := browsertest.Start(t, browsertest.Kind(kind)).Open(t, browsertest.Allow("ICE failed"))
	tab.Navigate(s.URL() + "#/demo")
	if want == "live" {
		tab.WaitFor(`window.videogem?.state === "live"`)
		return
	}
	tab.WaitFor(fmt.Sprintf("window.videogem?.message.startsWith(%q)", want))
	tab.WaitFor(fmt.Sprintf("document.body.innerText.includes(%q)", want))
}
