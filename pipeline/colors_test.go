package pipeline

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/element/gstshim"
	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/browsertest"
)

// colorPatches are what testdata/colors shows, left to right.
var colorPatches = [8][3]float64{{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {255, 255, 255}, {0, 0, 0}, {64, 64, 64}, {200, 150, 120}, {20, 80, 30}}

// seenColors is what readColors in testdata/browser/peer.js gives.
type seenColors struct {
	Width, Height int
	Error         string
	Colors        [][3]float64
}

// TestColorsInBrowsers: the colours of a camera are those that a viewer sees, within 4 of 255, whatever the camera's matrix and range, the
// codec, and whether the server or the page draws the heat.
func TestColorsInBrowsers(t *testing.T) {
	files, err := filepath.Glob("testdata/colors/[67m]*.m[pk]*")
	require.NoError(t, err)
	require.Len(t, files, 9)
	for _, kind := range browsertest.Kinds() {
		t.Run(fmt.Sprint(kind), func(t *testing.T) {
			browser := browsertest.Start(t, kind)
			origin := peerPage(t)
			for _, codec := range []string{"vp8", "h264", "vp9", "av1"} {
				t.Run(codec, func(t *testing.T) {
					gstshim.Init()
					if _, err := pickEncoder(codec, slog.New(slog.DiscardHandler)); err != nil {
						t.Skip(err)
					}
					tab := browser.Open(t)
					tab.Navigate(origin)
					tab.WaitFor(`window.readColors`)
					if !browsertest.Read[bool](tab, fmt.Sprintf(`RTCRtpReceiver.getCapabilities('video').codecs.some((c) => c.mimeType.toLowerCase() === 'video/%s')`, codec)) {
						t.Skipf("this %v decodes no %s", kind, codec)
					}
					for batch := range slices.Chunk(files, colorSources(codec)) {
						seeColors(t, tab, origin, codec, batch)
					}
				})
			}
		})
	}
}

// colorSources is how many cameras are watched at a time: each costs two encoders and a decoder.
func colorSources(codec string) int {
	if codec == "vp9" || codec == "av1" {
		return 3
	}
	return 9
}

// seeColors watches cameras in a browser, the first and the last also with the heat burned in, and compares what it shows.
func seeColors(t *testing.T, tab *browsertest.Tab, origin, codec string, sources []string) {
	t.Helper()
	o := options(sources...)
	o.Web.AllowedOrigins = []string{origin}
	o.Stream.Codec, o.Stream.Overlay, o.Stream.Bitrate = codec, OverlayBoth, 2_500_000
	o.Stream.Prompts = nil // no heat, so that what is burned in changes nothing
	s := start(t, o)
	defer s.Close()
	var urls []string
	for i, st := range s.started {
		eventually(t, st, "a picture", func(r streaming.Status) bool { return r.FramesOut > 0 })
		urls = append(urls, s.URL()+"whep/"+st.source.Name+"?overlay=client")
		if i == 0 || i == len(sources)-1 {
			urls = append(urls, s.URL()+"whep/"+st.source.Name+"?overlay=burned")
		}
	}
	for i, got := range readColors(t, tab, urls...) {
		// Beside ten others a picture may be one that a narrow network gets, coarse; what is wrong with its colours is so alone, too.
		for tries := 0; tries < 3 && !got.right(); tries++ {
			got = readColors(t, tab, urls[i])[0]
		}
		require.Empty(t, got.Error, urls[i])
		require.Len(t, got.Colors, 8, urls[i])
		require.True(t, got.right(), "%s, %v: %.0f instead of %v", urls[i], sources, got.Colors, colorPatches)
	}
}

// readColors reads the patches of pictures that are watched at the same time.
func readColors(t *testing.T, tab *browsertest.Tab, urls ...string) []seenColors {
	t.Helper()
	list, err := json.Marshal(urls)
	require.NoError(t, err)
	return browsertest.Read[[]seenColors](tab, fmt.Sprintf(`readColors(%s)`, list))
}

// right says whether each patch is within 4 of 255.
func (s seenColors) right() bool {
	if s.Error != "" || len(s.Colors) != len(colorPatches) {
		return false
	}
	for p, want := range colorPatches {
		for k := range 3 {
			if math.Abs(want[k]-s.Colors[p][k]) > 4 {
				return false
			}
		}
	}
	return true
}
