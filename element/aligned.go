package element

import (
	"time"

	"github.com/go-gst/go-gst/pkg/gst"

	"github.com/videogem/videogem/element/gstshim"
)

// aligned is the delay line of aligned mode. All but answers belongs to the streaming thread. What waits in it keeps its order;
// everything in it is given back by clear, none is left to a finalizer.
type aligned struct {
	answers *timeline
	queue   []queued
	centres []time.Duration // PTS of sampled frames whose windows are still to come
	asked   bool            // upstream was asked whether it is live

	presenter presenter
	shown     *shown
	found     *finding // that shown is made of
	version   uint64   // of the settings it is made with
}

// queued is a frame, or an event that came between two.
type queued struct {
	buf    *gst.Buffer
	event  *gst.Event
	pts    time.Duration
	layout *frameLayout
}

// clear drops what waits and forgets what was found.
func (a *aligned) clear() {
	for _, q := range a.queue {
		if q.buf != nil {
			gst.UnsafeBufferUnref(q.buf)
		} else {
			gst.UnsafeEventUnref(q.event)
		}
	}
	a.queue, a.centres = nil, nil
	a.answers.clear()
	a.shown.close()
	a.shown, a.found, a.asked = nil, nil, false
}

// generateOutput is GstBaseTransform::generate_output, aligned mode alone. It is called until it gives nothing.
func (v *videogem) generateOutput() (out *gst.Buffer, ret gst.FlowReturn) {
	defer v.recovered("generate_output", func() { out, ret = nil, gst.FlowError })
	if buf := gstshim.TakeQueued(v); buf != nil {
		if ret := v.enqueue(buf); ret != gst.FlowOK {
			return nil, ret
		}
	}
	return v.release(false)
}

// enqueue takes a frame into the line, and its picture into a window when it is due.
func (v *videogem) enqueue(buf *gst.Buffer) gst.FlowReturn {
	a := &v.aligned
	if v.layout == nil {
		gst.UnsafeBufferUnref(buf)
		return gst.FlowNotNegotiated
	}
	if !a.asked {
		v.askLive()
	}
	if !v.live.Load() && !v.awaitModel() {
		gst.UnsafeBufferUnref(buf)
		return gst.FlowFlushing
	}
	pts := v.arrive(buf)
	s, _ := v.settings.snapshot()
	v.updateDelay(&s)
	a.queue = append(a.queue, queued{buf: buf, pts: pts, layout: v.layout})
	if sample, clip := v.sampleDue(pts, &s); sample {
		if err := v.sampleRead(buf, pts); err != nil {
			v.fail(gst.StreamErrorQuark(), streamErrorFailed, err)
			return gst.FlowError
		}
		if v.sampler.Kept() == 1 {
			a.centres = a.centres[:0] // the stream has jumped: what their windows need is gone
		}
		if clip {
			a.centres = append(a.centres, pts)
		}
	}
	for len(a.centres) > 0 && v.sampler != nil && a.centres[0]+v.lookAhead() <= pts {
		v.askNext()
	}
	return gst.FlowOK
}

// sampleRead is sample for a frame that is mapped for nothing else.
func (v *videogem) sampleRead(buf *gst.Buffer, pts time.Duration) error {
	if err := v.frame.Map(v.layout.info, buf, false); err != nil {
		return err
	}
	defer v.frame.Unmap()
	return v.sample(pts)
}

// wanted is the frame of a clip that its window is centred on.
func (v *videogem) wanted() int { return v.sampler.Frames() / 2 }

// lookAhead is how far a window reaches beyond the frame it is centred on.
func (v *videogem) lookAhead() time.Duration {
	return v.sampler.Step() * time.Duration(v.sampler.Frames()-1-v.wanted())
}

// askNext hands the worker the next window. From a source that is not live it waits until the worker can take it.
func (v *videogem) askNext() {
	a := &v.aligned
	end := a.centres[0] + v.lookAhead()
	a.centres = append(a.centres[:0], a.centres[1:]...)
	if !v.live.Load() {
		for v.mail.full() {
			if !v.await(v.mail.taken) {
				return
			}
		}
	}
	w := v.window(end, v.wanted())
	w.round = a.answers.expect(w.pts)
	if old, replaced := v.mail.send(w); replaced {
		a.answers.forget(old)
	}
}

// await waits for a token; false when the wait is over without it: the element is flushed or stopped, or the worker has ended.
func (v *videogem) await(token <-chan struct{}) bool {
	select {
	case <-token:
		return true
	case <-v.gate.shutting():
		return false
	case <-v.worker:
		return false
	}
}

// release gives the next frame whose time has come, or with all set any, with its heat. Events that come before it go on.
func (v *videogem) release(all bool) (*gst.Buffer, gst.FlowReturn) {
	a := &v.aligned
	for len(a.queue) > 0 {
		q := a.queue[0]
		if q.buf != nil && !all && time.Duration(v.newest.Load())-q.pts < time.Duration(v.delay.Load()) {
			break
		}
		a.queue = append(a.queue[:0], a.queue[1:]...)
		if q.event != nil {
			v.ParentSinkEvent(q.event)
			continue
		}
		return v.finish(q)
	}
	return nil, gst.FlowOK
}

// finish adds the heat to a frame.
func (v *videogem) finish(q queued) (*gst.Buffer, gst.FlowReturn) {
	f, ok := v.answer(q.pts)
	if !ok {
		gst.UnsafeBufferUnref(q.buf)
		return nil, gst.FlowFlushing
	}
	heat, err := v.prepare(f, q.layout)
	if err == nil && heat != nil {
		q.buf = gstshim.Writable(q.buf)
		err = v.add(heat, q)
	}
	if err != nil {
		gst.UnsafeBufferUnref(q.buf)
		v.fail(gst.StreamErrorQuark(), streamErrorFailed, err)
		return nil, gst.FlowError
	}
	return q.buf, gst.FlowOK
}

// answer finds what belongs to a frame. From a source that is not live it waits for the nearest window; ok is false when the wait was
// ended. From a live one it takes the nearest that is there.
func (v *videogem) answer(pts time.Duration) (f *finding, ok bool) {
	for {
		e, found := v.aligned.answers.nearest(pts, v.live.Load())
		if !found || e.answered {
			return e.found, true
		}
		if !v.await(v.aligned.answers.changed) {
			select {
			case <-v.gate.shutting():
				return nil, false
			default: // without a worker there is no answer: the video goes on without heat
				return nil, true
			}
		}
	}
}

// prepare makes a finding ready, unless it was the last frame's too.
func (v *videogem) prepare(f *finding, l *frameLayout) (*shown, error) {
	a := &v.aligned
	s, version := v.settings.snapshot()
	if a.found == f && a.version == version && (a.shown == nil || a.shown.layout == l) {
		return a.shown, nil
	}
	next, err := a.presenter.present(f, &s, l)
	if err != nil {
		return nil, err
	}
	a.shown.close()
	a.shown, a.found, a.version = next, f, version
	return next, nil
}

// add lays the heat on a frame and gives it the meta.
func (v *videogem) add(heat *shown, q queued) error {
	if heat.texture != nil {
		if err := v.frame.Map(q.layout.info, q.buf, true); err != nil {
			return err
		}
		heat.texture.Lay(v.frame)
		v.frame.Unmap()
	}
	if heat.meta == nil {
		return nil
	}
	return heat.meta.Attach(q.buf)
}

// drain sends on all that waits, asking for the windows that are still missing: those that reach beyond the last frame.
func (v *videogem) drain() {
	a := &v.aligned
	if len(a.queue) == 0 {
		return
	}
	for len(a.centres) > 0 && v.sampler != nil {
		v.askNext()
	}
	pad := v.GetStaticPad("src")
	for len(a.queue) > 0 {
		buf, ret := v.release(true)
		if ret == gst.FlowOK && buf != nil {
			ret = pad.Push(buf)
		}
		if ret != gst.FlowOK {
			break
		}
	}
	a.clear()
	v.sampler = nil
}
