package engine_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/gem"
)

// TestNoScopeGivesNaN: with one frame the official scopes have no token outside the run, whose mean would be 0/0; no attention here has a mask
// that can be empty. Clips without any contrast have no direction to be normalised. All of it gives numbers.
func TestNoScopeGivesNaN(t *testing.T) {
	scopes := []gem.Scope{gem.Joint, gem.Frame, gem.Official1, gem.Official2, gem.Official3, gem.Official4}
	path := small(t)
	cache := t.TempDir()
	for _, frames := range []int{1, 2, 8} {
		manifest := fmt.Sprintf(`{"frames": %d, "vision_heads": 2, "text_heads": 1}`, frames)
		require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(path), "model.json"), []byte(manifest), 0o600))
		for i := range scopes {
			o := engine.Options{Model: path, Cache: cache, Scope: scopes[i]}
			if frames > 1 { // all in one pass
				if i > 0 {
					break
				}
				o.MoreScopes = scopes[1:]
			}
			e := open(t, o)
			s := e.Spec()
			for _, grey := range []byte{0, 128, 255} {
				c := engine.Clip{Frames: s.Frames, H: s.Height, W: s.Width, Pix: make([]byte, s.Frames*s.Height*s.Width*3)}
				for k := range c.Pix {
					c.Pix[k] = grey
				}
				all, err := e.GroundAll(t.Context(), engine.Request{Clip: c, Prompts: []string{"a person waving"}}, []gem.Weights{gem.VideoGEM, gem.None, gem.Dynamic})
				require.NoError(t, err)
				require.Len(t, all, 3*max(1, min(frames-1, 1)*len(scopes)))
				for _, r := range all {
					require.True(t, finite(r.Prompts[0].Score))
					for _, m := range r.Prompts[0].Heat {
						for _, v := range m.Data {
							require.True(t, finite(v), "%d frames, %s, grey %d", frames, r.Scope, grey)
						}
					}
				}
			}
			require.NoError(t, e.Close())
		}
	}
}

func finite(v float32) bool { return !math.IsNaN(float64(v)) && !math.IsInf(float64(v), 0) }
