package pipeline

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/element/gstshim"
	"github.com/videogem/videogem/streaming"
)

// colorPatches are what testdata/colors shows, left to right.
var colorPatches = [8][3]float64{{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {255, 255, 255}, {0, 0, 0}, {64, 64, 64}, {200, 150, 120}, {20, 80, 30}}

// seenColors is what readColors in testdata/browser/peer.js gives.
type seenColors struct {
	Width, Height int
	Error         string
	Colors        [][3]float64
}

// TestColorsInBrowsers: the colours of a camera are those that a viewer sees, whatever the camera's matrix and range, the codec, and
// whether the server or the page draws the heat.
func TestColorsInBrowsers(t *testing.T) {
	files, err := filepath.Glob("testdata/colors/*.m[pk]*")
	require.NoError(t, err)
	require.Len(t, files, 9)
	for _, codec := range []string{"vp8", "h264", "vp9", "av1"} {
		t.Run(codec, func(t *testing.T) {
			gstshim.Init()
			if _, err := pickEncoder(codec, slog.New(slog.DiscardHandler)); err != nil {
				t.Skip(err)
			}
			b := newBrowser(t)
			o := options(files...)
			o.Web.AllowedOrigins = []string{b.origin}
			o.Stream.Codec, o.Stream.Overlay, o.Stream.Bitrate = codec, OverlayBoth, 2_500_000
			o.Stream.Prompts = nil // no heat, so that what is burned in changes nothing
			s := start(t, o)
			var urls []string
			for i, st := range s.started {
				eventually(t, st, "a picture", func(r streaming.Status) bool { return r.FramesOut > 0 })
				urls = append(urls, s.URL()+"whep/"+st.source.Name+"?overlay=client")
				if i%4 == 0 {
					urls = append(urls, s.URL()+"whep/"+st.source.Name+"?overlay=burned")
				}
			}
			b.open()
			for i, got := range b.readColors(urls) {
				require.Empty(t, got.Error, urls[i])
				require.Len(t, got.Colors, 8, urls[i])
				for p, want := range colorPatches {
					for k := range 3 {
						require.InDelta(t, want[k], got.Colors[p][k], 4, "%s, patch %v: %.0f", urls[i], want, got.Colors)
					}
				}
			}
		})
	}
}

// readColors has the browser watch streams at the same time.
func (b *browser) readColors(urls []string) (all []seenColors) {
	b.t.Helper()
	list, err := json.Marshal(urls)
	require.NoError(b.t, err)
	b.do(`readColors(%s).then((all) => { window.colors = JSON.stringify(all); })`, list)
	b.holds(`window.failed !== undefined || window.colors !== undefined`)
	text, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`window.colors ?? JSON.stringify([{error: window.failed}])`))
	require.NoError(b.t, err)
	require.NoError(b.t, json.Unmarshal([]byte(text), &all), fmt.Sprint(text))
	return all
}
