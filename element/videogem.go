package element

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/go-gst/go-glib/pkg/glib/v2"
	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/go-gst/go-gst/pkg/gstbase"

	"github.com/videogem/videogem/element/clipwindow"
	"github.com/videogem/videogem/element/gstshim"
	"github.com/videogem/videogem/element/overlay"
	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/pool"
)

// Codes of GstLibraryError, GstStreamError and GstResourceError (gsterror.h).
const (
	libraryErrorSettings = 5
	streamErrorFailed    = 1
	resourceErrorRead    = 9
)

// videogem is one instance of the element. Three kinds of threads come here: the streaming thread (frames, serialized events,
// setCaps), state changes (start, stop; the streaming thread rests then) and any thread (properties, signals, queries, other
// events). The worker is a goroutine of its own from start to stop, as is the watcher of the prompts file. Locks (settings, mail,
// drawn, aligned.answers, lateness, gate, tally) are leaves: no two are ever held together.
type videogem struct {
	gstbase.BaseTransformInstance

	engines  *pool.Pool
	log      *slog.Logger
	table    []property
	settings settings
	mail     *mailbox
	drawn    drawn
	lateness lateness
	gate     gate
	tally    tally
	state    atomic.Int32                // a state
	spec     atomic.Pointer[engine.Spec] // nil until the model is there
	latest   atomic.Pointer[finding]     // nil until something was found
	listener atomic.Pointer[func()]      // OnFinding's; nil: none
	frames   atomic.Uint64               // frames that came
	newest   atomic.Int64                // PTS of the newest frame, ns
	delay    atomic.Int64                // what aligned mode adds to the latency, ns
	live     atomic.Bool                 // the source is live

	// From start to stop.
	mode    mode
	cancel  context.CancelFunc
	loaded  chan struct{} // closed when the model is there
	worker  chan struct{} // closed when the worker has ended
	watcher chan struct{} // closed when the watcher has ended

	// The streaming thread's own.
	layout  *frameLayout
	frame   *gstshim.Frame
	scaler  *gstshim.Scaler
	sampler *clipwindow.Sampler
	segment *gst.Segment
	aligned aligned
}

// frameLayout is what negotiated caps say; a new one is made for new caps and never changed.
type frameLayout struct {
	info   *gstshim.VideoInfo
	layout overlay.Layout
}

func newVideogem(engines *pool.Pool, program engine.Options, log *slog.Logger, table []property) *videogem {
	values := defaults()
	values.program = program
	return &videogem{
		engines:  engines,
		log:      log,
		table:    table,
		mail:     newMailbox(),
		frame:    gstshim.NewFrame(),
		settings: settings{values: values},
		aligned:  aligned{answers: newTimeline()},
	}
}

func (v *videogem) init() {
	v.SetInPlace(true)
	v.SetPassthrough(false)
}

// start is GstBaseTransform::start. The model is loaded by the worker: a state change must not wait for it.
func (v *videogem) start() (ok bool) {
	defer v.recovered("start", func() { ok = false })
	if why := v.settings.refused(); why != "" {
		v.MessageError(gst.LibraryErrorQuark(), libraryErrorSettings, why, "")
		return false
	}
	file := &promptsFile{}
	v.readPrompts(file)
	s, _ := v.settings.snapshot()
	v.mode = s.mode
	gstshim.SetGenerates(v, s.mode == modeAligned)
	v.frames.Store(0)
	v.tally.reset()
	v.gate.open()
	ctx, cancel := context.WithCancel(context.Background())
	v.cancel, v.loaded, v.worker, v.watcher = cancel, make(chan struct{}), make(chan struct{}), make(chan struct{})
	v.setState(stateLoading)
	go v.work(ctx, s.instance.id, s.instance.options(s.program), v.worker)
	go v.watch(ctx, file, v.watcher)
	return true
}

// stop is GstBaseTransform::stop.
func (v *videogem) stop() (ok bool) {
	defer v.recovered("stop", func() { ok = false })
	v.cancel()
	<-v.worker
	<-v.watcher
	v.mail.clear()
	v.aligned.clear()
	v.drawn.show(nil)
	v.spec.Store(nil)
	v.latest.Store(nil)
	v.delay.Store(0)
	v.lateness.clear()
	v.closeScaler()
	v.sampler, v.layout, v.segment = nil, nil, nil
	v.setState(stateIdle)
	return true
}

// changeState is GstElement::change_state. On the way down it frees a streaming thread that waits for inference, which
// GstBaseTransform would wait for before it calls stop.
func (v *videogem) changeState(change gst.StateChange) (ret gst.StateChangeReturn) {
	defer v.recovered("change_state", func() { ret = gst.StateChangeFailure })
	if change == gst.StateChangePausedToReady {
		v.gate.shut()
	}
	return v.ParentChangeState(change)
}

// setCaps is GstBaseTransform::set_caps.
func (v *videogem) setCaps(in, _ *gst.Caps) (ok bool) {
	defer v.recovered("set_caps", func() { ok = false })
	info, err := gstshim.ParseCaps(in)
	if err != nil {
		return v.refuse(err)
	}
	if info.Multiview {
		return v.refuse(fmt.Errorf("%w: several views in one buffer: %s", gstshim.ErrCaps, in.String()))
	}
	layout, err := overlay.NewLayout(info.Format, info.Width, info.Height)
	if err != nil {
		return v.refuse(err)
	}
	layout.FullRange, layout.BT709, layout.BT2020, layout.PixelAspect = info.FullRange, info.BT709, info.BT2020, info.PixelAspect
	v.layout = &frameLayout{info: info, layout: layout}
	v.closeScaler()
	return true
}

func (v *videogem) refuse(err error) bool {
	v.fail(gst.StreamErrorQuark(), streamErrorFailed, err)
	return false
}

func (v *videogem) closeScaler() {
	if v.scaler != nil {
		v.scaler.Close()
		v.scaler = nil
	}
}

func (v *videogem) setState(s state) { v.state.Store(int32(s)) }

// fail posts an error on the bus, which ends the pipeline.
func (v *videogem) fail(domain glib.Quark, code int32, err error) {
	v.MessageError(domain, code, err.Error(), "")
}

// warn posts a warning on the bus: the video goes on, but not as it was asked for.
func (v *videogem) warn(domain glib.Quark, code int32, text string) {
	v.MessageFull(gst.MessageWarning, domain, code, text, "", "", "", 0)
}

// age is how far the newest frame is ahead of the one at pts.
func (v *videogem) age(pts time.Duration) time.Duration {
	return max(0, time.Duration(v.newest.Load())-pts)
}

// recovered turns a panic into an element error: unrecovered, it would end the host process.
func (v *videogem) recovered(where string, then func()) {
	if r := recover(); r != nil {
		v.log.Error("panic in the element", "where", where, "panic", r, "stack", string(debug.Stack()))
		v.fail(gst.StreamErrorQuark(), streamErrorFailed, fmt.Errorf("panic in %s: %v", where, r))
		then()
	}
}
