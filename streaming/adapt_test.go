package streaming

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/transport/v5/vnet"
	"github.com/stretchr/testify/require"
)

// coder plays a variant's encoder: frames as large as the bitrate wants, key frames when asked, nothing while nobody watches.
type coder struct {
	variant Variant

	mu      sync.Mutex
	rate    int
	watched bool
	key     bool
	woke    int // the rate at which it went on after its last rest
}

// newCoders play the encoders of `videogem serve --rungs`, with its default bitrates.
func newCoders() []*coder {
	var all []*coder
	for rung := range 2 {
		lowest, highest := RungBitrates(rung, 2, 300_000, 2_500_000)
		c := &coder{rate: highest}
		c.variant = Variant{
			Rung: rung, MinBitrate: lowest, MaxBitrate: highest,
			SetBitrate:      func(rate int) { c.set(func() { c.rate = rate }) },
			RequestKeyFrame: func() { c.set(func() { c.key = true }) },
			Watched:         func(on bool) { c.set(func() { c.watched, c.key, c.woke = on, true, 0 }) },
		}
		all = append(all, c)
	}
	return all
}

func (c *coder) set(change func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change()
}

// frame is the next one, or nil.
func (c *coder) frame(number int) (data []byte, key bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.watched {
		return nil, false
	}
	if c.woke == 0 {
		c.woke = c.rate
	}
	size := c.rate / 8 / 30
	if key, c.key = c.key, false; key {
		size *= 4
	}
	return numbered(number, size, key), key
}

// bitrates are what the encoder makes now, and what it made first after its rest.
func (c *coder) bitrates() (now, woke int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.rate, c.woke
}

// TestSlowNetworkGetsLess: a viewer's network gets narrow and wide again, beside one who has all he wants, and alone.
func TestSlowNetworkGetsLess(t *testing.T) {
	for name, others := range map[string]int{"alone": 0, "beside one": 1, "beside two": 2} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWire(t, 10*time.Millisecond)
				c := &control{}
				c.status.State = StateRunning
				coders := newCoders()
				st, err := w.server.AddStream(StreamOptions{Name: "demo", Control: c, Variants: []Variant{coders[0].variant, coders[1].variant}})
				require.NoError(t, err)
				network := vnet.NewTBFQueue(5_000_000, 8_000, 60_000)
				slow := w.watch(t, st, func(n vnet.NIC) vnet.NIC {
					q, err := vnet.NewQueue(n, network)
					require.NoError(t, err)
					t.Cleanup(func() { require.NoError(t, q.Close()) })
					return q
				})
				for range others {
					w.watch(t, st, func(n vnet.NIC) vnet.NIC { return n })
				}
				number := 0
				low := func() int { // viewers on the lower rung
					st.mu.Lock()
					defer st.mu.Unlock()
					return len(st.outputs[1].viewers)
				}
				// play plays for so long, or until so many viewers are on the lower rung, and returns how long that was.
				play := func(most time.Duration, viewers int) time.Duration {
					began := time.Now()
					for ; time.Since(began) < most; number++ {
						for i, coder := range coders {
							if data, key := coder.frame(number); data != nil {
								st.outputs[i].WriteFrame(data, time.Duration(number)*time.Second/30, key)
							}
						}
						time.Sleep(time.Second / 30)
						if low() == viewers {
							break
						}
					}
					return time.Since(began)
				}
				play(10*time.Second, -1)
				full, _ := coders[0].bitrates()
				require.Equal(t, 2_500_000, full)

				network.SetRate(500_000)
				require.Less(t, play(20*time.Second, 1), 5*time.Second, "he goes down")
				_, woke := coders[1].bitrates()
				require.LessOrEqual(t, woke, 500_000, "what his network takes")
				if others > 0 {
					full, _ = coders[0].bitrates()
					require.Equal(t, 2_500_000, full, "the others have all")
				}
				play(5*time.Second, -1)
				before, _, _ := slow.seen()
				play(20*time.Second, -1)
				after, _, _ := slow.seen()
				require.Greater(t, len(after)-len(before), 20*25, "his picture moves")
				require.Equal(t, 1, low(), "and he stays there")

				network.SetRate(5_000_000)
				require.Less(t, play(2*time.Minute, 0), time.Minute, "he comes back")
				play(10*time.Second, -1)
				full, _ = coders[0].bitrates()
				require.Equal(t, 2_500_000, full)
			})
		})
	}
}
