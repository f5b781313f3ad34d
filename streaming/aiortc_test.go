package streaming_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
)

// aiortcSection is what came of a section of aiortc's offer.
type aiortcSection struct {
	Direction string // of ours; empty where the answer refuses it
	Frames    int
}

// runAiortc runs testdata/peer_aiortc.py. scripts/aiortc.sh brings what it needs.
func runAiortc(t *testing.T, arguments ...string) (sections []aiortcSection) {
	t.Helper()
	cache, err := os.UserCacheDir()
	require.NoError(t, err)
	folder := filepath.Join(cache, "videogem", "aiortc-1.16.0")
	if _, err := os.Stat(filepath.Join(folder, "complete")); err != nil {
		t.Skip("aiortc is not there; scripts/aiortc.sh brings it:", err)
	}
	command := exec.CommandContext(t.Context(), filepath.Join(folder, "bin", "python"), append([]string{"testdata/peer_aiortc.py"}, arguments...)...)
	var failed bytes.Buffer
	command.Stderr = &failed
	out, err := command.Output()
	require.NoError(t, err, failed.String())
	require.NoError(t, json.Unmarshal(out, &sections), "%s%s", out, failed.String())
	return sections
}

// TestAiortcWatches: it gets the video in the one section that the answer has it in.
func TestAiortcWatches(t *testing.T) {
	s := newServer(t, streaming.Config{})
	addStream(t, s, "a", true)
	for name, ca := range map[string]struct {
		sections string
		more     []string
		want     []string
	}{
		"video and sound": {"audio:recvonly,video:recvonly", nil, []string{"inactive", "recvonly"}},
		"two videos":      {"video:recvonly,video:recvonly", nil, []string{"recvonly", "inactive"}},
		"both ways":       {"video:sendrecv", nil, []string{"recvonly"}},
		"no group":        {"video:recvonly", []string{"ungrouped"}, []string{"recvonly"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := runAiortc(t, append([]string{"watch", s.URL() + "whep/a", ca.sections}, ca.more...)...)
			require.Len(t, got, len(ca.want))
			for i, want := range ca.want {
				require.Equal(t, want, got[i].Direction)
				if want == "recvonly" {
					require.GreaterOrEqual(t, got[i].Frames, 20)
				}
			}
		})
	}
}

// TestAiortcPublishes, with a BUNDLE group and without.
func TestAiortcPublishes(t *testing.T) {
	for name, more := range map[string][]string{"grouped": nil, "no group": {"ungrouped"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t, streaming.Config{})
			_, frames := addIngest(t, s, "a")
			got := runAiortc(t, append([]string{"publish", s.URL() + "whip/a", "video:sendonly"}, more...)...)
			require.Equal(t, "sendonly", got[0].Direction)
			require.Greater(t, frames.count(), 20)
		})
	}
}
