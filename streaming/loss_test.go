package streaming

import (
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/transport/v5/vnet"
	"github.com/stretchr/testify/require"
)

// TestLossKeepsThePictureMoving: 5 % of the packets are lost on the way to the viewer and back, at 50 ms for the round trip. An encoder that
// follows him (TWCC, GCC) takes that for what it is: not for a network that is full.
func TestLossKeepsThePictureMoving(t *testing.T) {
	const rate = 1_400_000
	for name, least := range map[string]int{"one bitrate": 0, "adaptive": 300_000} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWire(t, 25*time.Millisecond)
				random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same each time
				var mu sync.Mutex
				lossy, lost, now := false, 0, rate
				w.router.AddChunkFilter(func(vnet.Chunk) bool {
					mu.Lock()
					defer mu.Unlock()
					if lossy && random.IntN(100) < 5 {
						lost++
						return false
					}
					return true
				})
				c := &control{}
				variant := Variant{MaxBitrate: rate}
				if least > 0 {
					variant.MinBitrate, variant.SetBitrate = least, func(r int) { mu.Lock(); now = r; mu.Unlock() }
				}
				st, err := w.server.AddStream(StreamOptions{Name: "demo", Control: c, Variants: []Variant{variant}})
				require.NoError(t, err)
				s := w.watch(t, st, func(n vnet.NIC) vnet.NIC { return n })
				const frames = 600 // 20 s
				asked := int32(0)
				for i := range frames {
					key := i == 0 || c.asked.Load() > asked
					asked = c.asked.Load()
					mu.Lock()
					size := now / 8 / 30
					lossy = i > 60
					mu.Unlock()
					st.WriteSample(numbered(i, size, key), time.Second/30, key)
					time.Sleep(time.Second / 30)
				}
				time.Sleep(time.Second)
				pictures, broken, size := s.seen()
				mu.Lock()
				require.Greater(t, lost, 100)
				mu.Unlock()
				require.Greater(t, len(pictures), frames*95/100-30, "%d broken; the first second connects", broken)
				for i := 1; i < len(pictures); i++ {
					require.Less(t, pictures[i]-pictures[i-1], uint32(20), "the picture stands no longer than until the next key frame")
				}
				require.Greater(t, size, rate/8/30/2, "and is not made worse for nothing")
			})
		})
	}
}
