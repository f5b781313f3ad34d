package element

import (
	"math"
	"time"

	"github.com/go-gst/go-glib/pkg/gobject/v2"
	"github.com/go-gst/go-gst/pkg/gst"

	"github.com/videogem/videogem/engine/gem"
	"github.com/videogem/videogem/engine/prompt"
)

// property is one row of the table. set is nil for what can only be read.
type property struct {
	spec *gobject.ParamSpec
	get  func(v *videogem, s *values) any
	set  func(s *values, value any) error
}

// When a property may be changed. A change of one that is for the start alone takes effect at the next start.
const (
	anyTime = gobject.ParamReadable | gobject.ParamWritable
	atStart = gobject.ParamReadable | gobject.ParamWritable
	reading = gobject.ParamReadable
)

// properties is the table; a property's id is its place in it. What DL Streamer's elements have too has their name and meaning.
func properties(e *enums) []property {
	playing, ready := anyTime|gst.ParamMutablePlaying, atStart|gst.ParamMutableReady
	d := defaults()
	return []property{
		text("model", "Model", "Model name, model folder or checkpoint file", d.instance.model, ready,
			func(s *values) *string { return &s.instance.model }),
		text("device", "Device", "cpu, cuda:N, tensorrt:N, openvino or auto. Empty: the program's choice, else auto", "", ready,
			func(s *values) *string { return &s.instance.device }),
		text("precision", "Precision", "fp32, fp16 or int8. Empty: the program's choice, else what suits the device", "", ready,
			func(s *values) *string { return &s.instance.precision }),
		text("model-instance-id", "Model instance", "Elements with the same id share one engine, set up by the first of them. "+
			"Empty: elements with the same model, device, precision and scope share one", "", ready,
			func(s *values) *string { return &s.instance.id }),
		count("batch-size", "Batch size", "Most clips of different elements that go through the model together; 1: one by one", 1, 256, 1, ready,
			func(s *values) *int { return &s.instance.batchSize }),
		{
			gobject.ParamSpecUint("batch-timeout", "Batch timeout", "Milliseconds that a clip waits for others to fill its batch while the engine is idle",
				0, math.MaxInt32, 0, ready),
			func(_ *videogem, s *values) any { return uint32(s.instance.batchTimeout / time.Millisecond) },
			func(s *values, value any) error {
				return assign(value, func(n uint32) { s.instance.batchTimeout = time.Duration(n) * time.Millisecond })
			},
		},
		{
			gobject.ParamSpecString("scope", "Scope", "Among which tokens attention runs: joint, frame, or official-1 to official-4. Empty: the model's own", "", ready),
			func(_ *videogem, s *values) any { return string(s.instance.scope) },
			func(s *values, value any) error {
				name, _ := value.(string)
				scope, err := gem.Scope(""), error(nil)
				if name != "" {
					if scope, err = gem.ParseScope(name); err != nil {
						return err
					}
				}
				s.instance.scope = scope
				return nil
			},
		},
		{
			gobject.ParamSpecEnum("mode", "Mode", "live: frames pass at once with the newest finished heat. "+
				"aligned: each frame waits for the heat of the window centred on it; the wait is in the latency", e.mode.Type(), int32(modeLive), ready),
			func(_ *videogem, s *values) any { return e.mode.Value(int32(s.mode)) },
			func(s *values, value any) error { return assign(value, func(n int32) { s.mode = mode(n) }) },
		},
		{
			gobject.ParamSpecString("prompts", "Prompts", "What to look for, in plain words; several are separated by ';'. Empty: no heat", "", playing),
			func(_ *videogem, s *values) any { return JoinPrompts(s.prompts) },
			setPrompts,
		},
		text("prompts-file", "Prompts file", "File of prompts, one a line, lines that begin with # left out. It is watched: a change replaces the prompts", "", playing,
			func(s *values) *string { return &s.promptsFile }),
		span("window-duration", "Window duration", "Nanoseconds of video that a clip covers; 0: the model's own", playing,
			func(s *values) *time.Duration { return &s.window }),
		count("inference-interval", "Inference interval", "Frames from one clip window to the next; in live mode windows that the engine has no time for are replaced by newer ones",
			1, math.MaxInt32, d.interval, playing, func(s *values) *int { return &s.interval }),
		{
			gobject.ParamSpecString("weights", "Weights", "How much each layer counts: none, static, dynamic, videogem, or eight numbers separated by commas. "+
				"Empty: the model's own", "", playing),
			func(_ *videogem, s *values) any { return s.weights.text },
			setWeights,
		},
		span("smoothing", "Smoothing", "Time constant in nanoseconds of the exponential smoothing of heat; 0: none", playing,
			func(s *values) *time.Duration { return &s.smoothing }),
		number("threshold", "Threshold", "Score (cosine of clip and text) from which a prompt counts as seen: for what is drawn, boxes, the signal detection, "+
			"and 'seen' in messages. Below -1: the model's own; where that was not calibrated, nobody says what is seen", unset, 1, d.threshold, playing,
			func(s *values) *float64 { return &s.threshold }),
		{
			gobject.ParamSpecEnum("overlay", "Overlay", "What is drawn of the heat", e.overlay.Type(), int32(drawHeat), playing),
			func(_ *videogem, s *values) any { return e.overlay.Value(int32(s.drawing)) },
			func(s *values, value any) error { return assign(value, func(n int32) { s.drawing = drawing(n) }) },
		},
		{
			gobject.ParamSpecEnum("colormap", "Colormap", "Colours of the heat; prompt: each prompt has a colour of its own", e.colormap.Type(), 0, playing),
			func(_ *videogem, s *values) any { return e.colormap.Value(s.colormap) },
			func(s *values, value any) error { return assign(value, func(n int32) { s.colormap = n }) },
		},
		number("opacity", "Opacity", "How strongly the hottest place covers the picture; 0 draws nothing", 0, 1, d.opacity, playing,
			func(s *values) *float64 { return &s.opacity }),
		number("heat-floor", "Heat floor", "Heat below this part of its range is not drawn; boxes go round what is above", 0, 1, d.floor, playing,
			func(s *values) *float64 { return &s.floor }),
		flag("label", "Label", "Write each prompt beside its heat", d.label, playing, func(s *values) *bool { return &s.label }),
		flag("attach-meta", "Attach meta", "Give frames a GstAnalyticsRelationMeta: boxes, heat masks, and the scores of all prompts", d.meta, playing,
			func(s *values) *bool { return &s.meta }),
		flag("post-messages", "Post messages", "Post what is found on the bus, in element messages named videogem", d.messages, playing,
			func(s *values) *bool { return &s.messages }),
		{
			spec: gobject.ParamSpecBoxed("stats", "Statistics", "Counts of frames, windows and inferences, and their times", gst.TypeStructure, reading),
			get:  func(v *videogem, _ *values) any { return v.statistics() },
		},
		{
			spec: gobject.ParamSpecEnum("state", "State", "What the element is doing", e.state.Type(), int32(stateIdle), reading),
			get:  func(v *videogem, _ *values) any { return e.state.Value(v.state.Load()) },
		},
	}
}

func setPrompts(s *values, value any) error {
	t, _ := value.(string)
	prompts := SplitPrompts(t)
	for _, p := range prompts {
		if err := prompt.Check(p); err != nil {
			return err
		}
	}
	s.prompts = prompts
	return nil
}

func setWeights(s *values, value any) error {
	t, _ := value.(string)
	if t == "" {
		s.weights = weighting{}
		return nil
	}
	w, err := gem.ParseWeights(t)
	if err != nil {
		return err
	}
	if t != s.weights.text {
		s.weights = weighting{t, &w}
	}
	return nil
}

// setProperty is GObject::set_property. A text that means nothing leaves the old value: before the start it is an error of the start,
// afterwards a warning on the bus.
func (v *videogem) setProperty(id uint, value any, spec *gobject.ParamSpec) {
	defer v.recovered("set_property", func() {})
	row := v.table[id]
	err := v.settings.change(spec.Name(), func(s *values) error { return row.set(s, value) })
	if err != nil && state(v.state.Load()) != stateIdle {
		v.warn(gst.LibraryErrorQuark(), libraryErrorSettings, "property "+spec.Name()+" stays as it was: "+err.Error())
	}
	v.mail.wakeUp() // a new prompt is grounded in the clip at hand, not only in the next one
}

// getProperty is GObject::get_property.
func (v *videogem) getProperty(id uint, _ *gobject.ParamSpec) (value any) {
	defer v.recovered("get_property", func() { value = nil })
	s, _ := v.settings.snapshot()
	return v.table[id].get(v, &s)
}
