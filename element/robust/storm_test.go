package robust

import (
	"testing"

	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/stretchr/testify/require"
)

// storms are properties that may change while playing, with values good and bad.
var storms = []struct {
	name   string
	values []any
}{
	{"prompts", []any{"", ";;", "a person waving", "a; b; c; d; e; f", "\xff\xfe", "ein Hund läuft; 犬", "a person waving; a person waving"}},
	{"prompts-file", []any{"", "/nonexistent", "/"}},
	{"window-duration", []any{uint64(0), uint64(1), uint64(33_333_333), uint64(2_000_000_000), uint64(10_000_000_000)}},
	{"inference-interval", []any{uint32(1), uint32(2), uint32(7), uint32(1<<31 - 1)}},
	{"weights", []any{"", "none", "static", "dynamic", "videogem", "1,1,1,1,1,1,1,1", "nan", "1,2", "x"}},
	{"smoothing", []any{uint64(0), uint64(1), uint64(500_000_000), uint64(10_000_000_000)}},
	{"threshold", []any{-1., 0., .3, 1.}},
	{"overlay", []any{"none", "heat", "contour", "box", "point", "all"}},
	{"colormap", []any{"prompt", "turbo", "viridis", "magma", "jet"}},
	{"opacity", []any{0., .001, .6, 1.}},
	{"heat-floor", []any{0., .5, 1.}},
	{"label", []any{false, true}},
	{"attach-meta", []any{false, true}},
	{"post-messages", []any{false, true}},
}

// FuzzPropertyStorm changes properties in any order while frames pass. Each byte pair is a property and a value, and every pair
// holds one frame up for a change, so that changes fall between frames and into inferences.
func FuzzPropertyStorm(f *testing.F) {
	requireLibrary(f)
	f.Add([]byte{0, 2, 4, 3, 7, 5, 8, 1})
	f.Fuzz(func(t *testing.T, storm []byte) {
		const frames = 40
		mode := "live"
		if len(storm)%4 > 1 {
			mode = "aligned"
		}
		pipe := parse(t, `videotestsrc pattern=ball num-buffers=40 ! video/x-raw,format=NV12,width=65,height=47,framerate=30/1 ! `+
			`videogem name=gem mode=`+mode+` prompts="a person waving" ! fakesink name=out sync=false`)
		gem := pipe.GetByName("gem")
		require.NotEqual(t, gst.StateChangeFailure, pipe.SetState(gst.StatePlaying))
		for len(storm) >= 2 {
			s := storms[int(storm[0])%len(storms)]
			value := s.values[int(storm[1])%len(s.values)]
			storm = storm[2:]
			if text, ok := value.(string); ok {
				gst.UtilSetObjectArg(gem, s.name, text)
			} else {
				gem.SetObjectProperty(s.name, value)
			}
			_ = gem.ObjectProperty("stats")
		}
		await(t, pipe, nil)
		stats, ok := pipe.GetByName("out").ObjectProperty("stats").(*gst.Structure)
		require.True(t, ok)
		require.Equal(t, uint64(frames), stats.GetValue("rendered"))
	})
}
