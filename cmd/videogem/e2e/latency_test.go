package e2e

import (
	_ "embed"
	"fmt"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming/browsertest"
)

// latencyJS is a viewer that measures: window.measure(overlay, frames) returns at once, and window.measured has what it found later.
//
//go:embed testdata/latency.js
var latencyJS string

// session is what one viewer measured, in milliseconds.
type session struct {
	Answer   float64   `json:"answer"`   // from sending the offer to having the answer
	First    float64   `json:"first"`    // from making the offer to showing the first frame
	Received []float64 `json:"received"` // for each frame: from its making to its last packet
	Shown    []float64 `json:"shown"`    // to its showing
}

// TestLatency measures what a browser on this machine waits for, while the model looks at the same stream: for the answer to an offer, for
// the first frame, and for each frame from its making (the time is stamped into it) to its last packet and to its showing. It asserts no
// time: machines differ. docs/measurements.md has the figures, of VIDEOGEM_LATENCY=20 viewers.
func TestLatency(t *testing.T) {
	viewers, frames := 2, 100
	if text := os.Getenv("VIDEOGEM_LATENCY"); text != "" {
		var err error
		viewers, err = strconv.Atoi(text)
		require.NoError(t, err)
		frames = 600
	}
	size := "1280x720"
	if text := os.Getenv("VIDEOGEM_LATENCY_SIZE"); text != "" {
		size = text
	}
	s := serve(t, nil, "demo://?clock=1&size="+size)
	p := open(t, s.URL()+"api/streams", browsertest.Refused(404)) // without an icon: of the server, but not the page, which would be another viewer
	_, err := chromedp.Run(p.ctx, chromedp.Evaluate[any](latencyJS))
	require.NoError(t, err)
	for _, overlay := range []string{"client", "burned"} {
		// While nobody watches, encoders rest: each viewer wakes one up.
		var alone, beside []session
		for range viewers {
			alone = append(alone, p.watch(overlay, 1, nil))
		}
		long := p.watch(overlay, frames, func() {
			for range viewers {
				beside = append(beside, p.watch(overlay, 1, nil))
			}
		})
		st := p.status()
		t.Logf("%s, overlay %s, inference %.0f ms (p50 / p95):", size, overlay, st.InferenceMs)
		answer, first := func(s session) float64 { return s.Answer }, func(s session) float64 { return s.First }
		t.Logf("  answer to an offer: %s, beside another viewer %s", shares(times(alone, answer)), shares(times(beside, answer)))
		t.Logf("  first frame shown: %s, beside another viewer %s", shares(times(alone, first)), shares(times(beside, first)))
		t.Logf("  from a frame's making to its last packet: %s, to its showing: %s, over %d frames", shares(long.Received), shares(long.Shown), len(long.Shown))
		slices.Sort(long.Shown)
		require.Less(t, long.Shown[len(long.Shown)/2], 30_000., "the stamp is read wrongly")
	}
}

// watch lets one viewer watch until he has seen so many frames. meanwhile is done when he has seen the first; nil: nothing.
func (p page) watch(overlay string, frames int, meanwhile func()) session {
	p.t.Helper()
	id := eval[float64](p, fmt.Sprintf("measure(%q, %d)", overlay, frames))
	seen := func(n int) {
		require.Eventually(p.t, func() bool {
			require.Empty(p.t, eval[string](p, fmt.Sprintf("measured[%v].error", id)))
			return int(eval[float64](p, fmt.Sprintf("measured[%v].shown.length", id))) >= n
		}, 2*time.Minute, 50*time.Millisecond)
	}
	seen(1)
	if meanwhile != nil {
		meanwhile()
	}
	seen(frames)
	return eval[session](p, fmt.Sprintf("measured[%v]", id))
}

func times(sessions []session, of func(session) float64) []float64 {
	var all []float64
	for _, s := range sessions {
		all = append(all, of(s))
	}
	return all
}

// shares is the median and the 95th percentile, in words.
func shares(all []float64) string {
	if len(all) == 0 {
		return "none"
	}
	all = slices.Sorted(slices.Values(all))
	return fmt.Sprintf("%.0f / %.0f ms", all[len(all)/2], all[len(all)*95/100])
}
