package element

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/go-gst/go-gst/pkg/gstbase"

	"github.com/videogem/videogem/element/gstshim"
	"github.com/videogem/videogem/element/overlay"
	"github.com/videogem/videogem/engine"
)

// Codes of GstLibraryError and GstStreamError (gsterror.h).
const (
	libraryErrorSettings = 5
	streamErrorFailed    = 1
)

// videogem is one instance of the element. Three kinds of threads come here: the streaming thread (transformIP, setCaps),
// state changes (start, stop; the streaming thread rests then) and any thread (properties). The worker is a goroutine of its
// own from start to stop. Locks (settings, mail, drawn) are leaves: no two are ever held together.
type videogem struct {
	gstbase.BaseTransformInstance

	engines  *Engines
	log      *slog.Logger
	mode     gstshim.EnumType
	settings settings
	mail     *mailbox
	drawn    drawn
	spec     atomic.Pointer[engine.Spec] // nil until the model is there
	frames   atomic.Uint64               // frames that passed
	newest   atomic.Int64                // PTS of the newest frame, ns

	// From start to stop.
	stopWorker context.CancelFunc
	workerDone chan struct{}

	// The streaming thread's own.
	layout  *frameLayout
	frame   *gstshim.Frame
	scaler  *gstshim.Scaler
	sampler *sampler
}

// frameLayout is what negotiated caps say; a new one is made for new caps and never changed.
type frameLayout struct {
	info   *gstshim.VideoInfo
	layout overlay.Layout
}

// drawn is the texture that the streaming thread lays on every frame.
type drawn struct {
	mu      sync.Mutex
	texture *overlay.Texture
	layout  *frameLayout // the frames it was painted for
}

func newVideogem(engines *Engines, log *slog.Logger, mode gstshim.EnumType) *videogem {
	return &videogem{
		engines:  engines,
		log:      log,
		mode:     mode,
		mail:     newMailbox(),
		frame:    gstshim.NewFrame(),
		settings: settings{values: values{model: defaultModel, opacity: defaultOpacity, interval: defaultInterval}},
	}
}

func (v *videogem) init() {
	v.SetInPlace(true)
	v.SetPassthrough(false)
}

// start is GstBaseTransform::start. The model is loaded by the worker: a state change must not wait for it.
func (v *videogem) start() bool {
	ctx, cancel := context.WithCancel(context.Background())
	v.stopWorker, v.workerDone = cancel, make(chan struct{})
	go v.work(ctx, v.workerDone)
	return true
}

// stop is GstBaseTransform::stop. It waits for the worker, at most for one inference.
func (v *videogem) stop() bool {
	v.stopWorker()
	<-v.workerDone
	v.show(nil, nil)
	v.spec.Store(nil)
	if v.scaler != nil {
		v.scaler.Close()
	}
	v.scaler, v.sampler, v.layout = nil, nil, nil
	return true
}

// setCaps is GstBaseTransform::set_caps.
func (v *videogem) setCaps(in, _ *gst.Caps) (ok bool) {
	defer v.recovered("set_caps", func() { ok = false })
	info, err := gstshim.ParseCaps(in)
	if err != nil {
		v.fail(gst.StreamErrorQuark(), streamErrorFailed, err)
		return false
	}
	layout, err := overlay.NewLayout(info.Format, info.Width, info.Height)
	if err != nil {
		v.fail(gst.StreamErrorQuark(), streamErrorFailed, err)
		return false
	}
	layout.FullRange, layout.BT709 = info.FullRange, info.BT709
	v.layout = &frameLayout{info: info, layout: layout}
	if v.scaler != nil {
		v.scaler.Close()
		v.scaler = nil
	}
	return true
}

// transformIP is GstBaseTransform::transform_ip: sample the frame for the model when it is due, then lay the heat on it.
func (v *videogem) transformIP(buf *gst.Buffer) (ret gst.FlowReturn) {
	// go-gst takes a reference that GStreamer did not give away: without this the buffer is not writable and never freed.
	gst.UnsafeBufferUnref(buf)
	defer v.recovered("transform_ip", func() { ret = gst.FlowError })
	if v.layout == nil {
		return gst.FlowNotNegotiated
	}
	n := v.frames.Add(1)
	pts := time.Duration(buf.PTS())
	if buf.PTS() == gst.ClockTimeNone {
		pts = time.Duration(n) * v.layout.info.FrameDuration
	}
	v.newest.Store(int64(pts))
	s := v.settings.snapshot()
	v.drawn.mu.Lock()
	defer v.drawn.mu.Unlock()
	draw := v.drawn.texture != nil && v.drawn.layout == v.layout
	sample := len(s.prompts) > 0 && v.sampleDue(pts, s.interval)
	if !draw && !sample {
		return gst.FlowOK
	}
	if err := v.frame.Map(v.layout.info, buf, draw); err != nil {
		v.fail(gst.StreamErrorQuark(), streamErrorFailed, err)
		return gst.FlowError
	}
	defer v.frame.Unmap()
	if sample {
		if err := v.sample(pts); err != nil {
			v.fail(gst.StreamErrorQuark(), streamErrorFailed, err)
			return gst.FlowError
		}
	}
	if draw {
		for i := range v.drawn.texture.Planes {
			p := &v.drawn.texture.Planes[i]
			gstshim.Blend(v.frame.Plane(i, p.Rows), v.frame.Stride(i), p.Add, p.Keep, p.Width, p.Spans)
		}
	}
	return gst.FlowOK
}

// sampleDue says whether this frame is to be part of a clip. Before the model is there, none is.
func (v *videogem) sampleDue(pts time.Duration, interval int) bool {
	if v.sampler == nil {
		spec := v.spec.Load()
		if spec == nil {
			return false
		}
		v.sampler = newSampler(spec.Frames, spec.Height*spec.Width*3, spec.ClipDuration)
	}
	return v.sampler.due(pts, interval)
}

// sample scales the mapped frame to the model's size and hands the clip that ends with it to the worker.
func (v *videogem) sample(pts time.Duration) error {
	if v.scaler == nil {
		spec := v.spec.Load()
		scaler, err := gstshim.NewScaler(v.layout.info, spec.Width, spec.Height)
		if err != nil {
			return err
		}
		v.scaler = scaler
	}
	v.scaler.Scale(v.frame, v.sampler.slot(pts))
	w := v.mail.blank(v.sampler.frames * v.sampler.size)
	w.last, w.layout = v.sampler.clip(w.pix), v.layout
	v.mail.send(w)
	return nil
}

// show makes the streaming thread draw a texture from now on; nil draws nothing.
func (v *videogem) show(t *overlay.Texture, l *frameLayout) {
	v.drawn.mu.Lock()
	defer v.drawn.mu.Unlock()
	v.drawn.texture, v.drawn.layout = t, l
}

// recovered turns a panic into an element error: unrecovered, it would end the host process.
func (v *videogem) recovered(where string, then func()) {
	if r := recover(); r != nil {
		v.log.Error("panic in the element", "where", where, "panic", r, "stack", string(debug.Stack()))
		v.fail(gst.StreamErrorQuark(), streamErrorFailed, fmt.Errorf("panic in %s: %v", where, r))
		then()
	}
}
