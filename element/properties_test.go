package element_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/go-gst/go-gst/pkg/gstapp"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/element"
	"github.com/videogem/videogem/element/gstshim"
)

// player is a running pipeline: a still picture, or a moving one, through the element into an appsink.
type player struct {
	t    *testing.T
	pipe gst.Pipeline
	gem  gst.Element
	sink gstapp.AppSink
}

func play(t *testing.T, pattern, properties string) *player {
	t.Helper()
	pipe := launch(t, "videotestsrc is-live=true pattern="+pattern+" ! video/x-raw,format=RGB,width=160,height=120,framerate=30/1 ! "+
		`videogem name=gem prompts="a person waving" inference-interval=2 threshold=-1 `+properties+" ! appsink name=out sync=false max-buffers=1 drop=true")
	return &player{t, pipe, pipe.GetByName("gem"), pipe.GetByName("out").(gstapp.AppSink)}
}

// frame is what left the element last.
type frame struct {
	pix     []byte
	regions []gstshim.Region
	classes []gstshim.Class
}

// until pulls frames until one is as it should be.
func (p *player) until(what string, good func(f frame) bool) frame {
	p.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for time.Now().Before(deadline) {
		sample := p.sink.TryPullSample(5 * gst.Second)
		require.NotNil(p.t, sample, pending(p.pipe))
		var f frame
		buf := sample.GetBuffer()
		info, ok := buf.Map(gst.MapRead)
		require.True(p.t, ok)
		f.pix = bytes.Clone(info.Data())
		info.Unmap()
		var err error
		f.regions, f.classes, err = gstshim.ReadAnalytics(buf)
		require.NoError(p.t, err)
		gst.UnsafeSampleUnref(sample)
		if good(f) {
			return f
		}
	}
	require.Fail(p.t, "no frame became "+what)
	return frame{}
}

// changed counts the bytes in which two pictures differ.
func changed(a, b []byte) int {
	n := 0
	for i := range a {
		if a[i] != b[i] {
			n++
		}
	}
	return n
}

func TestDrawingChangesWhilePlaying(t *testing.T) {
	requireLibrary(t)
	p := play(t, "checkers-8", "overlay=none")
	plain := p.until("grounded", func(f frame) bool { return len(f.classes) == 1 }).pix
	differs := func(f frame) bool { return !bytes.Equal(f.pix, plain) }

	seen := [][]byte{plain}
	for _, kind := range []string{"heat", "contour", "box", "point", "all"} {
		gst.UtilSetObjectArg(p.gem, "overlay", kind)
		seen = append(seen, p.until("overlay "+kind, func(f frame) bool {
			for _, s := range seen {
				if bytes.Equal(f.pix, s) {
					return false
				}
			}
			return true
		}).pix)
	}
	gst.UtilSetObjectArg(p.gem, "overlay", "heat")
	heat := p.until("heat again", func(f frame) bool { return bytes.Equal(f.pix, seen[1]) }).pix

	last := heat
	for _, name := range []string{"turbo", "viridis", "magma", "jet"} {
		gst.UtilSetObjectArg(p.gem, "colormap", name)
		last = p.until("colormap "+name, func(f frame) bool { return differs(f) && !bytes.Equal(f.pix, last) }).pix
	}
	p.gem.SetObjectProperty("heat-floor", .95)
	p.until("less hot", func(f frame) bool { return changed(f.pix, plain) < changed(last, plain) })
	p.gem.SetObjectProperty("heat-floor", .6)
	p.until("as hot as before", func(f frame) bool { return bytes.Equal(f.pix, last) })
	p.gem.SetObjectProperty("label", true)
	p.until("labelled", func(f frame) bool { return differs(f) && !bytes.Equal(f.pix, last) })
	p.gem.SetObjectProperty("opacity", 0.)
	p.until("plain", func(f frame) bool { return !differs(f) })
	gst.UtilSetObjectArg(p.gem, "overlay", "none")
	p.gem.SetObjectProperty("opacity", 1.)
	p.gem.SetObjectProperty("attach-meta", false)
	p.until("without meta", func(f frame) bool { return len(f.classes) == 0 && !differs(f) })
}

// TestModelsOwnThreshold: the fake engine scores .25. Where no threshold is set the model's own holds; where it has none, nobody says what
// is seen, the heat is there all the same, and a detection of no confidence. 0 is a threshold like any other.
func TestModelsOwnThreshold(t *testing.T) {
	none, zero, low, high := (*float64)(nil), new(float64), new(.2), new(.3)
	for name, ca := range map[string]struct {
		own          *float64
		set          string
		seen, judged bool
	}{
		"none": {none, "", false, false}, "zero-own": {zero, "", true, true}, "zero-set": {high, "threshold=0", true, true}, "set": {none, "threshold=.3", false, true},
		"own": {low, "", true, true}, "own-above": {high, "", false, true}, "set-below": {high, "threshold=.1", true, true}, "set-above": {low, "threshold=.3", false, true},
	} {
		name = "fake-threshold-" + name
		newFake(name).spec.Threshold = ca.own
		p := play(t, "black", "threshold=-2 model="+name+" "+ca.set)
		await(t, p.pipe, func(d element.Detection) bool {
			require.Equal(t, [2]bool{ca.seen, ca.judged}, [2]bool{d.Seen, d.Judged}, name)
			return true
		})
		shown := ca.seen || !ca.judged
		f := p.until("with the scores", func(f frame) bool {
			return len(f.classes) == 1 && (len(f.regions) == 1) == shown && slices.ContainsFunc(f.pix, func(b byte) bool { return b != f.pix[0] }) == shown
		})
		if shown {
			require.Equal(t, ca.judged, f.regions[0].Confidence > 0, name)
		}
	}
}

func TestFindingsChangeWhilePlaying(t *testing.T) {
	requireLibrary(t)
	p := play(t, "checkers-8", "overlay=none")
	p.until("with a region", func(f frame) bool { return len(f.regions) == 1 && f.regions[0].Mask != nil })
	await(t, p.pipe, func(d element.Detection) bool {
		return d.Seen && d.Model == "demo" && d.RunningTime >= 0 && d.Box.X1 > d.Box.X0
	})
	p.gem.SetObjectProperty("threshold", 1.)
	p.until("without region", func(f frame) bool { return len(f.regions) == 0 && len(f.classes) == 1 })
	await(t, p.pipe, func(d element.Detection) bool { return !d.Seen && d.Judged })
	before := p.heat("")
	require.NotNil(t, before)
	p.gem.SetObjectProperty("weights", "none")
	require.Eventually(t, func() bool { return !bytes.Equal(p.heat(""), before) }, 20*time.Second, 10*time.Millisecond)
	p.gem.SetObjectProperty("weights", "nonsense")
	require.Equal(t, "none", p.gem.ObjectProperty("weights"), "a wrong value changes nothing")
	m := p.pipe.GetBus().TimedPopFiltered(20*gst.Second, gst.MessageWarning)
	require.NotNil(t, m)
	_, err := m.ParseWarning()
	require.ErrorContains(t, err, `"nonsense"`)

	p.gem.SetObjectProperty("post-messages", false)
	done := p.stat("inferences").(uint64)
	require.Eventually(t, func() bool { return p.stat("inferences").(uint64) > done+1 }, 20*time.Second, 10*time.Millisecond)
	for p.pipe.GetBus().TimedPopFiltered(0, gst.MessageElement) != nil {
	}
	done = p.stat("inferences").(uint64)
	require.Eventually(t, func() bool { return p.stat("inferences").(uint64) > done+2 }, 20*time.Second, 10*time.Millisecond)
	require.Nil(t, p.pipe.GetBus().TimedPopFiltered(0, gst.MessageElement))
}

// heat is what the action signal get-heat gives; nil when it gives nothing.
func (p *player) heat(prompt string) []byte {
	p.t.Helper()
	sample, _ := p.gem.Emit("get-heat", prompt).(*gst.Sample)
	if sample == nil {
		return nil
	}
	defer gst.UnsafeSampleUnref(sample)
	info, ok := sample.GetBuffer().Map(gst.MapRead)
	require.True(p.t, ok)
	defer info.Unmap()
	return bytes.Clone(info.Data())
}

func (p *player) stat(name string) any {
	return p.gem.ObjectProperty("stats").(*gst.Structure).GetValue(name)
}

func TestSmoothingHoldsHeatStill(t *testing.T) {
	requireLibrary(t)
	p := play(t, "ball", "overlay=none")
	p.until("grounded", func(f frame) bool { return len(f.classes) == 1 })
	moving := p.heat("")
	require.Eventually(t, func() bool { return !bytes.Equal(p.heat(""), moving) }, 20*time.Second, 10*time.Millisecond)
	p.gem.SetObjectProperty("smoothing", uint64(time.Hour))
	done := p.stat("inferences").(uint64)
	require.Eventually(t, func() bool { return p.stat("inferences").(uint64) > done+1 }, 20*time.Second, 10*time.Millisecond)
	still := p.heat("")
	done = p.stat("inferences").(uint64)
	require.Eventually(t, func() bool { return p.stat("inferences").(uint64) > done+3 }, 20*time.Second, 10*time.Millisecond)
	now := p.heat("")
	for i := range now {
		require.InDelta(t, still[i], now[i], 2, "place %d", i)
	}
}

func TestIntervalAndWindowChangeWhilePlaying(t *testing.T) {
	requireLibrary(t)
	p := play(t, "ball", "mode=aligned")
	latency := func() time.Duration {
		q := gst.NewQueryLatency()
		defer gst.UnsafeQueryUnref(q)
		require.True(t, p.gem.GetStaticPad("src").Query(q))
		_, least, _ := q.ParseLatency()
		return time.Duration(least)
	}
	p.until("grounded", func(f frame) bool { return len(f.classes) == 1 })
	was := latency()
	p.gem.SetObjectProperty("window-duration", uint64(500*time.Millisecond))
	p.until("sooner", func(frame) bool { return latency() < was })
	was = latency()
	p.gem.SetObjectProperty("inference-interval", uint32(20))
	p.until("later", func(frame) bool { return latency() > was })
	var last time.Duration
	await(t, p.pipe, func(d element.Detection) bool {
		apart := d.PTS - last
		last = d.PTS
		return apart.Round(10*time.Millisecond) == (20 * time.Second / 30).Round(10*time.Millisecond)
	})
}

func TestPromptsFileIsWatched(t *testing.T) {
	requireLibrary(t)
	file := filepath.Join(t.TempDir(), "prompts.txt")
	require.NoError(t, os.WriteFile(file, []byte("# what to look for\na person running\n\na person sitting; a dog\n"), 0o600))
	p := play(t, "ball", "prompts-file="+file)
	require.Equal(t, "a person running; a person sitting; a dog", p.gem.ObjectProperty("prompts"))
	await(t, p.pipe, func(d element.Detection) bool { return d.Prompt == "a dog" })
	next := file + ".new" // as editors do
	require.NoError(t, os.WriteFile(next, []byte("a cat"), 0o600))
	require.NoError(t, os.Rename(next, file))
	await(t, p.pipe, func(d element.Detection) bool { return d.Prompt == "a cat" && d.Prompts == 1 })
	require.NoError(t, os.WriteFile(file, []byte("a person "+strings.Repeat("very ", 100)+"waving"), 0o600))
	m := p.pipe.GetBus().TimedPopFiltered(20*gst.Second, gst.MessageWarning)
	require.NotNil(t, m, "what is no prompt is told")
	_, warning := m.ParseWarning()
	require.ErrorContains(t, warning, "has 515 bytes, at most 500")
	require.Equal(t, "a cat", p.gem.ObjectProperty("prompts"))
	require.NoError(t, os.Remove(file))
	m = p.pipe.GetBus().TimedPopFiltered(20*gst.Second, gst.MessageWarning)
	require.NotNil(t, m, "a file that is gone is told")
	require.Equal(t, "a cat", p.gem.ObjectProperty("prompts"))
}

func TestActionsAndSignal(t *testing.T) {
	requireLibrary(t)
	p := play(t, "ball", "")
	found := make(chan string, 1000)
	p.gem.Connect("detection", func(_ gst.Element, s *gst.Structure) { found <- s.GetValue("prompt").(string) })
	p.gem.Emit("set-prompts", "a person jumping; a dog")
	require.Equal(t, "a person jumping; a dog", p.gem.ObjectProperty("prompts"))
	require.Eventually(t, func() bool { return <-found == "a dog" }, 20*time.Second, time.Millisecond)
	require.NotNil(t, p.heat("a dog"))
	sample := p.gem.Emit("get-heat", "").(*gst.Sample)
	info := sample.GetInfo()
	require.Equal(t, "a person jumping", info.GetValue("prompt"))
	require.Greater(t, info.GetValue("high"), info.GetValue("low"))
	caps, err := gstshim.ParseCaps(sample.GetCaps())
	require.NoError(t, err)
	require.Equal(t, "GRAY8", caps.Format)
}

func TestStatsAndState(t *testing.T) {
	requireLibrary(t)
	p := play(t, "ball", "")
	p.until("grounded", func(f frame) bool { return len(f.classes) == 1 })
	require.Equal(t, int32(2), p.gem.ObjectProperty("state"), "running")
	require.NotZero(t, p.stat("frames"))
	require.NotZero(t, p.stat("windows"))
	require.NotZero(t, p.stat("inferences"))
	require.Zero(t, p.stat("failed-inferences"))
	require.Positive(t, p.stat("inference-ms-p50"))
	require.GreaterOrEqual(t, p.stat("inference-ms-p95"), p.stat("inference-ms-p50"))
	require.GreaterOrEqual(t, p.stat("heat-age-ms"), 0.)
	require.GreaterOrEqual(t, p.stat("queue-wait-ms"), 0.)
	p.pipe.SetState(gst.StateNull)
	require.Equal(t, int32(0), p.gem.ObjectProperty("state"), "idle")
}

func TestWrongSettingsAreErrorsOfTheStart(t *testing.T) {
	requireLibrary(t)
	for property, want := range map[string]string{
		"weights=1,2": `property weights: unknown weights "1,2"`, "scope=band": `property scope: unknown scope "band"`,
		"device=abacus": "abacus", "precision=fp3": "fp3", "prompts=" + strings.Repeat("x", 501): "property prompts: prompt is too long",
	} {
		t.Run(property, func(t *testing.T) {
			top, err := gst.ParseLaunch(`videotestsrc is-live=true ! video/x-raw,format=RGBA ! videogem prompts=x ` + property + ` ! fakesink`)
			require.NoError(t, err)
			pipe := top.(gst.Pipeline)
			defer pipe.SetState(gst.StateNull)
			pipe.SetState(gst.StatePlaying)
			m := pipe.GetBus().TimedPopFiltered(20*gst.Second, gst.MessageError)
			require.NotNil(t, m)
			_, err = m.ParseError()
			require.ErrorContains(t, err, want)
		})
	}
}

// TestWhatWasAssumedIsTold: of a model whose files do not say all of it, the bus tells at the start.
func TestWhatWasAssumedIsTold(t *testing.T) {
	newFake("fake-vague").spec.Assumed = []string{"nothing says its vision_heads: assumed 12"}
	top, err := gst.ParseLaunch(`videotestsrc is-live=true ! video/x-raw,format=RGBA ! videogem model=fake-vague prompts=x ! fakesink`)
	require.NoError(t, err)
	pipe := top.(gst.Pipeline)
	defer pipe.SetState(gst.StateNull)
	pipe.SetState(gst.StatePlaying)
	m := pipe.GetBus().TimedPopFiltered(20*gst.Second, gst.MessageWarning)
	require.NotNil(t, m)
	_, warning := m.ParseWarning()
	require.ErrorContains(t, warning, "model fake-vague: nothing says its vision_heads: assumed 12")
}

func TestPropertiesReadBackWhatWasSet(t *testing.T) {
	gem := gst.ElementFactoryMake("videogem", "")
	for name, value := range map[string]any{
		"model": "m", "device": "cpu", "precision": "int8", "model-instance-id": "one", "batch-size": uint32(4), "batch-timeout": uint32(20),
		"scope": "frame", "prompts": "a; b", "prompts-file": "/x", "window-duration": uint64(time.Second), "inference-interval": uint32(9),
		"weights": "static", "smoothing": uint64(7), "threshold": .25, "opacity": .5, "heat-floor": .1, "label": true,
		"attach-meta": false, "post-messages": false, "qos": true,
	} {
		require.NotEqual(t, value, gem.ObjectProperty(name), "%s by default", name)
		gem.SetObjectProperty(name, value)
		require.Equal(t, value, gem.ObjectProperty(name), name)
	}
	for name, nick := range map[string]string{"mode": "aligned", "overlay": "contour", "colormap": "viridis"} {
		before := gem.ObjectProperty(name)
		gst.UtilSetObjectArg(gem, name, nick)
		require.NotEqual(t, before, gem.ObjectProperty(name), name)
	}
}
